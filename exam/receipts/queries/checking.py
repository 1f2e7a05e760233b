"""Holding receipts against the database: one that somebody brings, or all there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.attempts.queries import final_answers
from exam.attempts.rules import counting
from exam.receipts.models import IssuedReceipt
from exam.receipts.rules import (
    Answers,
    Differences,
    Examine,
    Facts,
    Receipt,
    Seal,
    Signed,
    Verdict,
    differences,
    seal,
    verdict,
    verdict_among,
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
    accepted: int
    """How many late answers have been accepted: each made one revision."""
    explained: frozenset[int]
    """The revisions that an accepted late answer explains."""

    @property
    def newest(self) -> int:
        return self.issued[-1].revision if self.issued else 0

    @property
    def revisions(self) -> list[int]:
        """Those on record and those that ought to be."""
        return sorted({one.revision for one in self.issued} | set(range(1, self.accepted + 2)))

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
    for record in _records(session, attempt_ids, examine):
        yield from _check_all(record, examine)


def check(session: Session, attempt_id: int, code: str, examine: Examine) -> Check | None:
    """Check the receipt of a closed attempt with this check code, or with one that begins so.

    None where every receipt on record has another code and is sound: then it is the code that is wrong.
    """
    for record in _records(session, [attempt_id], examine):
        found = _check_all(record, examine)[::-1]
        meant = [one for one in found if one.receipt and one.receipt.digest.startswith(code)]
        return next(iter(meant), None) or next((one for one in found if not one.verdict.sound), None)
    return None


def check_signed(session: Session, signed: Signed, examine: Examine) -> Check:
    """Check a receipt that somebody brings: its signature, then the record, then each answer and what came later."""
    receipt = signed.receipt
    for record in _records(session, [receipt.facts.attempt], examine):
        later = [_check_revision(record, one, examine) for one in record.revisions if one > receipt.revision]
        return _among(_check(record, signed, receipt, examine), later)
    nothing = verdict(seal(signed, examine), False, Differences())
    return Check(receipt.facts.attempt, receipt.revision, receipt, nothing)


def _check_all(record: Record, examine: Examine) -> list[Check]:
    found = [_check_revision(record, one, examine) for one in record.revisions]
    return [_among(one, found[place + 1 :]) for place, one in enumerate(found)]


def _among(own: Check, later: Iterable[Check]) -> Check:
    return replace(own, verdict=verdict_among(own.verdict, (one.verdict for one in later)))


def _check_revision(record: Record, revision: int, examine: Examine) -> Check:
    issued = record.find(revision)
    if issued is None:
        return Check(record.facts.attempt, revision, None, Verdict.NOT_ON_RECORD, newest=record.newest)
    receipt = issued.receipt
    if receipt is None or not _in_its_place(issued, receipt):
        return Check(record.facts.attempt, revision, receipt, Verdict.FORGED, newest=record.newest)
    return _check(record, issued.signed, receipt, examine)


def _in_its_place(issued: IssuedReceipt, receipt: Receipt) -> bool:
    """Whether a receipt on record is the one for that attempt and revision, and not a genuine one from elsewhere."""
    return (receipt.facts.attempt, receipt.revision) == (issued.attempt_id, issued.revision)


def _check(record: Record, signed: Signed, receipt: Receipt, examine: Examine) -> Check:
    issued = record.find(receipt.revision)
    on_record = issued is not None and issued.content == signed.text
    found = Differences()
    if issued is not None and on_record:
        found = differences(receipt, record.facts, issued.salt, record.answers[receipt.revision])
        if receipt.revision > 1 and receipt.revision not in record.explained:
            found = replace(found, facts=(*found.facts, "late_answer"))
    says = verdict(seal(signed, examine), on_record, found)
    return Check(record.facts.attempt, receipt.revision, receipt, says, found, record.newest)


ACCEPTED = select(LateAnswer.id).where(LateAnswer.attempt_id == IssuedReceipt.attempt_id, LateAnswer.accepted.is_(True))
"""The late answers of a receipt's attempt that count. Asked for together with the receipts, so that one accepted in
between is seen in both or in neither."""
ISSUED = (
    select(
        IssuedReceipt,
        ACCEPTED.with_only_columns(func.count(LateAnswer.id)).scalar_subquery(),
        ACCEPTED.where(
            Answer.id == IssuedReceipt.added_answer_id,
            LateAnswer.position == Answer.position,
            LateAnswer.arrived_at == Answer.saved_at,
        ).exists(),
    )
    .where(IssuedReceipt.attempt_id.in_(bindparam("attempt_ids", expanding=True)))
    .order_by(IssuedReceipt.revision)
)
"""Receipts, each with how many late answers of its attempt were accepted, and whether the one it adds was."""


def _records(session: Session, attempt_ids: Iterable[int], examine: Examine) -> Iterator[Record]:
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
    accepted, explained = dict.fromkeys(ids, 0), {id: set[int]() for id in ids}
    for one, count, was_accepted in session.execute(ISSUED, {"attempt_ids": ids}):
        issued[one.attempt_id].append(one)
        accepted[one.attempt_id] = count
        if was_accepted and one.revision <= count + 1:
            explained[one.attempt_id].add(one.revision)
    for fact in facts:
        id, receipts = fact.attempt, issued[fact.attempt]
        at_each = _at_each(session, receipts, now_counting[id], examine)
        yield Record(fact, receipts, at_each, accepted[id], frozenset(explained[id]))


def _at_each(
    session: Session, issued: Sequence[IssuedReceipt], now_counting: Answers, examine: Examine
) -> dict[int, Answers]:
    """What counted when each revision was written: without the late answers that only later ones count.

    Only what the site has signed takes an answer out: who slips one in can slip in a receipt that claims it as well.
    """
    added = {
        one.revision: one.added_answer_id
        for one in issued
        if one.added_answer_id is not None and _is_ours(one, examine)
    }
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


def _is_ours(issued: IssuedReceipt, examine: Examine) -> bool:
    receipt = issued.receipt
    return receipt is not None and _in_its_place(issued, receipt) and seal(issued.signed, examine) is Seal.OURS
