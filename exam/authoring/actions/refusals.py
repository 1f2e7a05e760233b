"""What the bank refuses, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exam.errors import Conflict, Refused, _l
from question_bank.bank import BankCode, BankError

BANK_REFUSALS: dict[BankCode, Any] = {
    BankCode.UNPUBLISHABLE: _l("This question isn't complete yet. Look at the marked fields."),
    BankCode.NOT_A_DRAFT: _l("This version is no draft any more."),
    BankCode.STILL_A_DRAFT: _l("This version is still a draft."),
    BankCode.IN_REVIEW: _l("This version is in review. Take it back to change it."),
    BankCode.NOT_IN_REVIEW: _l("This version isn't in review any more."),
    BankCode.NOTHING_SAID: _l("Say why, in a sentence or two."),
    BankCode.VERSION_IN_USE: _l("Somebody has sat this version; it can't be changed any more."),
    BankCode.ONLY_VERSION: _l("This draft is all there is of the question. Retire the question instead."),
    BankCode.RETIRED: _l("This question is retired. Restore it first."),
    BankCode.KIND_CHANGED: _l("A question keeps its kind. Write a new one."),
    BankCode.TOPIC_FIXED: _l("This question has been sat, and results by topic count it; its topic stays."),
    BankCode.SEEN_PART_CHANGED: _l("A correction can change the key only, not what candidates have seen."),
    BankCode.NOTHING_CHANGED: _l("Nothing has been changed."),
}
LEFT_WORDS: dict[str, Any] = {
    "same": _l("They were like this already."),
    "unpublishable": _l("Something is missing in them. Open them to see what."),
    "not_a_draft": _l("They have no draft, or it is in review."),
    "no_explanation": _l("They have no explanation yet."),
    "no_reason": _l("They don't say yet why they were changed."),
    "second_person": _l("You had a hand in them, so another trainer publishes them."),
    "too_many_tags": _l("They have as many tags as a question may have."),
}
"""Of questions left as they were when many were changed: why."""
CHANGED_MEANWHILE = _l(
    "A colleague saved this while you were writing. Yours is still here; saving again replaces theirs."
)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the bank refuses into a refusal of the site."""
    try:
        yield
    except BankError as error:
        if error.code is BankCode.CHANGED_MEANWHILE:
            raise Conflict(CHANGED_MEANWHILE, code=error.code.value) from error
        raise Refused(BANK_REFUSALS[error.code], code=error.code.value) from error


def left_words(code: str) -> str:
    """Why a question was left as it was when many were changed, in a sentence."""
    return str(LEFT_WORDS.get(code) or BANK_REFUSALS[BankCode(code)])
