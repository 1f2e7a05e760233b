"""Changing exams: their terms, their blueprint, and whether they can be taken."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.courses.models import Course
from exam.errors import Conflict, Refused, _l
from exam.events import exam_published
from exam.papers import queries
from exam.papers.models import BlueprintRow, Exam
from exam.papers.rules import (
    MOST_COUNT,
    BlueprintLine,
    ExamState,
    Flaw,
    LateStart,
    ReviewPolicy,
    Terms,
    flaw,
    possible,
    shortfalls,
    terms_problems,
)
from question_bank import bank
from question_bank.items import CreditRule, Kind
from question_bank.models import Topic

FINAL_TEST = Path(__file__).parent.parent / "seed" / "final-test.toml"


def terms_of(exam: Exam) -> Terms:
    """The terms an exam has now."""
    return Terms(**{name: getattr(exam, name) for name in Terms.__dataclass_fields__})


def make_exam(session: Session, course: Course, terms: Terms, *, actor_id: int | None, now: datetime) -> Exam:
    """Begin an exam of a course: a draft without a blueprint. Refuses terms that contradict each other."""
    _refuse_bad_terms(terms)
    exam = Exam(course_id=course.id, created_at=now, created_by=actor_id, **asdict(terms))
    session.add(exam)
    session.flush()
    _audit(session, "exam.created", exam, actor_id, now, title=exam.title)
    return exam


def edit_terms(session: Session, exam: Exam, terms: Terms, *, actor_id: int | None, now: datetime) -> None:
    """Change the terms. Attempts begun before keep theirs, and windows that are open keep their end."""
    _refuse_bad_terms(terms)
    before, after = asdict(terms_of(exam)), asdict(terms)
    changes = {name: [str(before[name]), str(after[name])] for name in after if before[name] != after[name]}
    if not changes:
        return
    for name, value in after.items():
        setattr(exam, name, value)
    session.flush()
    _audit(session, "exam.terms_changed", exam, actor_id, now, changes=changes)


def set_blueprint(
    session: Session,
    exam: Exam,
    rows: Sequence[BlueprintLine],
    *,
    seen: int | None = None,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Replace the blueprint. A draft may be unfinished; a published exam must stay one that can be sat.

    `seen` is the edition that the rows were made from: refused where another one has been saved since. Papers that
    somebody has been shown keep their questions; those only prepared are drawn again.
    """
    now_saved = session.scalar(select(Exam.blueprint_edition).where(Exam.id == exam.id).with_for_update())
    if seen not in (None, now_saved):
        raise Conflict(
            _l(
                "Somebody has saved this blueprint since you opened it. Below is yours: save again to put it in "
                "its place."
            ),
            code="edition",
        )
    _refuse_bad_rows(session, rows)
    if exam.state is ExamState.PUBLISHED:
        _refuse_unpublishable(session, rows)
    before = queries.lines(session, exam.id)
    if before == list(rows):
        return
    exam.blueprint_edition = Exam.blueprint_edition + 1  # by the database: two trainers may save at once
    session.execute(delete(BlueprintRow).where(BlueprintRow.exam_id == exam.id))
    for position, row in enumerate(rows, start=1):
        session.add(
            BlueprintRow(
                exam_id=exam.id,
                position=position,
                topic_id=row.topic,
                kind=row.kind,
                difficulty=row.difficulty,
                count=row.count,
                points_each=row.points,
            )
        )
    session.flush()
    detail = {"rows": [len(before), len(rows)], "points": [str(possible(before)), str(possible(rows))]}
    _audit(session, "exam.blueprint_changed", exam, actor_id, now, **detail)


def publish(session: Session, exam: Exam, *, actor_id: int | None, now: datetime) -> None:
    """Let sittings be given; a retired exam may be published again.

    Refuses a paper not worth 100 points, one the bank can't fill, and a second published exam of one course.
    """
    if exam.state is ExamState.PUBLISHED:
        return
    _refuse_unpublishable(session, queries.lines(session, exam.id))
    other = queries.published_exam(session, exam.course_id)
    if other is not None:
        raise Conflict(
            _l("This course already has a published exam: %(title)s. Retire it first.", title=other.title),
            code="course_has_an_exam",
        )
    exam.state = ExamState.PUBLISHED
    session.flush()
    _audit(session, "exam.published", exam, actor_id, now)
    exam_published.send(exam, session=session, now=now)


def retire(session: Session, exam: Exam, *, actor_id: int | None, now: datetime) -> None:
    """Give no new sittings. Whoever has a window keeps it."""
    if exam.state is ExamState.RETIRED:
        return
    exam.state = ExamState.RETIRED
    session.flush()
    _audit(session, "exam.retired", exam, actor_id, now)


def copy(session: Session, exam: Exam, *, title: str, actor_id: int | None, now: datetime) -> Exam:
    """Make a draft with the terms and blueprint of this exam, under another title."""
    course = session.get_one(Course, exam.course_id)
    made = make_exam(session, course, replace(terms_of(exam), title=title), actor_id=actor_id, now=now)
    made.parallel_papers, made.exposure_cap = exam.parallel_papers, exam.exposure_cap
    set_blueprint(session, made, queries.lines(session, exam.id), actor_id=actor_id, now=now)
    return made


def seed_exam(session: Session, course: Course, now: datetime, path: Path = FINAL_TEST) -> Exam:
    """Make and publish the exam that a file describes; one of this title that the course has already is left as it is.

    The file's topics must be in the bank: KeyError otherwise.
    """
    described = tomllib.loads(path.read_text("utf-8"))
    terms = _terms(described["terms"])
    known = session.scalar(select(Exam).where(Exam.course_id == course.id, Exam.title == terms.title))
    if known is not None:
        return known
    topics = {topic.slug: topic.id for topic in bank.topics(session)}
    exam = make_exam(session, course, terms, actor_id=None, now=now)
    set_blueprint(session, exam, _described_rows(described, topics), actor_id=None, now=now)
    publish(session, exam, actor_id=None, now=now)
    return exam


def _terms(described: dict[str, Any]) -> Terms:
    """Terms as a file gives them: words become members of their enums; what is left out is as usual."""
    words: dict[str, Callable[[str], Any]]
    words = {"credit_rule": CreditRule, "late_start": LateStart, "review_policy": ReviewPolicy}
    values: dict[str, Any] = {name: words[name](given) if name in words else given for name, given in described.items()}
    return Terms(**values)


def _described_rows(described: dict[str, Any], topics: dict[str, int]) -> list[BlueprintLine]:
    points = {Kind(name): Fraction(str(worth)) for name, worth in described["points"].items()}
    return [
        BlueprintLine(topics[slug], kind, None, count, points[kind])
        for slug, numbers in described["blueprint"].items()
        for kind, count in ((Kind(name), number) for name, number in numbers.items())
        if count
    ]


def _refuse_bad_terms(terms: Terms) -> None:
    if found := terms_problems(terms):
        raise Refused(
            _l("These terms contradict each other. Look at the marked fields."),
            code="bad_terms",
            fields={name: problem.value for name, problem in found.items()},
        )


def _refuse_bad_rows(session: Session, rows: Sequence[BlueprintLine]) -> None:
    topics = set(session.scalars(select(Topic.id)))
    for row in rows:
        if not (1 <= row.count <= MOST_COUNT and row.points > 0 and row.topic in topics):
            raise Refused(_l("A row of the blueprint needs a topic, a number and points."), code="bad_row")


def _refuse_unpublishable(session: Session, rows: Sequence[BlueprintLine]) -> None:
    match flaw(rows):
        case Flaw.NO_ROWS:
            raise Refused(_l("The blueprint is empty. Add its rows first."), code="no_rows")
        case Flaw.NOT_FULL:
            raise Refused(
                _l("The paper is worth %(points)s points; it must be exactly 100.", points=_plain(possible(rows))),
                code="not_full",
            )
    if short := shortfalls(rows, bank.counts(session)):
        raise Refused(
            _l("The question bank has too few questions for some rows of the blueprint."),
            code="not_enough_questions",
            rows=len(short),
        )


def _plain(points: Fraction) -> str:
    """Points as people write them: 97, 97.5."""
    return str(int(points)) if points.denominator == 1 else f"{float(points):.2f}".rstrip("0")


def _audit(session: Session, action: str, exam: Exam, actor_id: int | None, now: datetime, **detail: Any) -> None:
    audit(session, actor_id=actor_id, action=action, subject_type="exam", subject_id=exam.id, now=now, **detail)
