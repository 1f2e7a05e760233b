"""Reading panels: how far each judge is, what was said, and what it implies. A fixed number of statements each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.courses.models import Cohort
from exam.papers import queries as papers
from exam.papers.models import Exam, Paper, PaperSet, Slot
from exam.papers.rules import Origin, SetState, paper_name
from exam.standards.models import Judgement, Panel, PanelMember, PanelQuestion
from exam.standards.rules import (
    OPEN,
    Asked,
    Implied,
    Judgements,
    Scope,
    Spread,
    Stage,
    blueprint_weights,
    complete,
    implied,
    paper_weights,
    spreads,
)
from question_bank import bank
from question_bank.items import Item
from question_bank.models import Question, QuestionVersion, Topic


@dataclass(frozen=True)
class PanelView:
    """A panel with its exam and who leads it."""

    panel: Panel
    exam: Exam
    leader: Person
    questions: int
    is_member: bool
    """Whether the reader is asked to judge."""


@dataclass(frozen=True)
class MemberProgress:
    """How far a judge is: questions judged at all, and those looked at again in the second round."""

    person: Person
    judged: int
    again: int


@dataclass(frozen=True)
class JudgedQuestion:
    """A question as its page shows it."""

    position: int
    version: QuestionVersion
    topic: str

    @property
    def item(self) -> Item:
        """What is asked, with its key: judges are trainers."""
        return bank.item_of(self.version)


@dataclass(frozen=True)
class PaperCut:
    """What the panel implies for one paper given out now, by its place in its cohort's set from 1."""

    cohort_id: int
    number: int
    found: Implied

    @property
    def name(self) -> str:
        """As on the parity sheet."""
        return paper_name(self.number)


class Waiting(NamedTuple):
    """An open panel in which somebody has questions left."""

    exam_id: int
    panel_id: int
    title: str
    left: int


def exam(session: Session, exam_id: int) -> Exam | None:
    """The exam of this number."""
    return session.get(Exam, exam_id)


def panels(session: Session, exam_id: int) -> list[Panel]:
    """The panels of an exam that weren't dropped, the newest first."""
    found = select(Panel).where(Panel.exam_id == exam_id, Panel.stage != Stage.DROPPED)
    return list(session.scalars(found.order_by(Panel.id.desc())))


def last_finished(session: Session, exam_id: int) -> Panel | None:
    """The panel whose word stands."""
    found = select(Panel).where(Panel.exam_id == exam_id, Panel.stage == Stage.FINISHED)
    return session.scalar(found.order_by(Panel.id.desc()).limit(1))


def panel_view(session: Session, exam_id: int, panel_id: int, reader_id: int) -> PanelView | None:
    """A panel of this exam; None when it has no such panel. One statement."""
    questions = select(func.count()).where(PanelQuestion.panel_id == Panel.id).correlate(Panel).scalar_subquery()
    member = exists().where(PanelMember.panel_id == Panel.id, PanelMember.person_id == reader_id)
    row = session.execute(
        select(Panel, Exam, Person, questions, member.label("member"))
        .join(Exam, Exam.id == Panel.exam_id)
        .join(Person, Person.id == Panel.opened_by)
        .where(Panel.id == panel_id, Panel.exam_id == exam_id)
    ).one_or_none()
    return PanelView(*row) if row else None


def waiting_for(session: Session, person_id: int) -> list[Waiting]:
    """Open panels in which this person hasn't judged everything yet: one statement."""
    judged = (
        select(func.count(func.distinct(Judgement.version_id)))
        .where(Judgement.panel_id == Panel.id, Judgement.person_id == person_id)
        .correlate(Panel)
        .scalar_subquery()
    )
    asked = select(func.count()).where(PanelQuestion.panel_id == Panel.id).correlate(Panel).scalar_subquery()
    rows = session.execute(
        select(Panel.exam_id, Panel.id, Exam.title, (asked - judged).label("left"))
        .join(PanelMember, and_(PanelMember.panel_id == Panel.id, PanelMember.person_id == person_id))
        .join(Exam, Exam.id == Panel.exam_id)
        .where(Panel.stage.in_(OPEN), asked > judged)
        .order_by(Panel.id)
    )
    return [Waiting(*row) for row in rows]


def progress(session: Session, panel_id: int) -> list[MemberProgress]:
    """How far each judge is, by name: two statements."""
    rows = session.execute(
        select(Judgement.person_id, Judgement.round, func.count(func.distinct(Judgement.version_id)))
        .where(Judgement.panel_id == panel_id)
        .group_by(Judgement.person_id, Judgement.round)
    )
    judged = {(person_id, round): number for person_id, round, number in rows}
    ever = dict(
        iter(
            session.execute(
                select(Judgement.person_id, func.count(func.distinct(Judgement.version_id)))
                .where(Judgement.panel_id == panel_id)
                .group_by(Judgement.person_id)
            )
        )
    )
    people = session.scalars(
        select(Person)
        .join(PanelMember, PanelMember.person_id == Person.id)
        .where(PanelMember.panel_id == panel_id)
        .order_by(Person.name_key, Person.id)
    )
    return [MemberProgress(one, ever.get(one.id, 0), judged.get((one.id, 2), 0)) for one in people]


def judge_ids(session: Session, panel_id: int) -> list[int]:
    """Who is asked to judge."""
    found = select(PanelMember.person_id).where(PanelMember.panel_id == panel_id)
    return list(session.scalars(found.order_by(PanelMember.person_id)))


def first_left(session: Session, panel_id: int, person_id: int, round: int | None = None) -> int | None:
    """The place of the first question that a judge left out, in a round or (None) in both; None without one."""
    judged = exists().where(
        Judgement.panel_id == panel_id,
        Judgement.person_id == person_id,
        Judgement.version_id == PanelQuestion.version_id,
        *([Judgement.round == round] if round is not None else []),
    )
    return session.scalar(select(func.min(PanelQuestion.position)).where(PanelQuestion.panel_id == panel_id, ~judged))


def questions(session: Session, panel_id: int, offset: int = 0, limit: int | None = None) -> list[JudgedQuestion]:
    """The questions of a panel in their order, or some of them: one statement."""
    found = (
        select(PanelQuestion.position, QuestionVersion, Topic.name)
        .join(QuestionVersion, QuestionVersion.id == PanelQuestion.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(PanelQuestion.panel_id == panel_id)
        .order_by(PanelQuestion.position)
        .offset(offset)
    )
    return [JudgedQuestion(*row) for row in session.execute(found if limit is None else found.limit(limit))]


def version_ids(session: Session, panel_id: int) -> list[int]:
    """The versions a panel judges, in their order."""
    found = select(PanelQuestion.version_id).where(PanelQuestion.panel_id == panel_id)
    return list(session.scalars(found.order_by(PanelQuestion.position)))


def said(session: Session, panel_id: int, round: int = 2, person_id: int | None = None) -> Judgements:
    """The last word of each judge on each question up to the end of a round; only one person's where asked for."""
    found = select(Judgement.person_id, Judgement.version_id, Judgement.share).where(
        Judgement.panel_id == panel_id, Judgement.round <= round
    )
    if person_id is not None:
        found = found.where(Judgement.person_id == person_id)
    words: dict[int, dict[int, int]] = {}
    for judge, version, share in session.execute(found.order_by(Judgement.id)):
        words.setdefault(judge, {})[version] = share
    return words


def own(session: Session, panel_id: int, person_id: int, round: int = 2) -> Mapping[int, int]:
    """What one judge said, by version."""
    return said(session, panel_id, round, person_id).get(person_id, {})


def judged_in(session: Session, panel_id: int, person_id: int, round: int) -> set[int]:
    """The versions that a judge has looked at in a round."""
    found = select(Judgement.version_id).where(
        Judgement.panel_id == panel_id, Judgement.person_id == person_id, Judgement.round == round
    )
    return set(session.scalars(found))


def spread_of(session: Session, panel_id: int, round: int) -> dict[int, Spread]:
    """The panel's spread on each question at the end of a round, without names."""
    return spreads(said(session, panel_id, round))


def askable(session: Session, exam: Exam, scope: Scope) -> list[int]:
    """The versions that a panel with this scope judges, in the order of topics and kinds: two statements."""
    if scope is Scope.BANK:
        ids = {one.version_id for one in papers.candidates(session, papers.lines(session, exam.id))}
    else:
        ids = set(session.scalars(select(Slot.question_version_id).join(Paper).where(Paper.id.in_(_given(exam)))))
    found = (
        select(QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Topic, Topic.id == Question.topic_id)
        .where(QuestionVersion.id.in_(ids))
        .order_by(Topic.position, Topic.id, Question.kind, Question.id)
    )
    return list(session.scalars(found)) if ids else []


def _given(exam: Exam) -> Select[int]:
    return (
        select(Paper.id)
        .join(PaperSet, PaperSet.id == Paper.set_id)
        .where(
            PaperSet.exam_id == exam.id,
            PaperSet.state == SetState.READY,
            PaperSet.outdated_at.is_(None),
            PaperSet.edition == exam.blueprint_edition,
            Paper.origin == Origin.PARALLEL,
        )
    )


def asked(session: Session, panel_id: int) -> dict[int, Asked]:
    """The questions of a panel as the blueprint sees them: one statement."""
    rows = session.execute(
        select(QuestionVersion.id, Question.topic_id, Question.kind, QuestionVersion.difficulty)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(PanelQuestion, PanelQuestion.version_id == QuestionVersion.id)
        .where(PanelQuestion.panel_id == panel_id)
    )
    return {version: Asked(topic, kind, difficulty) for version, topic, kind, difficulty in rows}


def overall(session: Session, panel: Panel, words: Judgements) -> Implied | None:
    """What complete judges imply for a paper as the blueprint draws it: two statements."""
    weights = blueprint_weights(papers.lines(session, panel.exam_id), asked(session, panel.id))
    return implied(words, weights) if weights else None


def by_paper(session: Session, panel: Panel, exam: Exam, words: Judgements) -> list[PaperCut]:
    """What they imply for each parallel paper given out now whose every question was judged: one statement."""
    rows = session.execute(
        select(PaperSet.cohort_id, Paper.id, Slot.question_version_id, Slot.points)
        .join(Paper, Paper.set_id == PaperSet.id)
        .join(Slot, Slot.paper_id == Paper.id)
        .where(Paper.id.in_(_given(exam)))
        .order_by(PaperSet.cohort_id, Paper.id)
    )
    points: dict[tuple[int, int], dict[int, Fraction]] = {}
    for cohort, paper, version, worth in rows:
        points.setdefault((cohort, paper), {})[version] = worth
    judged = set(next(iter(words.values()), {}))
    found: list[PaperCut] = []
    number: dict[int, int] = {}
    for (cohort, _paper), own_points in points.items():
        number[cohort] = number.get(cohort, 0) + 1
        if own_points.keys() <= judged:
            one = implied(words, paper_weights(own_points))
            if one:
                found.append(PaperCut(cohort, number[cohort], one))
    return found


def cohort_names(session: Session, course_id: int) -> dict[int, str]:
    """The cohorts of a course by their ids."""
    return dict(iter(session.execute(select(Cohort.id, Cohort.name).where(Cohort.course_id == course_id))))


def counting(session: Session, panel_id: int, versions: Sequence[int]) -> Judgements:
    """The last words of those judges who have judged everything."""
    return complete(said(session, panel_id), versions)
