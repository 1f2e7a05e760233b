"""What a receipt says, in which exact letters, and how it is read back from whatever it was typed or pasted into.

Read `Receipt` for what is signed, and `digests` for how answers are bound to it without being told by it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from hashlib import sha256
from typing import Any

from question_bank.items import TextResponse

Answers = Mapping[int, Mapping[str, Any] | None]
"""By position the response that counts, as its JSON form in the bank's ids; None: open or emptied again."""

FORMAT = "jieye-receipt-1"
LARGEST = 2**31 - 1
"""The largest number of a row."""
LONGEST = 400_000
"""The most characters of a receipt that are read; one of 100 questions has about 8,000."""
SHORTEST_CODE = 16
"""How much of a check code tells receipts of one attempt apart beyond doubt: its first four groups."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
"""The one exact writing (canonical JSON): sorted names, no spaces, no escapes but the needed."""


class NotAReceipt(ValueError):
    """A text isn't a receipt, or not in its exact writing."""


# What it says


def number_of(attempt_id: int) -> str:
    """The receipt number: one an attempt, shared by its revisions."""
    return f"JY-{attempt_id:06d}"


def digests(salt: str, answers: Answers) -> tuple[str, dict[int, str]]:
    """The digest over all final answers, and one for each position: SHA-256 in hex, over their canonical JSON.

    The salt stands before the answers and stays on the server: an answer is one of a few choices, so without a salt
    whoever holds a receipt could try them all, and learn the bank's own names and order of the choices.
    """
    texts = {position: _encode(answers[position]) for position in sorted(answers)}
    everything = ",".join(f"[{position},{text}]" for position, text in texts.items())
    each = {position: _sha256(f'["{salt}",{position},{text}]') for position, text in texts.items()}
    return _sha256(f'["{salt}",[{everything}]]'), each


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a receipt says of its attempt, in the numbers of their rows, besides the answers."""

    attempt: int
    person: int
    exam: int
    paper: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is signed. Nothing but ASCII and no spaces in it: no program in between can change it unseen."""

    facts: Facts
    revision: int
    """From 1; a late answer that counts after all makes another."""
    written_at: datetime
    slots: int
    answered: int
    digest: str
    answers: Mapping[int, str]
    """By position the digest of its answer."""
    key: str
    """The id of the key it is signed with; empty where it isn't signed."""

    @classmethod
    def write(cls, facts: Facts, answers: Answers, *, salt: str, revision: int, key: str, now: datetime) -> "Receipt":
        """The receipt of these final answers."""
        digest, each = digests(salt, answers)
        answered = sum(map(_is_answered, answers.values()))
        return cls(facts, revision, now, len(answers), answered, digest, each, key)

    @property
    def number(self) -> str:
        return number_of(self.facts.attempt)

    @property
    def code(self) -> str:
        """The digest in groups of four, to be read aloud and compared."""
        return " ".join(self.digest[start : start + 4] for start in range(0, len(self.digest), 4))

    def to_text(self) -> str:
        """Canonical JSON: exactly what is signed. `from_text` gives back an equal receipt."""
        return _encode(
            {
                "format": FORMAT,
                "number": self.number,
                "attempt": self.facts.attempt,
                "person": self.facts.person,
                "exam": self.facts.exam,
                "paper": self.facts.paper,
                "closed_at": self.facts.closed_at.isoformat(),
                "revision": self.revision,
                "written_at": self.written_at.isoformat(),
                "slots": self.slots,
                "answered": self.answered,
                "digest": self.digest,
                "answers": {str(position): digest for position, digest in self.answers.items()},
                "key": self.key,
            }
        )

    @classmethod
    def from_text(cls, text: str) -> "Receipt":
        """Read what `to_text` wrote. Refuses with NotAReceipt anything else, down to a space: whatever is brought from
        outside passes here, and what it lets through can be compared, kept in any database, and shown."""
        try:
            data = json.loads(text)
            receipt = cls(
                Facts(
                    _count(data["attempt"]),
                    _count(data["person"]),
                    _count(data["exam"]),
                    _count(data["paper"]),
                    _moment(data["closed_at"]),
                ),
                _count(data["revision"]),
                _moment(data["written_at"]),
                _count(data["slots"], least=0),
                _count(data["answered"], least=0),
                _hex(data["digest"], 64),
                {_count(int(position)): _hex(digest, 64) for position, digest in data["answers"].items()},
                _hex(data["key"], 16) if data["key"] != "" else "",
            )
            exact = receipt.to_text() == text
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise NotAReceipt from error
        if not exact:
            raise NotAReceipt
        return receipt


def _is_answered(answer: Mapping[str, Any] | None) -> bool:
    """Whether there is something to mark; told from the JSON, for this is done while a whole hall hands in."""
    if answer is None:
        return False
    return not TextResponse(answer["text"]).is_blank if "text" in answer else answer.get("choices") != []


def _count(value: object, least: int = 1) -> int:
    if type(value) is not int or not least <= value <= LARGEST:
        raise ValueError("not a number that a row can have")
    return value


def _hex(value: object, length: int) -> str:
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{length}}}", value):
        raise ValueError("not so many hex digits")
    return value


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    # The first and the last year can't be told in every time zone.
    if moment.utcoffset() != timedelta() or not MINYEAR < moment.year < MAXYEAR:
        raise ValueError("not a moment in UTC")
    return moment


# With its signature


@dataclass(frozen=True, slots=True)
class Signed:
    """A receipt's exact text and the signature over it, in base64."""

    text: str
    signature: str

    @property
    def receipt(self) -> Receipt:
        return Receipt.from_text(self.text)

    def to_file(self) -> str:
        """What a candidate downloads and keeps; `read` takes it back."""
        return json.dumps({"receipt": json.loads(self.text), "signature": self.signature}, indent=2) + "\n"

    @classmethod
    def read(cls, pasted: str) -> "Signed":
        """A downloaded receipt, through whatever it was pasted: full-width or curly, broken over lines, amid words.

        Refuses with NotAReceipt what is none. Says nothing yet about whether it is genuine.
        """
        plain = unicodedata.normalize("NFKC", pasted[:LONGEST]).translate(STRAIGHTENED)
        bare = "".join(letter for letter in plain if "!" <= letter <= "~")
        try:
            data = json.loads(bare[bare.find("{") : bare.rfind("}") + 1])
            signed = cls(_encode(data["receipt"]), data["signature"])
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise NotAReceipt from error
        if not isinstance(signed.signature, str):
            raise NotAReceipt
        Receipt.from_text(signed.text)
        return signed


STRAIGHTENED = {ord(curly): '"' for curly in "“”„‟"} | {ord(dash): "-" for dash in "‐‑‒–—−"}
"""What programs for writing make of quotes and hyphens."""


def read_number(typed: str) -> int | None:
    """The attempt of a receipt number as somebody typed it: JY-000412, jy 412, ＪＹ－０００４１２; None for none."""
    plain = unicodedata.normalize("NFKC", typed).translate(STRAIGHTENED)
    found = re.fullmatch(r"(?:jy)?-?([0-9]{1,12})", "".join(plain.split()).lower())
    number = int(found[1]) if found else 0
    return number if 1 <= number <= LARGEST else None


def read_code(typed: str) -> str | None:
    """A check code, or at least its first four groups, as somebody typed it; None for none."""
    plain = unicodedata.normalize("NFKC", typed).translate(STRAIGHTENED).lower()
    bare = re.sub(r"[^0-9a-z]", "", plain)
    return bare if re.fullmatch(rf"[0-9a-f]{{{SHORTEST_CODE},64}}", bare) else None
