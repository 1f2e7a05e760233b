"""One of everything, for the tests that go over all endpoints: people of each role, and a thing for each id."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from exam.accounts import actions as accounts
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.appeals import actions as appeals
from exam.appeals.models import AppealWindow
from exam.attempts.models import Attempt, LateAnswer, RoomMessage
from exam.authoring import actions as authoring
from exam.authoring.actions import Change, imports
from exam.authoring.rules import BulkAct
from exam.corrections import actions as corrections
from exam.corrections.queries import preview
from exam.corrections.rules import Policy
from exam.courses.models import Cohort, PageRevision
from exam.invigilation import actions as invigilation
from exam.marking import actions as marking
from exam.marking.rules import alias
from exam.notices.actions import notify
from exam.notices.models import Delivery, DeliveryState
from exam.notices.rules import NoticeKind
from exam.papers.queries import slots
from exam.papers.rules import ExamState
from exam.results import actions as results
from exam.retakes.models import PlanStep, TutoringPlan
from exam.sittings.models import Sitting
from exam.steps import last_of
from question_bank import bank, review
from question_bank.items import Kind
from question_bank.models import QuestionVersion
from question_bank.tokens import token
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_exam, make_item, make_person, make_question, make_topic
from tests.courses.builders import make_check, make_course, make_enrolment, pages_of
from tests.invigilation.builders import make_events, make_outage
from tests.marking.builders import hand_in, question_at
from tests.papers.builders import assemble_for, make_cohort
from tests.question_bank.samples import picture
from tests.sittings.builders import at, make_sitting
from tests.standards.builders import make_panel
from tests.support.client import CheckingClient
from tests.support.database import SESSION, Site

NOBODY, NEW_HIRE, TRAINER, HR, ADMIN = "nobody", "new_hire", "trainer", "hr", "admin"
WHO = (NOBODY, NEW_HIRE, TRAINER, HR, ADMIN)
AFTERWARDS = NOW + timedelta(minutes=45)
"""When the world is looked at: everything in it has happened, and the running exam still runs."""

QUERIES = {
    "authoring.export_file": {"format": "gift", "topic": "", "state": "all"},
    "authoring.check_new": {"kind": "single_choice"},
    "authoring.check_preview": {"kind": "single_choice"},
}
"""Pages that want something in the query."""


@dataclass
class World:
    """`people` by role; `ids` for the arguments of routes; `special` for endpoints that want another thing."""

    app: Flask
    connection: Connection
    people: dict[str, Person]
    stranger: Person
    """Another new hire, who has nothing of their own."""
    ids: dict[str, Any]
    course_slug: str = ""
    special: dict[str, dict[str, Any]] = field(default_factory=dict)

    def arguments(self, endpoint: str, names: set[str]) -> dict[str, Any]:
        """What to put into the address of an endpoint."""
        known = {**self.ids, **self.special.get(endpoint, {})}
        return {name: known[name] for name in names}

    def address(self, rule: Rule, **instead: Any) -> str:
        """The address of a rule with the world's ids, or with others in their place."""
        arguments = self.arguments(rule.endpoint, set(rule.arguments)) | instead
        arguments |= QUERIES.get(rule.endpoint, {})  # what no argument of the rule takes goes into the query
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, arguments))

    @contextmanager
    def visit(self, who: str | Person, check: bool = False) -> Iterator[CheckingClient]:
        """A browser of nobody, of one of the people, or of another person; what happens in it is undone afterwards.

        Pages are read critically only with `check`: one test that goes over all of them is enough.
        """
        before = self.connection.begin_nested()
        client = CheckingClient(self.app, response_wrapper=self.app.response_class)
        client.check = check
        if who != NOBODY:
            client.sign_in(self.people[who] if isinstance(who, str) else who)
        try:
            yield client
        finally:
            before.rollback()


@contextmanager
def lasting_world(site: Site) -> Iterator[World]:
    """A world for all tests of a module: built once, and looked at through `visit`."""
    with site.untouched() as connection, Session(connection, **SESSION) as session:
        yield make_world(session, site.app, connection)


def make_world(session: Session, app: Flask, connection: Connection) -> World:
    """Fill an empty site. Everything that can belong to a new hire belongs to `people["new_hire"]`."""
    trainer, hr, admin = (make_person(session, role) for role in (Role.TRAINER, Role.HR, Role.ADMIN))
    tutor = make_person(session, Role.TRAINER)
    owner = make_person(session, tutor_id=tutor.id, email="owner@example.com")
    people = {NEW_HIRE: owner, TRAINER: trainer, HR: hr, ADMIN: admin}
    world = World(app, connection, people, make_person(session), {"person_id": owner.id})
    with app.app_context():  # receipts are signed with the site's key
        for make in (_learning, _exams, _watching, _marking, _tutoring, _correcting, _appealing, _around):
            make(session, world)
    session.commit()
    return world


def _learning(session: Session, world: World) -> None:
    course = make_course(session, 2)
    page = pages_of(session, course)[0]
    session.add(PageRevision(page_id=page.id, revision=7, title="旧", standfirst="", body="旧。", changed_at=NOW))
    make_enrolment(session, world.people[NEW_HIRE], course)
    world.course_slug = course.slug
    world.ids |= {"page_id": page.id, "page_slug": page.slug, "check_id": make_check(session, page).id}
    world.special["authoring.page_revision"] = {"number": 7}
    world.special["courses.figure"] = {"name": "complaint-steps"}
    medium = bank.store_media(session, picture(), world.people[TRAINER].id, NOW)
    illustrated = make_item(stem=f"看图：{token('收银台', medium.name)}")
    authoring.add_check(session, page, illustrated, actor_id=world.people[TRAINER].id, now=NOW)
    world.special["media.medium"] = {"name": medium.name}


def _exams(session: Session, world: World) -> None:
    owner = world.people[NEW_HIRE]
    running = begin(session, owner, make_exam(session))
    open_one = make_sitting(session, make_exam(session), owner)
    missed = make_sitting(session, make_exam(session), owner, opens_at=at(1, 8), closes_at=at(1, 23))
    illustrated = make_item(stem=f"看图：{token('收银台', world.special['media.medium']['name'])}")
    version, unfinished = make_question(session, illustrated), make_question(session, published=False)
    draft = make_exam(session, state=ExamState.DRAFT)
    world.ids |= {"attempt_id": running.id, "position": 1, "sitting_id": open_one.id, "exam_id": draft.id}
    world.ids |= {"question_id": version.question_id, "number": version.number}
    world.special["authoring.question_discard"] = {"question_id": unfinished.question_id}
    trainer = world.people[TRAINER].id
    tagging = Change(BulkAct.ADD_TAG, tag="总部")
    done = authoring.edit_many(session, [version.question_id], tagging, actor_id=trainer, now=NOW)
    assert done.edit
    world.ids |= {"edit_id": done.edit.id}
    panel = make_panel(session, make_exam(session), [world.people[TRAINER]])
    world.ids |= {"panel_id": panel.id}
    for endpoint in ("panel", "judge", "close_first", "finish", "drop"):
        world.special[f"standards.{endpoint}"] = {"exam_id": panel.exam_id}
    waiting = make_question(session, published=False)
    review.submit(session, waiting, now=NOW, author_id=trainer, note="请看看。")
    for act in ("approve", "send_back", "take_back", "comment"):
        world.special[f"authoring.question_{act}"] = {"question_id": waiting.question_id, "number": 1}
    world.special["authoring.exam_retire"] = {"exam_id": running.exam_id}
    kept = assemble_for(session, draft, make_cohort(session, draft).id)
    world.special["authoring.exam_assemble"] = {"cohort_id": kept.cohort_id}
    world.ids |= {"set_id": kept.id}
    world.special["sittings.reopen"] = {"sitting_id": missed.id}
    _imports(session, world, make_topic(session).id)


def _imports(session: Session, world: World, topic_id: int) -> None:
    """A file that waits, and one that has been brought in."""
    trainer = world.people[TRAINER].id
    for number in (1, 2):
        text = f"{number}. 工单当天关闭。（√）\n2. 客诉要记录吗？\nA. 要\nB. 不要\n"
        steps = imports.begin(session, text.encode(), "题库.txt", now=NOW, actor_id=trainer, topic_id=topic_id)
        made = last_of(steps)
        if number == 1:
            entry = last_of(imports.bring_in(session, made, actor_id=trainer, now=NOW))
    world.ids |= {"import_id": made.id, "entry_id": entry.id}
    table = imports.begin(session, b"stem,answer\nIt is so.,true\n", "a.csv", now=NOW, actor_id=trainer)
    world.special["authoring.import_columns"] = {"import_id": last_of(table).id}
    world.special["authoring.import_template"] = {"name": "questions.xlsx"}


def _watching(session: Session, world: World) -> None:
    running, trainer = session.get_one(Attempt, world.ids["attempt_id"]), world.people[TRAINER]
    soon = NOW + timedelta(minutes=20)
    make_events(session, running, left=NOW + timedelta(minutes=5), returned=NOW + timedelta(minutes=6))
    make_outage(session, NOW + timedelta(minutes=8), NOW + timedelta(minutes=19))
    invigilation.give_minutes(session, [running.id], 5, "网络中断。", trainer, soon)
    invigilation.say(session, [running.id], "空调马上就好。", trainer, soon)
    world.ids |= {"message_id": session.scalars(select(RoomMessage.id)).one()}


def _marking(session: Session, world: World) -> None:
    waiting = hand_in(session, world.people[NEW_HIRE])
    position = places(waiting, Kind.SHORT_ANSWER)[0]
    question_id = question_at(session, waiting, position)
    name = alias(waiting.id, question_id, str(world.app.secret_key))
    at_the_desk = {"question_id": question_id, "name": name}
    late = LateAnswer(
        attempt_id=waiting.id, position=position, epoch=1, number=9, response={"text": "迟到。"}, arrived_at=NOW
    )
    session.add(late)
    session.flush()
    world.ids |= {"late_id": late.id}
    snippet = marking.keep_snippet(session, world.people[TRAINER], question_id, "步骤清楚。", NOW)
    for endpoint in ("question", "answer", "mark", "keep_snippet", "drop_snippet"):
        world.special[f"marking.{endpoint}"] = at_the_desk | {"snippet_id": snippet.id}
    world.special["receipts.receipt"] = {"attempt_id": waiting.id}
    world.special["receipts.download"] = {"attempt_id": waiting.id, "revision": 1}


def _tutoring(session: Session, world: World) -> None:
    failed = hand_in(session, world.people[NEW_HIRE], text="", right=0)
    results.release(session, [failed], None, NOW + timedelta(minutes=40))
    plan = session.scalars(select(TutoringPlan).where(TutoringPlan.attempt_id == failed.id)).one()
    plan.tutor_id = world.people[TRAINER].id  # as if taken over: only the tutor signs
    step = session.scalars(select(PlanStep).where(PlanStep.plan_id == plan.id)).first()
    assert step
    sitting = session.get_one(Sitting, failed.sitting_id)
    world.ids |= {"plan_id": plan.id, "step_id": step.id, "enrolment_id": sitting.enrolment_id}
    world.special["results.mine"] = {"attempt_id": failed.id}


def _correcting(session: Session, world: World) -> None:
    """A draft of the trainer's, a colleague's proposal, and one that has been carried out."""
    trainer, colleague = world.people[TRAINER], make_person(session, Role.TRAINER)
    sat = hand_in(session)
    versions = [session.get_one(QuestionVersion, slot.version.id) for slot in slots(session, sat.paper_id)]
    soon = NOW + timedelta(minutes=40)
    made = []
    for version, author in zip(versions[1:4], (trainer, colleague, colleague), strict=True):
        begun = corrections.begin(session, version, None, actor_id=author.id, now=soon)
        if author is colleague:
            seen = preview(session, begun, Policy.FULL_MARKS).digest
            steps = corrections.propose(
                session, begun, Policy.FULL_MARKS, "题目有误。", seen=seen, actor_id=author.id, now=soon
            )
            last_of(steps)
        made.append(begun)
    draft, proposed, applied = made
    last_of(corrections.approve(session, applied, "", seen=applied.digest or "", actor_id=trainer.id, now=soon))
    world.ids |= {"correction_id": draft.id, "version_id": versions[0].id}
    world.special["corrections.decide"] = {"correction_id": proposed.id}
    world.special["corrections.undo"] = {"correction_id": applied.id}


def _appealing(session: Session, world: World) -> None:
    """The new hire appeals two questions of a failed attempt; a colleague of the trainer's has granted one."""
    owner, trainer = world.people[NEW_HIRE], world.people[TRAINER]
    attempt_id, soon = world.special["results.mine"]["attempt_id"], NOW + timedelta(minutes=40)
    session.add(AppealWindow(attempt_id=attempt_id, opens_at=NOW, closes_at=at(8, 23), appeals=3))
    waiting = appeals.make(session, owner, attempt_id, 1, "手册不是这样写的。", soon)
    granted = appeals.make(session, owner, attempt_id, 2, "两个选项都对。", soon)
    appeals.answer(session, granted, trainer, granted=True, text="你说得对。", points=None, now=soon)
    world.ids |= {"appeal_id": waiting.id}
    world.special["appeals.review"] = {"appeal_id": granted.id}
    world.special |= {name: {"attempt_id": attempt_id, "position": 3} for name in ("appeals.mine", "appeals.appeal")}


def _around(session: Session, world: World) -> None:
    owner, hr = world.people[NEW_HIRE], world.people[HR]
    notice = notify(session, owner.id, NoticeKind.PLAN_MADE, key="world", now=NOW, exam="结业测试", tutor="周敏")
    assert notice
    delivery = session.scalars(select(Delivery).where(Delivery.notice_id == notice.id)).one()
    delivery.state = DeliveryState.FAILED
    world.ids |= {"notice_id": notice.id, "delivery_id": delivery.id}
    world.ids |= {"token": accounts.make_sign_in_link(session, world.stranger, hr.id, NOW + timedelta(minutes=40))}
    world.ids |= {"filename": "site.css", "cohort_id": session.scalars(select(Cohort.id)).first()}
    world.special["bootstrap.static"] = {"filename": "css/bootstrap.min.css"}
