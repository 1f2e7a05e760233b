"""Receipts and marks worked out a second time, from the rows alone and without the code that they check."""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.papers.models import Slot
from question_bank.models import QuestionVersion


def in_bank_ids(layout: Mapping[str, Any], position: int, response: Any) -> Any:
    """What a page sent, as the database should have it: tokens turned into the bank's ids, nothing into None."""
    if response is None or response in ({"text": ""}, {"choices": []}):
        return None
    if "choices" in response:
        ids = dict(layout[str(position)]["choices"])
        return {"choices": sorted(ids[token] for token in response["choices"])}
    return response


def receipt_digest(salt: str, final: Mapping[int, Any]) -> str:
    """SHA-256 over the canonical JSON of the salt and of [position, answer] in order."""
    pairs = [[position, final[position]] for position in sorted(final)]
    canonical = json.dumps([salt, pairs], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def expected_marks(session: Session, attempt: Attempt, final: Mapping[int, Any]) -> dict[int, Fraction]:
    """The points of each slot that the machine has to mark: all but short answers with something in them."""
    rows = session.execute(
        select(Slot.position, Slot.points, QuestionVersion.content)
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(Slot.paper_id == attempt.paper_id)
    )
    marks = {}
    for position, points, content in rows:
        share = _share(content, final[position], attempt.credit_rule.value)
        if share is not None:
            marks[position] = points * share
    return marks


def _share(content: Mapping[str, Any], response: Any, credit_rule: str) -> Fraction | None:
    if content["kind"] == "short_answer":
        blank = response is None or not response["text"].strip()
        return Fraction(0) if blank else None
    if response is None:
        return Fraction(0)
    if content["kind"] == "true_false":
        return Fraction(response["truth"] is content["correct"])
    ticked = set(response["choices"])
    right = {choice["id"] for choice in content["choices"] if choice["correct"]}
    if content["kind"] == "single_choice":
        return Fraction(bool(ticked & right))
    if ticked == right:
        return Fraction(1)
    assert credit_rule == "half_for_incomplete", "this oracle knows the rule of its own exam only"
    return Fraction(1, 2) if ticked and ticked < right else Fraction(0)
