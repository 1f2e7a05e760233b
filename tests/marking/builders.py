"""Attempts that have been handed in through the real actions, ready to be marked."""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts import actions as attempts
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.marking import actions, queries
from exam.marking.models import SecondMarking
from exam.papers.models import Exam
from exam.papers.queries import slots
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import answer, begin, places, right_answers
from tests.builders import NOW
from tests.sittings.builders import make_sitting

LATER = NOW + timedelta(minutes=30)
ALL = {"k1": Fraction(2), "k2": Fraction(3)}
"""Full points for the short answer of `make_item`."""


def hand_in(
    session: Session,
    person: Person | None = None,
    exam: Exam | None = None,
    text: str = "先倾听，再道歉。",
    right: int = 6,
) -> Attempt:
    """Everything objective right, or only the first `right` slots; every short answer with this text (empty: blank)."""
    attempt = begin(session, person, exam)
    short = places(attempt, Kind.SHORT_ANSWER)
    for position, response in right_answers(attempt).items():
        if position in short:
            response = TextResponse(text)
        elif position > right:
            continue
        if not (position in short and not text):
            answer(session, attempt, position, response, NOW)
    attempts.submit(session, attempt, [], 1, LATER)
    return attempt


def mark_all(session: Session, attempt: Attempt, marker: Person, points: dict[str, Fraction] = ALL) -> None:
    """Give every short answer of an attempt the same points."""
    for position in places(attempt, Kind.SHORT_ANSWER):
        actions.give_opinion(session, attempt, position, marker, points, "", LATER)


def copies(session: Session, attempt: Attempt, position: int, texts: Iterable[str]) -> list[Attempt]:
    """As many attempts like this closed one, each by somebody else, with one of the texts at a place and no marks."""
    exam = session.get_one(Exam, attempt.exam_id)
    columns = {column.name: getattr(attempt, column.name) for column in Attempt.__table__.columns}
    made = []
    for text in texts:
        sitting = make_sitting(session, exam)
        own = {"id": None, "sitting_id": sitting.id, "person_id": sitting.person_id}
        made.append(Attempt(**columns | own))
        session.add(made[-1])
        session.flush()
        written = {"position": position, "epoch": 1, "number": 1, "response": {"text": text}, "saved_at": NOW}
        session.add(Answer(attempt_id=made[-1].id, **written))
    session.flush()
    return made


def question_at(session: Session, attempt: Attempt, position: int) -> int:
    """The question that stands at a place of the attempt's paper."""
    return next(slot.question_id for slot in slots(session, attempt.paper_id) if slot.position == position)


def make_late(session: Session, attempt: Attempt, position: int, response: object, number: int = 9) -> LateAnswer:
    """An answer that came a minute after the deadline, not decided on."""
    late = LateAnswer(
        attempt_id=attempt.id, position=position, epoch=1, number=number, response=response,
        arrived_at=LATER + timedelta(minutes=31),
    )  # fmt: skip
    session.add(late)
    session.flush()
    return late


# The desk, with second markers

TEXT = "先倾听会员说完并记录，再表示理解。"
FULL = {"k1": Fraction(2), "k2": Fraction(3)}
LESS = {"k1": Fraction(2), "k2": Fraction(5, 2)}
NOTHING = {"k1": Fraction(0), "k2": Fraction(0)}


class Desk:
    """One short answer at a time, and what its markers give it."""

    def __init__(self, session, exam):
        self.session, self.exam = session, exam

    def hand_in(self, text=TEXT, person=None, right=6):
        self.attempt = hand_in(self.session, person, self.exam, text=text, right=right)
        self.position = places(self.attempt, Kind.SHORT_ANSWER)[0]
        self.question = question_at(self.session, self.attempt, self.position)
        return self.attempt

    def give(self, marker, points=FULL, comment="", reason=""):
        return actions.give_opinion(
            self.session, self.attempt, self.position, marker, points, comment, LATER, reason=reason
        )

    def show(self, person):
        return queries.answer(self.session, person.id, self.question, self.attempt.id)

    @property
    def points(self):
        mark = queries.counting_marks(self.session, [self.attempt.id])[self.attempt.id].get(self.position)
        return mark.points if mark else None

    @property
    def stage(self):
        one = self.session.scalar(select(SecondMarking).where(SecondMarking.attempt_id == self.attempt.id))
        return one.stage if one else None

    def waits(self, person):
        return self.attempt.id in queries.waiting(self.session, person.id, self.question)
