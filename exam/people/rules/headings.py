"""What stands above the columns of a list of people, in the many words people use for it."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from exam.accounts.rules import Role


class Column(StrEnum):
    """What a column of a list of people holds; only the name has to be there."""

    NAME = "name"
    STAFF_NUMBER = "staff_number"
    USERNAME = "username"
    EMAIL = "email"
    TUTOR = "tutor"
    COHORT = "cohort"
    ROLE = "role"


ASIDE = re.compile(r"[(\[\u3010].*?[)\]\u3011]")
"""What stands in brackets behind a heading: `(required)`."""


def plain(typed: str) -> str:
    """Words as they are compared: NFKC, no case, and none of the signs people put around headings."""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


_KNOWN = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
HEADINGS: Mapping[str, Column] = {
    plain(word): Column(column) for column, words in _KNOWN["headings"].items() for word in words
}
ROLE_WORDS: Mapping[str, Role] = {plain(word): Role(role) for role, words in _KNOWN["roles"].items() for word in words}
EXAMPLES = tuple(plain(word) for word in _KNOWN["examples"])


def column_of(heading: str) -> Column | None:
    """Which column a heading names; None for one that isn't known."""
    return HEADINGS.get(plain(ASIDE.sub("", unicodedata.normalize("NFKC", heading))))


def is_example(name: str) -> bool:
    """Whether a line only shows how to fill in the file."""
    return plain(name).startswith(EXAMPLES)
