"""Answers as the desk shows them, with all that marking them needs. Who wrote them isn't here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Answer, Attempt
from exam.marking.models import Mark, Opinion, SecondMarking
from exam.marking.queries.conditions import short_answers, stands
from exam.marking.queries.marks import counting_marks, released, trainers_besides
from exam.marking.queries.worths import worth
from exam.marking.rules import MarkRefusal, Task, mark_refusal, task
from exam.papers.models import Exam, Slot
from question_bank import bank
from question_bank.grouping import simplified_in_place
from question_bank.items import Proposal, ShortAnswer
from question_bank.models import QuestionVersion
from question_bank.tokens import Facts


@dataclass(frozen=True)
class DeskAnswer:
    """One answer as a marker sees it. Who wrote it isn't here."""

    attempt: Attempt
    exam: Exam
    question_id: int
    position: int
    worth: Fraction
    asked: ShortAnswer
    """What the candidate read."""
    version: QuestionVersion
    """Whose key points count: the seen version, or the last that corrects it."""
    item: ShortAnswer
    text: str
    mark: Mark | None
    standing: Sequence[Opinion]
    """Of all its markers, in their order."""
    mine: Opinion | None
    """The last of them that this marker gave."""
    second: SecondMarking | None
    """Where its second marking stands; None too where the exam wants none any more."""
    marker: Person | None
    refusal: MarkRefusal | None
    released: bool

    @property
    def task(self) -> Task:
        """What this marker has to do with it; nothing of what others gave may be shown to a second or third one."""
        if self.refusal or self.is_blank:
            return Task.NOTHING
        stage = self.second.stage if self.second else None
        return task(marked=self.mark is not None, gave=self.mine is not None, stage=stage)

    @property
    def is_to_mark(self) -> bool:
        return self.task in (Task.FIRST, Task.SECOND, Task.THIRD)

    @property
    def counting(self) -> list[Opinion]:
        """The opinions that its mark comes from: one, or the two of a mean."""
        ids = (self.mark.opinion_id, self.mark.second_opinion_id) if self.mark else ()
        return [one for one in self.standing if one.id in ids]

    @property
    def stem(self) -> str:
        return self.asked.stem

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def proposal(self) -> Proposal:
        """What the machine recognises, in traditional characters as well; places are those of the text as written."""
        return self.item.propose(simplified_in_place(self.text))

    @property
    def factor(self) -> Fraction:
        """Points of the slot for one point of the key points."""
        return self.worth / self.item.points


def answer(session: Session, person_id: int, question_id: int, attempt_id: int) -> DeskAnswer | None:
    """An answer to a short question in a closed attempt, as this marker sees it; None where there is no such."""
    return next(iter(answers(session, person_id, question_id, [attempt_id])), None)


def answers(session: Session, person_id: int, question_id: int, attempt_ids: Collection[int]) -> list[DeskAnswer]:
    """The answers to a short question in these attempts, by attempt: a fixed number of statements."""
    rows = session.execute(_asked_for(), {"question_id": question_id, "attempt_ids": list(attempt_ids)}).all()
    found = [row[0].id for row in rows]
    marks = {
        (attempt_id, position): mark
        for attempt_id, by_position in counting_marks(session, found).items()
        for position, mark in by_position.items()
    }
    counting = [marks.get((row[0].id, row[3].position)) for row in rows]
    given, seconds = _standing(session, found), _seconds(session, found)
    markers = _by_id(session, Person, {mark.author_id for mark in counting if mark})
    versions = bank.counting_versions(session, {row[4].id for row in rows})
    written, seen = texts(session, question_id, found), released(session, found)
    others = trainers_besides(session, person_id)
    shown = []
    for (attempt, exam, candidate, slot, asked, counts_for), mark in zip(rows, counting, strict=True):
        standing = given.get((attempt.id, slot.position), [])
        refusal = mark_refusal(
            person_id,
            candidate.id,
            candidate.tutor_id,
            other_trainers=others > len({one.marker_id for one in standing} - {person_id}),
            own_trainer_may_mark=exam.own_trainer_may_mark,
        )
        shown.append(
            DeskAnswer(
                attempt=attempt,
                exam=exam,
                question_id=question_id,
                position=slot.position,
                worth=counts_for,
                asked=_short(asked),
                version=versions[asked.id],
                item=_short(versions[asked.id]),
                text=written.get(attempt.id, ""),
                mark=mark,
                standing=standing,
                mine=next((one for one in reversed(standing) if one.marker_id == person_id), None),
                second=seconds.get((attempt.id, slot.position)) if exam.second_marking else None,
                marker=markers.get(mark.author_id) if mark else None,
                refusal=refusal,
                released=attempt.id in seen,
            )
        )
    return shown


def media(session: Session, found: DeskAnswer) -> Mapping[str, Facts]:
    """The pictures and sounds of a question, as asked and as it is marked."""
    return bank.media_facts(session, [found.asked, found.item])


def texts(session: Session, question_id: int, attempt_ids: Collection[int] | None = None) -> dict[int, str]:
    """By attempt, the text that counts as the answer to a question, of all attempts or of these: one statement.

    A question stands once in a paper.
    """
    wanted = {"question_id": question_id, "attempt_ids": list(attempt_ids or ())}
    rows = session.execute(_texts(attempt_ids is not None), wanted)
    return {attempt_id: str((response or {}).get("text", "")) for attempt_id, response in rows}


# Made once: making a statement costs more than sending it.


@cache
def _asked_for() -> Select[Any]:
    found = short_answers(Attempt, Exam, Person, Slot, QuestionVersion, worth())
    return found.where(QuestionVersion.question_id == bindparam("question_id"), _these(Attempt.id)).order_by(Attempt.id)


@cache
def _texts(of_some: bool) -> Select[Any]:
    order = func.row_number().over(partition_by=Answer.attempt_id, order_by=(Answer.epoch.desc(), Answer.number.desc()))
    ranked = (
        select(Answer.attempt_id, Answer.response, order.label("rank"))
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Slot, and_(Slot.paper_id == Attempt.paper_id, Slot.position == Answer.position))
        .join(QuestionVersion, QuestionVersion.id == Slot.question_version_id)
        .where(
            QuestionVersion.question_id == bindparam("question_id"),
            Attempt.counts,
        )
    )
    found = (ranked.where(_these(Answer.attempt_id)) if of_some else ranked).subquery()
    return select(found.c.attempt_id, found.c.response).where(found.c.rank == 1)


def _these(column: Any) -> ColumnElement[bool]:
    some: ColumnElement[bool] = column.in_(bindparam("attempt_ids", expanding=True))
    return some


def _standing(session: Session, attempt_ids: Collection[int]) -> dict[tuple[int, int], list[Opinion]]:
    found: dict[tuple[int, int], list[Opinion]] = {}
    wanted = select(Opinion).where(Opinion.attempt_id.in_(attempt_ids), stands()).order_by(Opinion.id)
    for opinion in session.scalars(wanted):
        found.setdefault((opinion.attempt_id, opinion.position), []).append(opinion)
    return found


def _seconds(session: Session, attempt_ids: Collection[int]) -> dict[tuple[int, int], SecondMarking]:
    found = session.scalars(select(SecondMarking).where(SecondMarking.attempt_id.in_(attempt_ids)))
    return {(one.attempt_id, one.position): one for one in found}


def _short(version: QuestionVersion) -> ShortAnswer:
    item = bank.item_of(version)
    if not isinstance(item, ShortAnswer):
        raise TypeError("a short answer whose key is that of another kind")
    return item


def _by_id(session: Session, model: Any, ids: Collection[int | None]) -> dict[int | None, Any]:
    wanted = [id for id in ids if id is not None]
    rows: Sequence[Any] = session.scalars(select(model).where(model.id.in_(wanted))).all() if wanted else ()
    return {row.id: row for row in rows}
