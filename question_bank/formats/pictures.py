"""The pictures and sounds that one question shows, gathered while its texts are read."""

import base64
import binascii
import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import in_texts, medium_name, plain, token
from question_bank.formats.reading import Medium, ReadProblem, ReadQuestion, excerpt

_DATA = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*?(?P<packed>;base64)?,(?P<content>.*)", re.DOTALL)


class Pictures:
    """The media of one question, each kept once however often it is shown, and what is lost, in `lost`."""

    def __init__(self) -> None:
        self.media: list[Medium] = []
        self.lost: dict[str, None] = {}
        self._names: dict[tuple[str, bytes], str] = {}

    def shown(self, name: str, content: bytes | None, alt: str) -> str:
        """A file as it stands in a text. None stands for one that is damaged."""
        if not content:
            return self.missing(f"{excerpt(name)}, which is damaged or empty", alt)
        if (name, content) not in self._names:
            self._names[name, content] = medium_name(name, self.media)
            self.media.append(Medium(self._names[name, content], content))
        return token(alt, self._names[name, content])

    def at(self, address: str, alt: str) -> str:
        """What stands in a text for the picture at an address: only one that holds the picture itself can be kept."""
        found = _DATA.fullmatch(address)
        if not found:
            return self.missing(f"the picture at {excerpt(address)}", alt)
        content = unpacked(found["content"]) if found["packed"] else unquote_to_bytes(found["content"])
        suffix = (found["type"] or "image/png").partition("/")[2].partition("+")[0]
        return self.shown(f"picture.{suffix}", content, alt)

    def missing(self, what: str, alt: str) -> str:
        """The words for a picture that can't be had; `what` says which and why."""
        self.lost[what] = None
        return f"[{alt}]" if alt else ""


def unpacked(text: str) -> bytes | None:
    """What is packed as base64; None if it is damaged."""
    try:
        return base64.b64decode("".join(text.split()))
    except (binascii.Error, ValueError):
        return None


def plain_question(question: ReadQuestion) -> tuple[ReadQuestion, tuple[ReadProblem, ...]]:
    """The question with plain texts in the place of HTML, and what that loses. Wordings of answers are plain anyway."""
    if not question.html:
        return question, ()
    pictures = Pictures()
    pictures.media += question.media

    def change(html: str) -> str:
        text, lost = plain(html, pictures.at)
        pictures.lost |= dict.fromkeys(sorted(lost))
        return text

    changed = replace(in_texts(question, change), answers=question.answers, html=False)
    changed = replace(changed, media=tuple(pictures.media))
    place, words = question.place, excerpt(changed.stem)
    problems = [ReadProblem(ReadCode.NOT_KEPT, place, words, detail) for detail in pictures.lost]
    if not changed.stem:
        problems.append(ReadProblem(ReadCode.NO_STEM, place, excerpt(question.stem)))
    return changed, tuple(problems)
