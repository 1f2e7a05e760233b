"""Holding receipts against the database: one that somebody brings, or all there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt
from exam.attempts.queries import final_answers
from exam.attempts.rules import counting
from exam.receipts.models import IssuedReceipt
from exam.receipts.rules import (
    Answers,
    Differences,
    Examine,
    Facts,
    Receipt,
    Signed,
    Verdict,
    differences,
    seal,
    verdict,
)

AT_ONCE = 200
"""Attempts looked at together: enough to ask the database seldom, few enough for any memory."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found of one revision of an attempt's receipt."""

    attempt_id: int
    revision: int
    receipt: Receipt | None
    """None where the record has none, or none that can be read."""
    verdict: Verdict
    differences: Differences = field(default_factory=Differences)
    newest: int = 0
    """The last revision on record; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """An attempt as the database has it now: its facts, its receipts in their order, and what counted for each."""

    facts: Facts
    issued: Sequence[IssuedReceipt]
    answers: dict[int, Answers]
    """By revision."""

    @property
    def newest(self) -> int:
        return self.issued[-1].revision if self.issued else 0

    def find(self, revision: int) -> IssuedReceipt | None:
        """The receipt on record with this revision."""
        return next((one for one in self.issued if one.revision == revision), None)


def closed_after(session: Session, attempt_id: int) -> list[int]:
    """The next closed attempts after this one, by number, void ones included; empty at the end."""
    return list(
        session.scalars(
            select(Attempt.id)
            .where(Attempt.id > attempt_id, Attempt.closed_at.is_not(None))
            .order_by(Attempt.id)
            .limit(AT_ONCE)
        )
    )


def check_attempts(session: Session, attempt_ids: Iterable[int], examine: Examine) -> Iterator[Check]:
    """Check every receipt on record of these closed attempts, and say which is missing."""
    for record in _records(session, attempt_ids):
        for revision in range(1, max(record.newest, 1) + 1):
            yield _check_revision(record, revision, examine)


def check(session: Session, attempt_id: int, code: str, examine: Examine) -> Check | None:
    """Check the receipt of a closed attempt with this check code, or with one that begins so.

    None where every receipt on record has another code and is sound: then it is the code that is wrong.
    """
    for record in _records(session, [attempt_id]):
        found = [_check_revision(record, one, examine) for one in range(max(record.newest, 1), 0, -1)]
        meant = [one for one in found if one.receipt and one.receipt.digest.startswith(code)]
        return next(iter(meant), None) or next((one for one in found if not one.verdict.sound), None)
    return None


def check_signed(session: Session, signed: Signed, examine: Examine) -> Check:
    """Check a receipt that somebody brings: its signature, then the record, then each answer."""
    receipt = signed.receipt
    for record in _records(session, [receipt.facts.attempt]):
        return _check(record, signed, receipt, examine)
    nothing = verdict(seal(signed, examine), False, Differences())
    return Check(receipt.facts.attempt, receipt.revision, receipt, nothing)


def _check_revision(record: Record, revision: int, examine: Examine) -> Check:
    issued = record.find(revision)
    if issued is None:
        return Check(record.facts.attempt, revision, None, Verdict.NOT_ON_RECORD, newest=record.newest)
    receipt = issued.receipt
    if receipt is None:
        return Check(record.facts.attempt, revision, None, Verdict.FORGED, newest=record.newest)
    found = _check(record, issued.signed, receipt, examine)
    same = (receipt.revision, receipt.facts.attempt) == (revision, record.facts.attempt)
    return found if same else Check(record.facts.attempt, revision, receipt, Verdict.FORGED, newest=record.newest)


def _check(record: Record, signed: Signed, receipt: Receipt, examine: Examine) -> Check:
    issued = record.find(receipt.revision)
    on_record = issued is not None and issued.content == signed.text
    found = Differences()
    if issued is not None and on_record:
        found = differences(receipt, record.facts, issued.salt, record.answers[receipt.revision])
    says = verdict(seal(signed, examine), on_record, found)
    return Check(record.facts.attempt, receipt.revision, receipt, says, found, record.newest)


def _records(session: Session, attempt_ids: Iterable[int]) -> Iterator[Record]:
    """The closed ones among these attempts, in the order of their numbers.

    The answers are read before the receipts: what a late answer changes in between makes a revision that isn't looked
    at yet, not a difference.
    """
    rows = session.execute(
        select(Attempt.id, Attempt.person_id, Attempt.exam_id, Attempt.paper_id, Attempt.closed_at)
        .where(Attempt.id.in_(list(attempt_ids)), Attempt.closed_at.is_not(None))
        .order_by(Attempt.id)
    )
    facts = [Facts(id, person, exam, paper, closed_at) for id, person, exam, paper, closed_at in rows if closed_at]
    ids = [one.attempt for one in facts]
    now_counting = final_answers(session, ids)
    issued: dict[int, list[IssuedReceipt]] = {id: [] for id in ids}
    for one in session.scalars(
        select(IssuedReceipt).where(IssuedReceipt.attempt_id.in_(ids)).order_by(IssuedReceipt.revision)
    ):
        issued[one.attempt_id].append(one)
    for one_fact in facts:
        receipts = issued[one_fact.attempt]
        yield Record(one_fact, receipts, _at_each(session, receipts, now_counting[one_fact.attempt]))


def _at_each(session: Session, issued: Sequence[IssuedReceipt], now_counting: Answers) -> dict[int, Answers]:
    """What counted when each revision was written: without the late answers that only later ones count."""
    added = {one.revision: one.added_answer_id for one in issued if one.added_answer_id is not None}
    if not added:
        return {one.revision: now_counting for one in issued}
    positions = select(Answer.position).where(Answer.id.in_(added.values()))
    slots: dict[int, list[Answer]] = {}
    for answer in session.scalars(
        select(Answer).where(Answer.attempt_id == issued[0].attempt_id, Answer.position.in_(positions))
    ):
        slots.setdefault(answer.position, []).append(answer)
    found: dict[int, Answers] = {}
    for one in issued:
        later = {answer_id for revision, answer_id in added.items() if revision > one.revision}
        then = {place: counting(a for a in answers if a.id not in later) for place, answers in slots.items()}
        found[one.revision] = {**now_counting, **{place: a.response if a else None for place, a in then.items()}}
    return found
