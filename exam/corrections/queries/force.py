"""Which applied corrections of a question still hold, and what one made of each attempt that is to be taken back."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exam.corrections.models import Correction, CorrectionChange
from exam.corrections.rules import FAULTY, STANDING, Policy, Standing, State, unrevoked
from exam.marking.models import Mark
from exam.marking.rules import JUDGED, MarkSource


class InForce(NamedTuple):
    """A correction that holds for whoever hands in later; of a worth, in which exams."""

    correction_id: int
    exams: frozenset[int] | None


def standing_of(mark: Mark | None) -> Standing | None:
    """What a slot counts for by its last mark; None without one that counts."""
    if mark is None or mark.source is MarkSource.WITHDRAWN:
        return None
    return Standing(mark.points, out=mark.source is MarkSource.TAKEN_OUT, given=mark.source is MarkSource.GIVEN)


def in_force(session: Session) -> list[InForce]:
    """What holds for later attempts as well, in the order in which it was carried out: one statement.

    Of each question the last word on how it is marked, if that asks for nobody's judgement; and exam by exam the last
    worth for everybody. What was taken back doesn't count.
    """
    asking = select(Correction.version_id).where(Correction.state == State.APPLIED, Correction.policy.in_(STANDING))
    families: defaultdict[int, list[Any]] = defaultdict(list)
    for row in _applied(session, Correction.version_id.in_(asking)):
        families[row.version_id].append(row)
    found = []
    for rows in families.values():
        standing = unrevoked(rows)
        marking = [row for row in standing if row.worths is None]
        if marking and marking[-1].policy in FAULTY:
            found.append(InForce(marking[-1].id, None))
        last = {exam_id: row.id for row in standing if row.policy is Policy.WORTH for exam_id in map(int, row.worths)}
        found += [InForce(id, frozenset(one for one in last if last[one] == id)) for id in set(last.values())]
    return sorted(found, key=lambda one: one.correction_id)


def stands_on(session: Session, applied: Correction) -> bool:
    """Whether a later correction of the question that still holds rests on this one.

    One of the marking rests on those of the marking before it, one of the worth on those of the worth in its exams.
    """
    rows = _applied(session, Correction.version_id == applied.version_id)
    kinds = _kinds(rows)
    own = kinds[applied.id]
    return any(row.id > applied.id and not own.isdisjoint(kinds[row.id]) for row in unrevoked(rows))


def _applied(session: Session, of: ColumnElement[bool]) -> Sequence[Any]:
    return session.execute(
        select(Correction.id, Correction.version_id, Correction.policy, Correction.undoes_id, Correction.worths)
        .where(Correction.state == State.APPLIED, of)
        .order_by(Correction.id)
    ).all()


def _kinds(rows: Sequence[Any]) -> dict[int, frozenset[int]]:
    """By correction the exams whose worth it is about; 0 where it is about the marking."""
    found: dict[int, frozenset[int]] = {}
    for row in rows:
        own = frozenset({0}) if row.worths is None else frozenset(map(int, row.worths))
        found[row.id] = found.get(row.undoes_id, own) if row.undoes_id else own
    return found


class Before(NamedTuple):
    """Of an attempt, what a correction that is to be taken back has made of it."""

    touched: bool
    """It gave the mark that counts."""
    standing: Standing | None
    """What counted before that, in today's worth."""
    since: bool
    """Its key has marked the answer, which nobody had marked before it."""


UNTOUCHED = Before(touched=False, standing=None, since=False)


def taking_back(session: Session, correction: Correction) -> Callable[[int, Mark | None, Fraction], Before]:
    """What the correction that this one takes back made of an attempt, given its last mark and its worth of today."""
    if correction.undoes_id is None or correction.worths is not None:
        return lambda _attempt_id, _mark, _worth: UNTOUCHED
    undone = session.get_one(Correction, correction.undoes_id)
    trail = _Trail(session, correction.version_id)

    def found(attempt_id: int, mark: Mark | None, worth: Fraction) -> Before:
        change = trail.changes.get((undone.id, attempt_id))
        base = trail.base(mark.id if mark else None, change)
        if change is not None and base == change.mark_after_id:
            before = standing_of(trail.marks.get(change.mark_before_id or 0))
            then = trail.worth_at(change, worth)
            scaled = before._replace(points=before.points * worth / then) if before and then != worth else before
            return Before(touched=True, standing=scaled, since=False)
        first = mark if mark and mark.id == base else trail.marks.get(base or 0)
        decided = undone.decided_at
        since = first is not None and decided is not None and first.source in JUDGED and first.given_at > decided
        return Before(touched=False, standing=None, since=since and undone.content is not None)

    return found


class _Trail:
    """What all corrections of a question have changed, attempt by attempt."""

    def __init__(self, session: Session, root: int) -> None:
        its = Correction.version_id == root
        changed = select(CorrectionChange, Correction.undoes_id).join(
            Correction, Correction.id == CorrectionChange.correction_id
        )
        rows = session.execute(changed.where(its).order_by(CorrectionChange.id)).all()
        self.changes = {(change.correction_id, change.attempt_id): change for change, _undoes in rows}
        """By correction and attempt, the last one."""
        self._by_mark = {change.mark_after_id: (change, undoes) for change, undoes in rows if change.mark_after_id}
        self._reweighed: defaultdict[int, list[CorrectionChange]] = defaultdict(list)
        for change, _undoes in rows:
            if change.worth_after is not None:
                self._reweighed[change.attempt_id].append(change)
        replaced = (
            select(Mark)
            .join(CorrectionChange, CorrectionChange.mark_before_id == Mark.id)
            .join(Correction, Correction.id == CorrectionChange.correction_id)
        )
        self.marks: Mapping[int, Mark] = {mark.id: mark for mark in session.scalars(replaced.where(its))}
        """The marks that corrections have replaced."""

    def base(self, id: int | None, until: CorrectionChange | None) -> int | None:
        """The mark that this one follows from by another worth or by taking back: the one put back, or the one by a
        key that was taken back. Not beyond the one that `until` gave."""
        while id is not None and not (until and id == until.mark_after_id) and id in self._by_mark:
            change, undoes = self._by_mark[id]
            if change.worth_after is None and undoes is None:
                break
            id, taken = change.mark_before_id, self.changes.get((undoes or 0, change.attempt_id))
            if taken is not None and change.worth_after is None and self.base(id, taken) == taken.mark_after_id:
                id = taken.mark_before_id
        return id

    def worth_at(self, change: CorrectionChange, worth: Fraction) -> Fraction:
        """What the question counted for in the attempt when that changed; `worth` is today's."""
        later = (one.worth_before for one in self._reweighed[change.attempt_id] if one.id > change.id)
        return next((before for before in later if before is not None), worth)
