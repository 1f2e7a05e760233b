"""The files in which questions come and go, one module a format. Pure: bytes in, questions and problems out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from question_bank.formats import aiken, gift, paper
from question_bank.formats.reading import ReadCode, Reading, ReadQuestion, Unreadable, Written, decoded, refusal

LARGEST = 50 * 2**20
"""Bytes of a file that is read at all."""


@dataclass(frozen=True)
class Format:
    """A way to write questions down. `fits` tells by its text whether a file is one of these."""

    read: Callable[[bytes], Reading]
    write: Callable[[Iterable[ReadQuestion]], Written]
    fits: Callable[[str], bool]


FORMATS: Mapping[str, Format] = {
    "aiken": Format(aiken.read, aiken.write, aiken.fits),
    "gift": Format(gift.read, gift.write, gift.fits),
    "paper": Format(paper.read, paper.write, paper.fits),
}
"""In the order in which a file is tried."""


def read(content: bytes, name: str | None = None) -> tuple[str | None, Reading]:
    """Read a file in this format, or in the one it seems to be written in; gives the format's name as well."""
    if len(content) > LARGEST:
        return name, refusal(ReadCode.TOO_LARGE, f"{LARGEST // 2**20} MB")
    if not content.strip():
        return name, refusal(ReadCode.EMPTY)
    try:
        name = name or _fitting(decoded(content))
    except Unreadable as error:
        return None, refusal(error.code)
    if name is None or name not in FORMATS:
        return None, refusal(ReadCode.UNKNOWN_FORMAT, ", ".join(FORMATS))
    return name, FORMATS[name].read(content)


def _fitting(text: str) -> str | None:
    return next((name for name, one in FORMATS.items() if one.fits(text)), None)
