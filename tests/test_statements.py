"""A list takes as many SQL statements for many rows as for few: the database is asked once, not once a row."""

from datetime import timedelta

import pytest

from exam.accounts.rules import Role
from exam.attempts.models import Attempt, LateAnswer, Statement
from exam.courses.models import Cohort, Enrolment, Module, Page, PageRevision
from exam.invigilation import actions as invigilation
from exam.marking.rules import alias
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.results import actions as results
from exam.results.rules import Verdict
from exam.retakes import actions as retakes
from exam.retakes.models import TutoringPlan
from exam.sittings.models import Sitting
from exam.standards.models import PanelMember, PanelQuestion
from question_bank import bank, review, tags
from question_bank.items import Kind
from question_bank.models import Question
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_course, make_exam, make_item, make_person, make_question, make_topic, number
from tests.courses.builders import make_check, make_page
from tests.invigilation.builders import make_contact, make_events, make_outage
from tests.marking.builders import hand_in, mark_all, question_at
from tests.results.builders import into_cohort
from tests.sittings.builders import at, make_booking, make_sitting
from tests.standards.builders import finished
from tests.support.database import count_statements
from tests.support.world import ADMIN, AFTERWARDS, HR, NEW_HIRE, TRAINER, make_world

MANY = 9
MOST = {"hr: /people/{person_id}": 50, "trainer: /marking/questions/{marked_id}/{name}": 30}
"""Pages that may take more than 20: four a course, and the world's new hire takes eight; an answer with its group."""

PAGES = {
    NEW_HIRE: [
        "/", "/course?course={course_slug}", "/course/{page_slug}", "/course/search?q=页&course={course_slug}", "/exam",
        "/exam?sitting={sitting_id}", "/notices", "/tutoring", "/attempts/{attempt_id}",
        "/attempts/{failed_id}/result", "/attempts/{failed_id}/receipt", "/receipts/check",
        "/profile",
    ],
    TRAINER: [
        "/", "/questions", "/questions/{question_id}", "/questions/{question_id}/versions/1",
        "/questions/{waiting_id}", "/questions?state=in_review", "/exams",
        "/exams/{exam_id}", "/exams/{exam_id}/blueprint", "/exams/{exam_id}/papers",
        "/exams/{exam_id}/papers/sets/{set_id}", "/exams/{published_id}/sample", "/authoring/courses",
        "/authoring/pages/{page_id}", "/authoring/pages/{page_id}/revisions/7", "/marking",
        "/questions/import", "/questions/import/history", "/questions/import/{import_id}",
        "/questions/import/{import_id}/rows/1", "/questions/export",
        "/questions/export/file?format=gift&topic=&state=all",
        "/invigilation", "/invigilation?sort=contact&only=quiet", "/invigilation/now", "/invigilation/messages",
        "/invigilation/messages/{message_id}", "/invigilation/time?id={attempt_id}",
        "/invigilation/message?exam={running_exam_id}", "/invigilation/attempts/{attempt_id}",
        "/marking/questions/{marked_id}/{name}", "/marking/marked", "/marking/late", "/marking/release",
        "/marking/agreement",
        "/exams/{judged_id}/panels", "/exams/{judged_id}/panels/{finished_panel_id}",
        "/exams/{open_panel_exam_id}/panels/{panel_id}", "/exams/{open_panel_exam_id}/panels/{panel_id}/judge",
        "/exams/{published_id}/alike", "/exams/{published_id}/statistics",
        "/exams/{published_id}/statistics/{marked_id}",
        "/tutoring/plans?whose=all", "/tutoring/plans/{plan_id}", "/bookings", "/course?course={course_slug}",
        "/appeals", "/appeals/{appeal_id}",
        "/corrections", "/corrections/{correction_id}", "/corrections/new/{version_id}",
    ],
    HR: [
        "/evidence", "/evidence/file.pdf?exam={published_id}&first=2026-01-01&last=2026-12-31",
        "/results", "/results?open={enrolment_id}", "/results?state=to_decide", "/results/{enrolment_id}",
        "/results/overview", "/appeals/counts", "/results/outstanding", "/results/export.csv",
        "/people", "/people?role=new_hire",
        "/invigilation/attempts/{attempt_id}",
        "/people/{person_id}", "/people/{person_id}/edit", "/people/cohorts", "/people/new", "/people/import",
        "/people/assign?id={person_id}&id={other_id}&cohort={cohort_id}", "/people/tutor?id={person_id}", "/bookings",
    ],
    ADMIN: ["/admin/people", "/admin/people/{person_id}", "/admin/audit", "/admin/mail", "/people"],
}  # fmt: skip


class Site:
    """A world that grows by whole rounds, so that every list has more rows of every sort."""

    def __init__(self, session, world):
        self.session, self.world = session, world
        self.exam = make_exam(session, places=1000)
        self.tutor = make_person(session, Role.TRAINER)
        self.cohort = Cohort(course_id=self.exam.course_id, name="统计批次", created_at=NOW)
        session.add(self.cohort)
        self.judged = make_exam(session, questions=1)
        session.flush()

    def sat(self, **how):
        """An attempt of somebody new, in the one cohort, at the one exam."""
        person = make_person(self.session, tutor_id=self.tutor.id, email=f"{next(number)}@example.com")
        attempt = hand_in(self.session, person, self.exam, **how)
        into_cohort(self.session, self.cohort.id, attempt)
        return attempt

    def round(self):
        """One more of everything."""
        session, people = self.session, self.world.people
        failed, passed, waiting, _marked = self.sat(text="", right=0), self.sat(), self.sat(), self.sat(text="")
        mark_all(session, passed, make_person(session, Role.TRAINER))
        results.release(session, [failed, passed], people[TRAINER].id, AFTERWARDS)
        sitting = session.get_one(Sitting, passed.sitting_id)
        results.decide(
            session, session.get_one(Enrolment, sitting.enrolment_id), Verdict.CONFIRMED, outstanding=True, reason="",
            actor_id=people[HR].id, now=AFTERWARDS,
        )  # fmt: skip
        position = places(waiting, Kind.SHORT_ANSWER)[0]
        session.add(
            LateAnswer(
                attempt_id=waiting.id, position=position, epoch=1, number=9, response={"text": "迟"}, arrived_at=NOW
            )
        )
        self.book()
        self.write()
        self.watch()
        self.judge()

    def judge(self):
        """A finished panel, and one more judge and question of the world's panel that is at work."""
        self.finished = finished(self.session, self.judged, [60, 70])
        panel_id, n = self.world.ids["panel_id"], next(number)
        judge, version = make_person(self.session, Role.TRAINER), make_question(self.session)
        self.session.add(PanelMember(panel_id=panel_id, person_id=judge.id))
        self.session.add(PanelQuestion(panel_id=panel_id, version_id=version.id, position=100 + n))
        self.session.flush()

    def book(self):
        """A booking, and a window that was missed."""
        n = next(number)
        booked = make_sitting(self.session, self.exam)
        make_booking(self.session, booked, at(4, 10) + timedelta(minutes=30 * (n % 12)), place=n)
        make_sitting(self.session, self.exam, opens_at=at(1, 8), closes_at=at(1, 23))

    def watch(self):
        """Somebody in the room, an outage, and more of everything in the record of the world's running attempt."""
        session, ids, trainer = self.session, self.world.ids, self.world.people[TRAINER]
        run = session.get_one(Attempt, ids["attempt_id"])
        exam = session.get_one(Exam, run.exam_id)
        exam.places = 1000
        other = begin(session, exam=exam)
        make_contact(session, other, NOW)
        make_outage(session, NOW + timedelta(minutes=20), NOW + timedelta(minutes=32))
        make_events(session, run, left=NOW, returned=AFTERWARDS)
        session.add(Statement(attempt_id=run.id, text="断网。", written_at=AFTERWARDS))
        for moment in (NOW + timedelta(minutes=33), AFTERWARDS):
            invigilation.give_minutes(session, [run.id, other.id], 1, "停电。", trainer, moment)
            invigilation.say(session, [run.id, other.id], "好。", trainer, moment)

    def write(self):
        """Questions, versions, exams, pages, checks, notices, steps of the plan."""
        session, ids, owner = self.session, self.world.ids, self.world.people[NEW_HIRE]
        make_question(session, topic=make_topic(session, f"知识点{next(number)}"))
        waiting = make_question(session, published=False)
        review.submit(session, waiting, now=NOW, author_id=owner.id)
        long_waiting = self.world.special["authoring.question_approve"]["question_id"]
        for one in (waiting, bank.current_version(session, long_waiting)):
            review.comment(session, one, "再看看。", now=NOW, author_id=make_person(session, Role.TRAINER).id)
        tags.set_tags(session, session.get_one(Question, waiting.question_id), [f"标签{next(number)}"])
        question = session.get_one(Question, ids["question_id"])
        bank.publish(session, bank.revise(session, question, make_item(), difficulty=2, now=NOW), now=NOW)
        make_exam(session, make_course(session))
        page = session.get_one(Page, ids["page_id"])
        make_page(session, session.get_one(Module, page.module_id), position=next(number))
        make_check(session, page)
        n = next(number)
        text = {"title": "旧", "standfirst": "", "body": "旧。", "changed_at": NOW, "changed_by": owner.id}
        session.add(PageRevision(page_id=page.id, revision=100 + n, **text))
        notify(session, owner.id, NoticeKind.PLAN_MADE, key=f"{n}", now=NOW, exam="结业测试", tutor="周敏")
        plan = session.get_one(TutoringPlan, ids["plan_id"])
        retakes.add_step(session, plan, "练习", None, owner.id, NOW)
        session.flush()


@pytest.fixture
def site_to_grow(session, app, connection, set_clock):
    set_clock(AFTERWARDS)
    world = make_world(session, app, connection)
    grown = Site(session, world)
    grown.round()
    session.commit()
    return grown


def addresses(grown):
    """The ids that the pages above need besides the world's own."""
    session, world = grown.session, grown.world
    waiting = session.get_one(Attempt, world.special["receipts.receipt"]["attempt_id"])
    question_id = question_at(session, waiting, places(waiting, Kind.SHORT_ANSWER)[0])
    name = alias(waiting.id, question_id, str(world.app.secret_key))
    more = {"failed_id": world.special["results.mine"]["attempt_id"], "published_id": grown.exam.id}
    more |= {"waiting_id": world.special["authoring.question_approve"]["question_id"]}
    more |= {"judged_id": grown.judged.id, "finished_panel_id": grown.finished.id}
    more |= {"open_panel_exam_id": world.special["standards.panel"]["exam_id"]}
    more |= {"running_exam_id": session.get_one(Attempt, world.ids["attempt_id"]).exam_id}
    more |= {"marked_id": question_id, "name": name, "other_id": world.stranger.id, "course_slug": world.course_slug}
    return {**world.ids, **more}


def counts(grown, client):
    """How many statements each page takes."""
    ids, found = addresses(grown), {}
    for role, paths in PAGES.items():
        client.sign_in(grown.world.people[role])
        for path in paths:
            with count_statements(grown.session) as statements:
                answer = client.get(path.format(**ids), buffered=True)
            assert answer.status_code == 200, f"{role}: {path}"
            found[f"{role}: {path}"] = statements
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_rows_take_as_many_statements_as_few(site_to_grow, client):
    few = counts(site_to_grow, client)
    for _ in range(MANY):
        site_to_grow.round()
    many = counts(site_to_grow, client)
    grown = {page: (len(few[page]), len(many[page])) for page in few if len(few[page]) < len(many[page])}
    assert grown == {}
    assert site_to_grow.session.query(Exam).count() > MANY
    assert {page: len(one) for page, one in many.items() if len(one) > MOST.get(page, 20)} == {}
