"""Makes what a test needs and doesn't care about, in one call each. Whatever matters to the test, it passes by name."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import count

from sqlalchemy.orm import Session

from exam.accounts.models import Person, PersonRole
from exam.accounts.rules import Role
from exam.courses.models import Course
from exam.papers.models import BlueprintRow, Exam
from exam.papers.rules import ExamState
from question_bank import bank
from question_bank.items import Choice, Item, KeyPoint, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.models import QuestionVersion, Topic

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday, half past nine in Shanghai: the `now` of the tests."""

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = "子思语嘉一若亦承书明文景清雅安宁远乐怡欣"

number = count(1)


def make_person(session: Session, *roles: Role, **columns: object) -> Person:
    """Somebody who can be signed in; a new hire unless roles are named."""
    n = next(number)
    # No digits: a page with somebody's name must not seem to show a score.
    word = f"{n:06}".translate(str.maketrans("0123456789", "abcdefghij"))
    full_name = SURNAMES[n % 20] + GIVEN[n // 20 % 20] + GIVEN[n // 400 % 20]
    values = {"username": f"person.{word}", "full_name": full_name, "name_key": f"person {word}", "created_at": NOW}
    person = Person(**{**values, **columns})
    person.role_rows = [PersonRole(role=role) for role in roles or (Role.NEW_HIRE,)]
    session.add(person)
    session.flush()
    return person


def make_topic(session: Session, name: str = "投诉处理") -> Topic:
    """A topic; one of this name that is there already is taken."""
    known = {topic.name: topic for topic in bank.topics(session)}
    return known.get(name) or bank.ensure_topic(session, f"topic-{next(number)}", name)


def make_item(kind: Kind = Kind.SINGLE_CHOICE, stem: str | None = None) -> Item:
    """A question that may be published: a is right, of a multiple choice a and b; a short answer has two key points."""
    stem = stem or f"接到会员投诉后，第 {next(number)} 步做什么？"
    texts = ("倾听并记录", "表示理解并道歉", "请会员改天再来", "当场争出是非")
    right = 2 if kind is Kind.MULTIPLE_CHOICE else 1
    choices = tuple(Choice("abcd"[i], text, correct=i < right) for i, text in enumerate(texts))
    match kind:
        case Kind.SINGLE_CHOICE:
            return SingleChoice(stem, choices, "先弄清发生了什么。")
        case Kind.MULTIPLE_CHOICE:
            return MultipleChoice(stem, choices, "先弄清发生了什么。")
        case Kind.TRUE_FALSE:
            return TrueFalse(stem, True, "先弄清发生了什么。")
        case Kind.SHORT_ANSWER:
            points = (
                KeyPoint("k1", "倾听并记录", Fraction(2), ("倾听", "记录")),
                KeyPoint("k2", "表示理解并道歉", Fraction(3), ("道歉",)),
            )
            return ShortAnswer(stem, points, "先倾听并记录，再道歉。", "先弄清发生了什么。")


def make_question(
    session: Session,
    item: Item | None = None,
    *,
    kind: Kind = Kind.SINGLE_CHOICE,
    topic: Topic | None = None,
    difficulty: int = 2,
    published: bool = True,
) -> QuestionVersion:
    """A question of the bank, published unless said otherwise: its first version."""
    topic = topic or make_topic(session)
    version = bank.draft(session, topic, item or make_item(kind), difficulty=difficulty, now=NOW)
    return bank.publish(session, version, now=NOW) if published else version


def make_course(session: Session, **columns: object) -> Course:
    """A course without chapters."""
    n = next(number)
    course = Course(**{"slug": f"course-{n}", "title": f"会员服务部新员工入职培训 {n}", **columns})
    session.add(course)
    session.flush()
    return course


def make_exam(session: Session, course: Course | None = None, questions: int = 2, **columns: object) -> Exam:
    """A published exam of 100 points: one row a kind with 25 points, whose `questions` questions are in the bank.

    One marker is enough unless said otherwise.
    """
    course, topic = course or make_course(session), make_topic(session)
    values = {"course_id": course.id, "title": "结业测试", "state": ExamState.PUBLISHED, "created_at": NOW}
    values |= {"second_marking": False}
    exam = Exam(**{**values, **columns})
    session.add(exam)
    session.flush()
    for position, kind in enumerate(Kind, start=1):
        row = {"topic_id": topic.id, "kind": kind, "count": questions, "points_each": Fraction(25, questions)}
        session.add(BlueprintRow(exam_id=exam.id, position=position, **row))
        for _ in range(questions):
            make_question(session, kind=kind, topic=topic)
    session.flush()
    return exam
