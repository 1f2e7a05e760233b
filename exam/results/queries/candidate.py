"""What a candidate sees of their own attempts. Nothing of a result leaves here before it is released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts.models import Attempt
from exam.attempts.queries import final_answers
from exam.attempts.rules import Layout, Place
from exam.courses.models import Enrolment
from exam.marking.models import Mark, Opinion
from exam.marking.queries import counted_slots, counting_marks, markers_of, reweighed
from exam.marking.rules import CORRECTED, MarkSource, counting_worth
from exam.papers.models import Exam
from exam.papers.queries import SlotView, slots
from exam.receipts.rules import number_of
from exam.results import rules
from exam.results.models import Release, Result
from exam.results.queries.single import is_released
from exam.results.queries.standings import cohort_has_closed
from exam.results.rules import Review, TopicResult
from exam.sittings.models import Sitting
from question_bank import bank
from question_bank.items import Item, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.tokens import Facts


@dataclass(frozen=True)
class OwnAttempt:
    """A line of the list of one's own attempts; the result only once it is released."""

    attempt_id: int
    exam: str
    try_number: int
    closed_at: datetime
    result: Result | None


@dataclass(frozen=True)
class OwnResult:
    """One's own closed attempt; `result` and what follows from it only once it is released."""

    attempt: Attempt
    sitting: Sitting
    exam: Exam
    enrolment: Enrolment
    released_at: datetime | None
    result: Result | None
    unmarked: int
    """Short answers that wait for a person."""
    topics: Sequence[TopicResult]
    parts: Mapping[str, tuple[Fraction, Fraction]]
    """Points earned and possible of the objective questions and of the short answers."""
    markers: int
    """How many people have marked."""
    own_tutor_marked: bool
    review: Review
    before: Result | None = None
    """What the candidate was told before the last change of a released result."""

    @property
    def receipt_number(self) -> str:
        return number_of(self.attempt.id)

    @property
    def score(self) -> Fraction:
        """In per cent, exactly. Refuses before the release."""
        if self.result is None:
            raise ValueError("this result has not been released")
        return rules.percent(self.result.earned, self.result.possible)


@dataclass(frozen=True)
class Choice:
    """A choice as the candidate saw it, named by its token."""

    id: str
    text: str


@dataclass(frozen=True)
class Reviewed:
    """One question of a paper with one's own answer; what is right only where `keys` may be shown."""

    position: int
    kind: Kind
    stem: str
    worth: Fraction
    """What it counts for."""
    on_paper: Fraction
    """What the paper said; something else where a correction has changed it."""
    choices: Sequence[Choice]
    chosen: Any
    reveal: Mapping[str, str] | None
    """Per choice right, wrong or missed; None while keys are hidden."""
    points: Fraction | None
    explanation: str
    reference: str
    comment: str
    media: Mapping[str, Facts]
    """Of all questions of the page."""
    taken_out: bool
    """It counts for nobody any more."""
    correction: str
    """Why its points were corrected, where they were and keys may be shown."""
    points_before: Fraction | None
    """What it had before it was corrected."""


def own_attempts(session: Session, person_id: int) -> list[OwnAttempt]:
    """One's own attempts that have ended and aren't void, the latest first: one statement."""
    rows = session.execute(
        select(Attempt.id, Exam.title, Sitting.try_number, Attempt.closed_at, Result)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .outerjoin(Release, Release.attempt_id == Attempt.id)
        .outerjoin(
            Result,
            and_(Result.attempt_id == Attempt.id, Result.superseded_at.is_(None), Release.attempt_id.is_not(None)),
        )
        .where(Attempt.person_id == person_id, Attempt.counts)
        .order_by(Attempt.id.desc())
    )
    return [OwnAttempt(*columns) for columns in map(tuple[Any, ...], rows)]


def own_result(session: Session, person_id: int, attempt_id: int, now: datetime) -> OwnResult | None:
    """What this person may see of their closed attempt; None for somebody else's, a running or a void one."""
    row = session.execute(
        select(Attempt, Sitting, Exam, Enrolment)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.counts,
        )
    ).one_or_none()
    if row is None:
        return None
    attempt, sitting, exam, enrolment = row
    places = counted_slots(session, attempt)
    marks = counting_marks(session, [attempt_id])[attempt_id]
    released = is_released(session, attempt_id)
    release = session.get(Release, attempt_id)
    closed = released and cohort_has_closed(session, enrolment.cohort_id, now)
    authors = {marker for markers in markers_of(session, marks.values()).values() for marker in markers}
    return OwnResult(
        attempt=attempt,
        sitting=sitting,
        exam=exam,
        enrolment=enrolment,
        released_at=release.released_at if release else None,
        result=_current(session, attempt_id) if released else None,
        before=_told_before(session, attempt_id, release) if release else None,
        unmarked=sum(slot.position not in marks for slot in places),
        topics=_topics(places, marks) if released else (),
        parts=_parts(places, marks) if released else {},
        markers=len(authors),
        own_tutor_marked=_tutor_id(session, person_id) in authors,
        review=rules.review(exam.review_policy, released=released, closed_for_all=closed),
    )


def reviewed(session: Session, own: OwnResult) -> list[Reviewed]:
    """The questions of an attempt, as far as `own.review` allows."""
    if not own.review.questions:
        return []
    places = slots(session, own.attempt.paper_id)
    other = reweighed(session, [own.attempt.id])
    marks = counting_marks(session, [own.attempt.id])[own.attempt.id]
    answers = final_answers(session, [own.attempt.id])[own.attempt.id]
    counting = bank.counting_versions(session, [slot.version.id for slot in places])
    keys = {slot.version.id: bank.item_of(counting[slot.version.id]) for slot in places}
    media = bank.media_facts(session, [*(slot.item for slot in places), *keys.values()])
    comments, earlier = _comments(session, marks), _before_corrections(session, own.attempt.id, marks)
    layout = Layout.from_data(own.attempt.layout)
    shown = []
    for slot in places:
        place = layout.places[slot.position]
        key = keys[slot.version.id]
        mark = marks.get(slot.position)
        said = [comments.get(id or 0, "") for id in (mark.opinion_id, mark.second_opinion_id)] if mark else []
        comment = "\n".join(dict.fromkeys(one for one in said if one))
        worth = other.get((own.attempt.id, slot.position), slot.points)
        one = _reviewed(slot, worth, key, place, answers[slot.position], mark, comment, own.review, media)
        changed = one.correction and mark and mark.source in CORRECTED
        shown.append(replace(one, points_before=earlier.get(slot.position) if changed else None))
    return shown


def _reviewed(
    slot: SlotView,
    worth: Fraction,
    key: Item,
    place: Place,
    answer: dict[str, Any] | None,
    mark: Mark | None,
    comment: str,
    review: Review,
    media: Mapping[str, Facts],
) -> Reviewed:
    item, said = slot.item, answer or {}
    texts = {one.id: one.text for one in item.choices} if isinstance(item, SingleChoice | MultipleChoice) else {}
    # As in the room, choices go by their tokens: the bank's ids would tell its order.
    tokens = {id: token for token, id in place.choices}
    ticked = [tokens.get(id, id) for id in _ticked(said)]
    return Reviewed(
        position=slot.position,
        kind=item.kind,
        stem=item.stem,
        worth=worth,
        on_paper=slot.points,
        choices=[Choice(token, texts[id]) for token, id in place.choices],
        chosen=said.get("text", "") if isinstance(item, ShortAnswer) else ticked,
        reveal=_reveal(key, ticked, tokens) if review.keys else None,
        points=mark.points if mark and review.keys else None,
        explanation=key.explanation if review.keys else "",
        reference=key.reference if review.keys and isinstance(key, ShortAnswer) else "",
        comment=comment,
        media=media,
        taken_out=mark is not None and mark.source is MarkSource.TAKEN_OUT,
        correction=mark.reason if mark and review.keys and (mark.source in CORRECTED or worth != slot.points) else "",
        points_before=None,
    )


def _ticked(said: dict[str, Any]) -> list[str]:
    return [str(said["truth"]).lower()] if "truth" in said else list(said.get("choices", ()))


def _reveal(key: Item, ticked: list[str], tokens: Mapping[str, str]) -> dict[str, str]:
    match key:
        case ShortAnswer():
            return {}
        case TrueFalse():
            right = {str(key.correct).lower()}
        case SingleChoice() | MultipleChoice():
            right = {tokens[id] for id in key.keys}
    found = {id: "right" if id in ticked else "missed" for id in right}
    return found | {id: "wrong" for id in ticked if id not in right}


def _before_corrections(session: Session, attempt_id: int, marks: Mapping[int, Mark]) -> dict[int, Fraction]:
    """The points that corrected answers had before, by position: the last mark that no correction has given."""
    if not any(mark.source in CORRECTED for mark in marks.values()):
        return {}
    others = CORRECTED | {MarkSource.WITHDRAWN}
    known = select(Mark.position, Mark.points).where(Mark.attempt_id == attempt_id, Mark.source.not_in(others))
    return dict(session.execute(known.order_by(Mark.id)).all())


def _comments(session: Session, marks: Mapping[int, Mark]) -> dict[int, str]:
    ids = [id for mark in marks.values() for id in (mark.opinion_id, mark.second_opinion_id) if id]
    return dict(session.execute(select(Opinion.id, Opinion.comment).where(Opinion.id.in_(ids))).all())


def _topics(places: Sequence[SlotView], marks: Mapping[int, Mark]) -> list[TopicResult]:
    return rules.topic_results(
        (slot.topic.name, mark.points if mark else Fraction(), counting_worth(mark, slot.points))
        for slot in places
        for mark in [marks.get(slot.position)]
    )


def _parts(places: Sequence[SlotView], marks: Mapping[int, Mark]) -> dict[str, tuple[Fraction, Fraction]]:
    sums = {"objective": (Fraction(), Fraction()), "short": (Fraction(), Fraction())}
    for slot in places:
        name = "short" if slot.item.kind is Kind.SHORT_ANSWER else "objective"
        earned, possible = sums[name]
        mark = marks.get(slot.position)
        sums[name] = (earned + (mark.points if mark else 0), possible + counting_worth(mark, slot.points))
    return {name: both for name, both in sums.items() if both[1]}


def _current(session: Session, attempt_id: int) -> Result | None:
    return session.scalar(select(Result).where(Result.attempt_id == attempt_id, Result.superseded_at.is_(None)))


def _told_before(session: Session, attempt_id: int, release: Release) -> Result | None:
    """The last result but one that the candidate could see."""
    earlier = select(Result).where(Result.attempt_id == attempt_id, Result.superseded_at >= release.released_at)
    return session.scalar(earlier.order_by(Result.revision.desc()).limit(1))


def _tutor_id(session: Session, person_id: int) -> int | None:
    return session.scalar(select(Person.tutor_id).where(Person.id == person_id))
