"""What a check of a receipt finds: what its signature is worth, and where the database says something else now.

Read `verdict` and `verdict_among` for what is said in the end.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from exam.receipts.rules.receipt import Answers, Facts, Receipt, Signed, digests


class Seal(StrEnum):
    """What a signature is worth."""

    OURS = "ours"
    BROKEN = "broken"
    """The key is known; the signature isn't one over this text."""
    UNKNOWN_KEY = "unknown_key"
    NONE = "none"
    """It names no key and has no signature, as receipts of before the site's first release."""


Examine = Callable[[str, str, str], Seal]
"""What looks at signatures: key id, text and signature in, the seal's worth out."""


def seal(signed: Signed, examine: Examine) -> Seal:
    """What the signature of a receipt is worth."""
    key = signed.receipt.key
    return Seal.NONE if not key and not signed.signature else examine(key, signed.text, signed.signature)


@dataclass(frozen=True, slots=True)
class Differences:
    """In what the database differs from a receipt: names of facts, and the positions of answers."""

    facts: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.positions)


def differences(receipt: Receipt, facts: Facts, salt: str, answers: Answers) -> Differences:
    """Hold a receipt against what the database says now; the answers are those that counted when it was written."""
    _, each = digests(salt, answers)
    names = ("attempt", "person", "exam", "paper", "closed_at")
    positions = sorted(receipt.answers.keys() | each.keys())
    return Differences(
        facts=tuple(name for name in names if getattr(receipt.facts, name) != getattr(facts, name)),
        positions=tuple(one for one in positions if receipt.answers.get(one) != each.get(one)),
    )


class Verdict(StrEnum):
    """What a check says of a receipt in one word; all but the first mean that something isn't as it was."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    """Nothing vouches for it, whatever it says: anybody can write one that agrees with the database."""
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    NOT_ON_RECORD = "not_on_record"
    """Signed by this site, which no longer has it, or has another one in its place."""
    CHANGED = "changed"
    """Signed by this site and on record; the database no longer says the same."""
    LATER_UNSOUND = "later_unsound"
    """Nothing speaks against it, but a revision after it is missing or unsound: what counts now isn't vouched for."""

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it."""
        return self is Verdict.GENUINE


def verdict(worth: Seal, on_record: bool, found: Differences) -> Verdict:
    """The first thing that speaks against a receipt, the weightiest first."""
    if worth is Seal.NONE:
        return Verdict.UNSIGNED
    if worth is Seal.BROKEN:
        return Verdict.FORGED
    if worth is Seal.UNKNOWN_KEY:
        return Verdict.UNKNOWN_KEY
    if not on_record:
        return Verdict.NOT_ON_RECORD
    if found:
        return Verdict.CHANGED
    return Verdict.GENUINE


def verdict_among(own: Verdict, later: Iterable[Verdict]) -> Verdict:
    """What is said of a receipt in view of the revisions after it: they say which answers count now."""
    return own if not own.sound or all(one.sound for one in later) else Verdict.LATER_UNSOUND
