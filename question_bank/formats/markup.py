"""HTML and the plain text that the bank keeps, both ways. A picture in a text is `![what it shows](its name)`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape

from question_bank.formats.html_reader import HtmlReader, Picture, shifted
from question_bank.formats.reading import Medium, ReadQuestion
from question_bank.formats.tags import pieces
from question_bank.tokens import PICTURE, token

__all__ = ["PICTURE", "Picture", "html", "in_texts", "medium_name", "plain", "shifted", "token"]


def medium_name(name: str, taken: Iterable[Medium] = ()) -> str:
    """A file's name as it can stand in a text, other than those that are taken."""
    plain = re.sub(r"[()\s\[\]\\/]+", "-", name.rpartition("/")[2]).strip("-")[-120:] or "picture"
    stem, dot, suffix = plain.rpartition(".")
    names, number = {one.name for one in taken}, 1
    found = plain
    while found in names:
        number += 1
        found = f"{stem}-{number}{dot}{suffix}" if dot else f"{plain}-{number}"
    return found


def in_texts(question: ReadQuestion, change: Callable[[str], str]) -> ReadQuestion:
    """The question with each of its texts that may have pictures changed."""
    return replace(
        question,
        stem=change(question.stem),
        choices=tuple(replace(one, text=change(one.text), feedback=change(one.feedback)) for one in question.choices),
        key_points=tuple(replace(one, text=change(one.text)) for one in question.key_points),
        answers=tuple(replace(one, text=change(one.text)) for one in question.answers),
        explanation=change(question.explanation),
    )


def _as_words(_address: str, alt: str) -> str:
    return f"[{alt}]" if alt else ""


def plain(html: str, picture: Picture = _as_words) -> tuple[str, set[str]]:
    """The text of a piece of HTML, and what it loses: looks, addresses of links, formulas.

    Lines end where blocks and breaks do, with no empty line between paragraphs; rows of a table have bars between their
    cells, lists have signs or numbers. TeX stays as it is.
    """
    reader = HtmlReader(picture)
    for piece in pieces(html):
        if isinstance(piece, str):
            reader.write(piece)
        else:
            reader.follow(piece)
    return reader.text(), reader.lost


def html(text: str, picture: Picture | None = None) -> str:
    """HTML that `plain` reads back. `picture` writes one, by its name and what it shows; else it stays as it is."""
    written, end = [], 0
    for found in PICTURE.finditer(text) if picture else ():
        written += [_escaped(text[end : found.start()]), picture(found["name"], found["alt"]) if picture else ""]
        end = found.end()
    return "".join([*written, _escaped(text[end:])])


def _escaped(text: str) -> str:
    """Text as HTML: spaces that would be lost are kept."""
    text = escape(text, quote=False).replace("\n", "<br/>")
    text = re.sub(r" (?= |$|<br/>)", "&#160;", text)
    return re.sub(r"(^|<br/>) ", r"\1&#160;", text)
