"""What a check of a receipt finds: what its signature is worth, and where the database says something else now.

Read `verdict` for what is said in the end.
"""

from collections.abc import Callable
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
    """From before receipts were signed."""


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
    somewhere: bool = False
    """Some answer differs, but the receipt is too old to say which."""

    def __bool__(self) -> bool:
        return bool(self.facts or self.positions or self.somewhere)


def differences(receipt: Receipt, facts: Facts, salt: str, answers: Answers) -> Differences:
    """Hold a receipt against what the database says now; the answers are those that counted when it was written."""
    digest, each = digests(salt, answers)
    names = ("attempt", "person", "exam", "paper", "closed_at")
    positions = sorted(receipt.answers.keys() | each.keys()) if salt else []
    changed = tuple(position for position in positions if receipt.answers.get(position) != each.get(position))
    return Differences(
        facts=tuple(name for name in names if getattr(receipt.facts, name) != getattr(facts, name)),
        positions=changed,
        somewhere=digest != receipt.digest and not changed,
    )


class Verdict(StrEnum):
    """What a check says of a receipt in one word; all but the first two mean that something has been changed."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    """It agrees with the database, but is from before receipts were signed: nothing vouches for it."""
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    NOT_ON_RECORD = "not_on_record"
    """Signed by this site, which no longer has it, or has another one in its place."""
    CHANGED = "changed"
    """Signed by this site and on record; the database no longer says the same."""

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it."""
        return self in (Verdict.GENUINE, Verdict.UNSIGNED)


def verdict(worth: Seal, on_record: bool, found: Differences) -> Verdict:
    """The first thing that speaks against a receipt, the weightiest first."""
    if worth is Seal.BROKEN:
        return Verdict.FORGED
    if worth is Seal.UNKNOWN_KEY:
        return Verdict.UNKNOWN_KEY
    if not on_record:
        return Verdict.NOT_ON_RECORD
    if found:
        return Verdict.CHANGED
    return Verdict.UNSIGNED if worth is Seal.NONE else Verdict.GENUINE
