"""People who use the site over HTTP as their pages offer it: a new hire, a trainer, HR. For tests of whole stories.

Each reads the pages it gets and follows their links and forms; nothing is reached by knowledge of the code but the
room's small JSON protocol, which is its script's side.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.models import Cohort, Course, Enrolment
from exam.papers.models import BlueprintRow, Exam
from exam.papers.rules import ExamState
from exam.sittings.forms import SLOT_FORMAT
from question_bank import bank
from question_bank.items import Item, Kind
from tests.builders import NOW, make_item, make_person
from tests.courses.builders import make_check, make_course, pages_of
from tests.support.client import CheckingClient

JSON = {"Accept": "application/json"}
RIGHT = {
    Kind.SINGLE_CHOICE: {"倾听并记录"},
    Kind.MULTIPLE_CHOICE: {"倾听并记录", "表示理解并道歉"},
    Kind.TRUE_FALSE: {"正确"},
}
"""The words of the right choices of `make_item`, as the pages show them."""
WHOLE, HALF = "先倾听并记录，再道歉。", "先倾听并记录。"
"""A short answer worth 5 of 5, and one worth 2."""
BLUEPRINT = (
    (Kind.SINGLE_CHOICE, 2, 10),
    (Kind.MULTIPLE_CHOICE, 2, 15),
    (Kind.TRUE_FALSE, 2, 5),
    (Kind.SHORT_ANSWER, 2, 20),
)
"""Kind, how many, points each: 60 points by rule, 40 by a marker."""


@dataclass
class Cast:
    """A course with its exam, and the people around it."""

    course: Course
    exam: Exam
    cohort: Cohort
    tutor: Person
    marker: Person
    hr: Person

    def newcomer(self, session: Session, **columns: object) -> Person:
        """A new hire who has been given the course."""
        person = make_person(session, tutor_id=self.tutor.id, **columns)
        session.add(Enrolment(person_id=person.id, course_id=self.course.id, cohort_id=self.cohort.id, assigned_at=NOW))
        session.flush()
        return person


def make_cast(session: Session, item: Callable[[Kind], Item] = make_item, papers: int = 2, **terms: object) -> Cast:
    """A course of two chapters with a check, an exam of 8 questions, and a bank with that many papers' questions."""
    course = make_course(session, 1, 1)
    pages = pages_of(session, course)
    make_check(session, pages[0])
    topic = bank.ensure_topic(session, "complaints", "投诉处理")
    exam = Exam(
        course_id=course.id,
        state=ExamState.PUBLISHED,
        created_at=NOW,
        **{"title": "结业测试", "second_marking": False, **terms},
    )
    cohort = Cohort(course_id=course.id, name="三月批次", created_at=NOW)
    session.add_all([exam, cohort])
    session.flush()
    for position, (kind, count, points) in enumerate(BLUEPRINT, start=1):
        row = {"topic_id": topic.id, "kind": kind, "count": count, "points_each": Fraction(points)}
        session.add(BlueprintRow(exam_id=exam.id, position=position, **row))
        for _ in range(count * papers):
            made = replace(item(kind))
            version = bank.draft(session, topic, made, difficulty=2, now=NOW, source=pages[0].slug)
            bank.publish(session, version, now=NOW)
    session.flush()
    tutor, marker = (make_person(session, Role.TRAINER, full_name=name) for name in ("周敏", "许静"))
    return Cast(course, exam, cohort, tutor, marker, make_person(session, Role.HR, full_name="陈岚"))


# Reading pages


def read(html: str) -> Element:
    """A page as a tree."""
    tree: Element = html5lib.parse(html, namespaceHTMLElements=False)
    return tree


def words(element: Element) -> str:
    """All text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def numbers(text: str) -> list[str]:
    """The whole numbers and decimals that a text names, none of them a part of a longer one: "JY-000190" has no 90."""
    return re.findall(r"\d+(?:\.\d+)?", text)


def links(root: Element, pattern: str) -> list[str]:
    """The addresses of the page's links that match a pattern whole, each once, in their order."""
    found = [element.get("href") or "" for element in root.iter("a")]
    return list(dict.fromkeys(one for one in found if re.fullmatch(pattern, one.split("#")[0])))


def forms(root: Element, pattern: str) -> list[Element]:
    """The page's forms whose address matches a pattern whole."""
    return [form for form in root.iter("form") if re.fullmatch(pattern, (form.get("action") or "").split("#")[0])]


def fields(form: Element) -> dict[str, str]:
    """What a form sends when nothing is changed in it, its token left out."""
    inputs = [field for field in form.iter("input") if field.get("type", "text") not in ("radio", "checkbox", "submit")]
    sent = {field.get("name") or "": field.get("value") or "" for field in inputs}
    sent |= {area.get("name") or "": area.text or "" for area in form.iter("textarea")}
    return {name: value for name, value in sent.items() if name not in ("csrf_token", "")}


class Visitor:
    """Somebody with a browser. `got` is every answer it was given."""

    def __init__(self, client: CheckingClient, person: Person) -> None:
        self.client = client.sign_in(person)
        self.name = person.full_name
        self.got: list[TestResponse] = []

    def get(self, path: str) -> Element:
        """Open a page; following redirects, as browsers do."""
        return read(self.take(self.client.get(path, follow_redirects=True)).text)

    def post(self, path: str, **data: Any) -> Element:
        """Send a form, and land where it leads."""
        return read(self.take(self.client.post(path, data=data, follow_redirects=True)).text)

    def press(self, root: Element, pattern: str, **data: Any) -> Element:
        """Send the one form of a page whose address matches, with what is filled in besides."""
        (form,) = forms(root, pattern)
        return self.post(form.get("action") or "", **{**fields(form), **data})

    def take(self, answer: TestResponse, status: int = 200) -> TestResponse:
        """Keep an answer; the steps on the way to it too."""
        self.got += [*answer.history, answer]
        assert answer.status_code == status, f"{answer.request.path}: {answer.status_code} {words(read(answer.text))}"
        return answer


# The new hire


@dataclass
class Question:
    """A question as the room shows it."""

    position: int
    kind: Kind
    stem: str
    choices: dict[str, str]
    """Token to words, in the order shown."""

    @property
    def right(self) -> dict[str, Any]:
        """The response a page would send for the right answer."""
        tokens = [token for token, text in self.choices.items() if text in RIGHT[self.kind]]
        return {"truth": tokens == ["true"]} if self.kind is Kind.TRUE_FALSE else {"choices": tokens}


class Candidate(Visitor):
    """A new hire, from the first page of the course to the result."""

    attempt: str
    """The address of the attempt in the room, such as /attempts/7."""
    epoch: int
    number = 0
    shown: Sequence[Question] = ()
    """The questions of the room entered last."""

    def learn(self) -> Element:
        """Read every page of the course, try its checks, and finish it; gives the page one lands on."""
        landed = self.get("/course")
        for page in links(landed, "/course/[a-z0-9-]+"):
            root = self.get(page)
            for check in forms(root, r"/course/checks/\d+"):
                choice = next(field.get("value") for field in check.iter("input") if field.get("type") == "radio")
                root = self.post(check.get("action") or "", choice=choice)
            landed = self.press(root, f"{page}/finish")
        return landed

    def book(self, starts_at: datetime) -> Element:
        """Book a start time on the exam's page."""
        return self.press(
            self.get("/exam"), r"/sittings/\d+/book", starts_at=starts_at.astimezone(UTC).strftime(SLOT_FORMAT)
        )

    def enter(self) -> list[Question]:
        """Start, or go back into the room; gives its questions."""
        (door,) = links(self.get("/exam"), r"/exam/\d+/start|/attempts/\d+")
        root = self.get(door)
        if forms(root, r"/sittings/\d+/start"):
            root = self.press(root, r"/sittings/\d+/start", honest="yes")
        self.attempt = self.got[-1].request.path
        self.epoch = self.call("post", "epoch", page="a browser", take_over=True).json["epoch"]
        self.shown = list(questions(root))
        return self.shown

    def call(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """What the room's script does."""
        send = getattr(self.client, method)
        return self.take(send(f"{self.attempt}/{path}", json=body, headers=JSON), status)

    def answer(self, position: int, response: Any, status: int = 200) -> Any:
        """Save an answer to one question."""
        self.number += 1
        return self.call("put", f"answers/{position}", status, epoch=self.epoch, number=self.number, response=response)

    def answer_all(self, shown: Iterable[Question], text: str, wrong: Iterable[Kind] = ()) -> None:
        """Answer everything: right, but for the kinds left out; every short answer with this text."""
        for one in shown:
            if one.kind is Kind.SHORT_ANSWER:
                self.answer(one.position, {"text": text})
            elif one.kind not in wrong:
                self.answer(one.position, one.right)

    def hand_in(self) -> Element:
        """Submit, and read the receipt."""
        return self.get(self.call("post", "submit", epoch=self.epoch, waiting=[]).json["receipt_url"])

    def result(self) -> Element:
        """Open the page of the result."""
        return self.get(f"{self.attempt}/result")


def questions(room: Element) -> Iterator[Question]:
    """The questions in the room's page."""
    for section in room.iter("section"):
        if section.get("data-question"):
            legend = next(section.iter("legend"))
            choices = {
                next(label.iter("input")).get("value") or "": words(label.findall("span")[-1])
                for label in section.iter("label")
            }
            kind = Kind(section.get("data-kind") or "")
            yield Question(int(section.get("data-question") or 0), kind, words(legend), choices)


# The staff


class Trainer(Visitor):
    """Marks, releases, tutors."""

    def mark(self) -> int:
        """Mark every answer at the desk by what it says; gives how many."""
        marked = 0
        doors = links(self.get("/marking"), r"/marking/questions/\d+")
        root = self.get(doors[0]) if doors else None
        while root is not None and (desk := forms(root, r"/marking/questions/\d+/[0-9a-f]+")):
            text = words(next(one for one in root.iter("div") if one.get("class") == "answer"))
            given = [point for point, said in (("k1", "倾听"), ("k2", "道歉")) if said in text]
            root = self.post(desk[0].get("action") or "", full=given, comment="见采分点。")
            marked += 1
        return marked

    def release(self) -> int:
        """Release every result that is ready, one by one; gives how many."""
        count = 0
        while ready := [
            one for one in forms(self.get("/marking/release"), "/marking/release") if "attempt" in fields(one)
        ]:
            self.post("/marking/release", **fields(ready[0]))
            count += 1
        return count

    def tutor(self, name: str) -> Element:
        """Finish every step of a new hire's plan, and sign it."""
        root = self.get("/tutoring/plans")
        (plan,) = [one for one in root.iter("a") if words(one) == name]
        address = plan.get("href") or ""
        root = self.get(address)
        while open_steps := [one for one in forms(root, rf"{address}/steps/\d+") if fields(one)["done"] == "1"]:
            root = self.post(open_steps[0].get("action") or "", **fields(open_steps[0]))
        return self.press(root, f"{address}/sign")


class HumanResources(Visitor):
    """Reads results and decides."""

    def person(self, name: str) -> Element:
        """The page of somebody's results."""
        root = self.get(f"/results?q={name}")
        (row,) = [one for one in root.iter("a") if words(one) == name]
        drawer = self.get(row.get("href") or "")
        return self.get(links(drawer, r"/results/\d+")[0])

    def decide(self, name: str, verdict: str, **data: str) -> Element:
        """Press one of the buttons below somebody's results."""
        return self.press(self.person(name), r"/results/\d+/decision", verdict=verdict, **data)


def attempt_of(candidate: Candidate) -> int:
    """The number of the candidate's attempt."""
    return int(candidate.attempt.rpartition("/")[2])
