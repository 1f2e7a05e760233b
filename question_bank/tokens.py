"""Pictures and sounds in the texts of a question: a token `![what it shows](its name)` where each stands.

In the bank a medium's name is the beginning of its content's hash and a suffix. What looks like a token and has no such
name is text, and stays it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from question_bank.items import Item, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse

PICTURE = re.compile(r"!\[(?P<alt>[^\[\]\n]{0,500})\]\((?P<name>[^()\s]{1,200})\)")
"""A picture or sound in a text: it counts where the question has a medium of that name."""
STORED = re.compile(r"[0-9a-f]{32}\.(?:png|jpg|gif|webp|mp3|m4a|ogg|wav)")
"""The name of a medium of the bank."""
SOUNDS = ("mp3", "m4a", "ogg", "wav")
UNNAMED = "…"
"""Stands for what a picture shows where nobody has said it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page has to know of a medium to show it; sizes are in pixels, None for sounds."""

    name: str
    width: int | None = None
    height: int | None = None
    size: int = 0
    """In bytes."""

    @property
    def is_sound(self) -> bool:
        return is_sound(self.name)


@dataclass(frozen=True, slots=True)
class Token:
    """A picture or sound as it stands in a text."""

    alt: str
    name: str


def token(alt: str, name: str) -> str:
    """A picture as it stands in a text."""
    alt = " ".join(re.sub(r"[\[\]]", " ", alt).split())[:500]
    return f"![{alt}]({name})"


def is_sound(name: str) -> bool:
    """Whether the medium of this name is to be heard, not seen."""
    return name.rpartition(".")[2] in SOUNDS


def parts(text: str) -> Iterator[str | Token]:
    """A text cut at its tokens of the bank's media; empty pieces are left out."""
    end = 0
    for found in PICTURE.finditer(text) if "![" in text else ():
        if not STORED.fullmatch(found["name"]):
            continue
        if found.start() > end:
            yield text[end : found.start()]
        yield Token(found["alt"].strip(), found["name"])
        end = found.end()
    if end < len(text):
        yield text[end:]


def names(text: str) -> list[str]:
    """The names of the bank's media in a text, in their order."""
    return [part.name for part in parts(text) if isinstance(part, Token)]


def in_words(text: str) -> str:
    """A text for lists and excerpts: in the place of each picture what it shows, in brackets."""
    if "![" not in text:
        return text
    return "".join(f"[{one.alt or UNNAMED}]" if isinstance(one, Token) else one for one in parts(text))


def seen_names(item: Item) -> set[str]:
    """The names of the media that a candidate sees: in the stem and in the choices."""
    choices = item.choices if isinstance(item, SingleChoice | MultipleChoice) else ()
    return {name for text in (item.stem, *(one.text for one in choices)) for name in names(text)}


def all_names(items: Iterable[Item]) -> set[str]:
    """The names of all media in the texts of these questions."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.update(names(text))
        return text

    for item in items:
        rewritten(item, note)
    return found


def relinked(item: Item, new_names: Mapping[str, str]) -> Item:
    """The question with other names in its tokens, by their old ones; a name that isn't among them stays."""

    def rename(found: re.Match[str]) -> str:
        name = new_names.get(found["name"])
        return token(found["alt"], name) if name else found[0]

    return rewritten(item, lambda text: PICTURE.sub(rename, text) if "![" in text else text)


def rewritten(item: Item, change: Callable[[str], str]) -> Item:
    """The question with all its texts changed in one way; accepted phrasings, which are searched for, are no such."""
    match item:
        case SingleChoice() | MultipleChoice():
            choices = tuple(replace(one, text=change(one.text)) for one in item.choices)
            return replace(item, stem=change(item.stem), choices=choices, explanation=change(item.explanation))
        case TrueFalse():
            return replace(item, stem=change(item.stem), explanation=change(item.explanation))
        case ShortAnswer():
            return replace(
                item,
                stem=change(item.stem),
                key_points=tuple(replace(one, text=change(one.text)) for one in item.key_points),
                reference=change(item.reference),
                explanation=change(item.explanation),
            )
