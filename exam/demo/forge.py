"""The demo: a cohort that goes through the site by the very actions people take, each at its moment in the past."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.accounts.actions import add_person
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import Attempt
from exam.courses import actions as courses
from exam.courses.models import Cohort, Course, Enrolment, KnowledgeCheck, Module, Page
from exam.demo.answering import Answered, answers, tries
from exam.demo.cast import NEW_HIRES, PASSWORD, STAFF, NewHire, Story
from exam.demo.hall import answer_late, make_eventful, sit_now
from exam.demo.panel import judge_questions
from exam.marking import actions as marking
from exam.marking.queries import is_second_waiting
from exam.papers import actions as papers
from exam.papers.models import Exam
from exam.papers.queries import slots
from exam.results import actions as results
from exam.results.rules import Verdict
from exam.retakes import actions as retakes
from exam.retakes import queries as plans
from exam.retakes.models import TutoringPlan
from exam.sittings import actions as sittings
from exam.sittings.models import Sitting
from question_bank.items import ShortAnswer, from_data

FIRST_STAFF_NUMBER = 26001
RETAKE_SCORE = 87


@dataclass
class Stage:
    """Everything the scenes share."""

    session: Session
    now: datetime
    zone: ZoneInfo
    course: Course
    exam: Exam
    pages: list[Page]
    checks: Mapping[int, list[KnowledgeCheck]]
    staff: Mapping[str, Person]
    cohorts: Mapping[bool, Cohort] = field(default_factory=dict)
    rng: Random = field(default_factory=lambda: Random(2026))

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """A moment of an earlier day by the company's clocks, of today at the latest now; -1 is tomorrow."""
        day = self.now.astimezone(self.zone).date() - timedelta(days=days_ago)
        moment = datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)
        return moment if days_ago < 0 else min(moment, self.now)

    def marker(self, person: Person) -> Person:
        """The trainer who isn't this person's tutor."""
        return self.staff["trainer2" if person.tutor_id == self.staff["trainer"].id else "trainer"]


def forge(session: Session, now: datetime, zone: ZoneInfo, progress: Callable[[], None]) -> None:
    """Fill an empty, seeded site. `progress` is called after each new hire. Commits nothing."""
    stage = set_stage(session, now, zone)
    for number, one in enumerate(NEW_HIRES, start=1):
        play(stage, one, number)
        progress()
    judge_questions(session, stage.exam, stage.staff, stage.at(9, 16))


def set_stage(session: Session, now: datetime, zone: ZoneInfo) -> Stage:
    """The staff, the cohorts and the course as all scenes use them."""
    course = session.scalars(select(Course).order_by(Course.id)).first()
    exam = session.scalars(select(Exam).order_by(Exam.id)).first()
    if course is None or exam is None:
        raise LookupError("the demo needs the seeded course and exam")
    began = now - timedelta(days=60)
    staff = {
        one.username: add_person(
            session, username=one.username, full_name=one.full_name, roles=[Role(one.role)], actor_id=None, now=began,
            email=f"{one.username}@demo.example", password=PASSWORD,
        )
        for one in STAFF
    }  # fmt: skip
    pages = list(session.scalars(select(Page).join(Page.module).order_by(Module.position, Page.position)))
    checks: dict[int, list[KnowledgeCheck]] = {page.id: [] for page in pages}
    for check in session.scalars(select(KnowledgeCheck).order_by(KnowledgeCheck.position)):
        checks[check.page_id].append(check)
    stage = Stage(session, now, zone, course, exam, pages, checks, staff)
    hr = staff["hr"].id
    for earlier, days_ago in ((True, 45), (False, 18)):
        day = stage.at(days_ago, 9)
        name = f"{day.year} 年 {day.month} 月入职批次" if earlier else f"{day.year} 年 {day.month} 月 {day.day} 日批次"
        stage.cohorts = {**stage.cohorts, earlier: courses.make_cohort(session, course, name, hr, day)}
    return stage


def play(stage: Stage, one: NewHire, number: int) -> None:
    """One new hire's story, from the first day to where they stand today."""
    back = 27 if one.earlier else 0
    enrolment = arrive(stage, one, number, back)
    if one.story is Story.IN_COURSE:
        learn(stage, enrolment, stage.pages[: len(stage.pages) - one.left], stage.at(9, 9))
        return
    done_ago = {
        Story.WINDOW_OPEN: 1,
        Story.BOOKED: 2,
        Story.IN_ROOM: 2,
        Story.MISSED: 11,
        Story.WAITING: 4,
        Story.MARKED: 5,
    }
    learn(stage, enrolment, stage.pages, stage.at(back + done_ago.get(one.story, 13), 9))
    sitting = stage.session.scalars(select(Sitting).where(Sitting.enrolment_id == enrolment.id)).one()
    if one.story is Story.BOOKED:
        sittings.book(stage.session, sitting, stage.at(-1, 10, 30 if number % 2 else 0), stage.at(1, 18))
        return
    if one.story is Story.IN_ROOM:
        watch_over(stage, one, sitting)
    if one.story in (Story.WINDOW_OPEN, Story.MISSED, Story.IN_ROOM):
        return
    sat_ago = {Story.WAITING: 1, Story.MARKED: 2}.get(one.story, back + 12)
    attempt, given = sit(stage, one, sitting, stage.at(sat_ago, 10 + number % 6), one.score)
    if one.story is not Story.WAITING:
        mark(stage, attempt, given, stage.at(sat_ago - 1, 10), twice=one.story is not Story.MARKED or number % 2 == 0)
    if one.story not in (Story.WAITING, Story.MARKED):
        after_release(stage, one, enrolment, attempt, back)


def arrive(stage: Stage, one: NewHire, number: int, back: int) -> Enrolment:
    """HR adds a new hire with a tutor and assigns the course."""
    tutor = stage.staff["trainer" if number % 2 else "trainer2"]
    hr, day = stage.staff["hr"].id, stage.at(back + 18, 10)
    person = add_person(
        stage.session, username=one.username, full_name=one.full_name, roles=[Role.NEW_HIRE], actor_id=hr, now=day,
        email=f"{one.username}@demo.example", staff_number=f"HY{FIRST_STAFF_NUMBER + number}", tutor_id=tutor.id,
        password=PASSWORD,
    )  # fmt: skip
    enrolment = courses.enrol(stage.session, person, stage.course, stage.cohorts[one.earlier], hr, day)
    deque(papers.assemble_waiting(stage.session, day, Random(number)), maxlen=0)  # of the first of a cohort
    return enrolment


def learn(stage: Stage, enrolment: Enrolment, pages: list[Page], last_day: datetime) -> None:
    """Read pages and answer their checks until `last_day`, now and then wrong, and mostly right the second time."""
    moment = last_day - timedelta(minutes=20 * len(pages))
    for page in pages:
        moment += timedelta(minutes=20)
        for check in stage.checks[page.id]:
            for answered in tries(from_data(check.content), stage.rng):
                courses.answer_check(stage.session, enrolment, check, answered.response, moment)
        courses.finish_page(stage.session, enrolment, page, moment)


def sit(
    stage: Stage, one: NewHire, sitting: Sitting, began: datetime, score: int
) -> tuple[Attempt, dict[int, Answered]]:
    """Start, answer every question over some forty minutes, and hand in; or let the clock do it."""
    session = stage.session
    attempt = attempts.start(session, sitting, began, stage.rng)
    epoch = attempts.open_room(session, attempt, began, page="demo")
    places = {place.position: (place.item, place.points) for place in slots(session, attempt.paper_id)}
    given = answers(places, score, attempt.credit_rule, stage.rng)
    moment = began
    for position, answered in given.items():
        moment += timedelta(seconds=stage.rng.randint(20, 70))
        attempts.save(session, attempt, position, epoch, 1, answered.response, moment)
    if one.by_deadline:
        attempts.close_due(session, attempt.deadline + timedelta(minutes=1))
        if one.late:
            answer_late(session, attempt, stage.rng)
    else:
        attempts.submit(session, attempt, [], epoch, moment + timedelta(minutes=2))
    return attempt, given


def watch_over(stage: Stage, one: NewHire, sitting: Sitting) -> None:
    """Somebody who is in the room right now; with whoever has been there for long, more has happened."""
    attempt = sit_now(stage.session, sitting, stage.now - timedelta(minutes=one.left), stage.now, stage.rng)
    if one.left > 20:
        make_eventful(stage.session, attempt, stage.staff["trainer"], stage.staff["trainer2"], stage.now)


def mark(
    stage: Stage, attempt: Attempt, given: Mapping[int, Answered], moment: datetime, *, twice: bool = True
) -> None:
    """A trainer marks the short answers, the key points that are in them; and a second one where one is asked for."""
    mark_as(stage, stage.marker(stage.session.get_one(Person, attempt.person_id)), attempt, given, moment)
    if twice and is_second_waiting(stage.session, attempt.id):
        mark_as(stage, stage.staff["trainer3"], attempt, given, min(moment + timedelta(hours=1), stage.now))


def mark_as(stage: Stage, marker: Person, attempt: Attempt, given: Mapping[int, Answered], moment: datetime) -> None:
    """One trainer gives the key points that are in the short answers."""
    for place in slots(stage.session, attempt.paper_id):
        item = place.item
        if isinstance(item, ShortAnswer):
            points = {point.id: given[place.position].key_points.get(point.id, Fraction()) for point in item.key_points}
            marking.give_opinion(stage.session, attempt, place.position, marker, points, "", moment)
            moment += timedelta(minutes=1)


def after_release(stage: Stage, one: NewHire, enrolment: Enrolment, attempt: Attempt, back: int) -> None:
    """Release the result, then decide, or tutor and sit again."""
    session, hr = stage.session, stage.staff["hr"].id
    results.release(
        session, [attempt], stage.marker(session.get_one(Person, attempt.person_id)).id, stage.at(back + 10, 17)
    )
    match one.story:
        case Story.CONFIRMED:
            results.decide(
                session, enrolment, Verdict.CONFIRMED, outstanding=one.score >= attempt.distinction_percent,
                reason="", actor_id=hr, now=stage.at(back + 9, 11),
            )  # fmt: skip
        case Story.TUTORING | Story.READY:
            tutor(stage, attempt, one.left, stage.at(back + 8, 9))
        case Story.RETAKE_OPEN:
            retake(stage, attempt, stage.at(2, 16))
        case Story.RETAKE_CONFIRMED:
            again = sit_again(stage, one, attempt, back + 7, RETAKE_SCORE)
            results.decide(
                session, enrolment, Verdict.CONFIRMED, outstanding=False, reason="", actor_id=hr,
                now=stage.at(max(back + 3, 0), 11),
            )  # fmt: skip
            assert again.closed_at
        case Story.LAST_FAILED | Story.NOT_CONFIRMED:
            second = sit_again(stage, one, attempt, back + 7, one.score + 6)
            sit_again(stage, one, second, back, one.score + 9)
            if one.story is Story.NOT_CONFIRMED:
                results.decide(
                    session, enrolment, Verdict.NOT_CONFIRMED, outstanding=False,
                    reason="两次补考后仍未达到 80 分，已与本人面谈。", actor_id=hr, now=stage.at(back - 5, 11),
                )  # fmt: skip


def tutor(stage: Stage, attempt: Attempt, left: int, moment: datetime) -> TutoringPlan:
    """The tutor writes a word, and the new hire works through all but `left` steps."""
    plan = stage.session.scalars(select(TutoringPlan).where(TutoringPlan.attempt_id == attempt.id)).one()
    if plan.tutor_id:
        retakes.write_note(
            stage.session, plan, "先把丢分的几页重读一遍，周四我们一起过一遍错题。", plan.tutor_id, moment
        )
    steps = plans.steps_of(stage.session, plan.id)
    for one in steps[: max(len(steps) - left, 0)]:
        moment += timedelta(hours=3)
        retakes.finish_step(stage.session, plan, one.step, True, attempt.person_id, min(moment, stage.now))
    return plan


def retake(stage: Stage, attempt: Attempt, moment: datetime) -> Sitting:
    """Work through the whole plan; the tutor signs at `moment`, which opens the retake."""
    plan = tutor(stage, attempt, 0, moment - timedelta(days=2))
    signer = plan.tutor_id or stage.staff["trainer"].id
    return retakes.sign(stage.session, plan, signer, moment)


def sit_again(stage: Stage, one: NewHire, failed: Attempt, days_ago: int, score: int) -> Attempt:
    """Tutoring, the retake `days_ago`, its marks a day and its release two days later."""
    sitting = retake(stage, failed, stage.at(days_ago + 1, 16))
    attempt, given = sit(stage, one, sitting, stage.at(days_ago, 14), score)
    mark(stage, attempt, given, stage.at(max(days_ago - 1, 0), 10))
    marker = stage.marker(stage.session.get_one(Person, attempt.person_id)).id
    results.release(stage.session, [attempt], marker, stage.at(max(days_ago - 2, 0), 17))
    return attempt
