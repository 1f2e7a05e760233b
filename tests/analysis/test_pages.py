"""How exams and questions do, as trainers see it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.analysis import queries
from exam.attempts.models import Attempt, RoomEvent
from exam.courses.models import Module
from exam.marking.models import Mark
from exam.marking.rules import MarkSource
from question_bank import bank
from question_bank.items import Kind
from question_bank.models import Question
from tests.analysis.builders import choice, make_paper, make_sat_exam, sat
from tests.builders import NOW, make_course, make_item, make_person, make_question
from tests.courses.builders import make_page
from tests.sittings.builders import make_plain_exam

HALF = Fraction(1, 2)


def crowd(n, first):
    """n people on six questions: the stronger, the more of the last five right; `first` says what they do with one."""

    def rest(strength):
        return [choice(strength > step / 6, "a" if strength > step / 6 else "b") for step in range(1, 6)]

    return [[first(place / n, place), *rest(place / n)] for place in range(n)]


def six(session, kind=Kind.SINGLE_CHOICE):
    return [make_question(session, kind=kind), *(make_question(session) for _ in range(5))]


def wrong_key(strength, place):
    """The strong choose c, the weak what is called right."""
    return choice(strength < 0.5, "a" if strength < 0.5 else "c")


@pytest.fixture
def trainer(session, client):
    person = make_person(session, Role.TRAINER)
    session.commit()
    return client.sign_in(person)


def test_a_wrong_key_is_the_first_thing_said(session, trainer):
    versions = six(session)
    exam = make_sat_exam(session, versions, crowd(40, wrong_key))
    view = queries.exam_view(session, exam.id)
    assert view.attempts == 40
    first = view.questions[0]
    assert (first.version.question_id, first.said[0].remark.value) == (versions[0].question_id, "check_key")
    assert (first.said[0].choices, first.said[0].count, first.said[0].persons) == (
        ("C",),
        19,
        19,
    )  # those with equal totals stay together
    page = trainer.get(f"/exams/{exam.id}/statistics")
    assert "查答案：得分高的 19 人里有 19 人选 C" in page.text.replace("\u00a0", " ")


def test_a_key_that_has_been_corrected_is_not_suspected(session):
    versions = six(session)
    exam = make_sat_exam(session, versions, crowd(40, wrong_key))
    question = session.get_one(Question, versions[0].question_id)
    item = make_item()
    fixed = type(item)(item.stem, tuple(type(c)(c.id, c.text, c.id == "c") for c in item.choices))
    bank.publish(session, bank.revise(session, question, fixed, difficulty=2, now=NOW), now=NOW)
    said = next(line.said for line in queries.exam_view(session, exam.id).questions
                if line.version.question_id == question.id)  # fmt: skip
    assert "check_key" not in [one.remark.value for one in said]


def test_below_twenty_people_no_figure_is_shown(session, trainer):
    versions = six(session)
    exam = make_sat_exam(session, versions, crowd(19, wrong_key))
    view = queries.exam_view(session, exam.id)
    assert view.totals is None
    assert {(line.facility, line.item_rest, len(line.said)) for line in view.questions} == {(None, None, 0)}
    assert trainer.get(f"/exams/{exam.id}/statistics").status_code == 200
    question = queries.question_view(session, exam.id, versions[0].question_id)
    assert (question.choices, question.rasch, question.figures[0].figures) == ([], None, None)
    assert trainer.get(f"/exams/{exam.id}/statistics/{versions[0].question_id}").status_code == 200


def test_a_question_by_version_and_pooled(session, trainer):
    """The first paper has the old version, the second the new one; what wasn't shown is missing, not wrong."""
    exam, versions = make_plain_exam(session), six(session)
    question = session.get_one(Question, versions[0].question_id)
    sat(session, make_paper(session, exam, versions), versions, crowd(24, lambda s, p: choice(True, "a")))
    newer = bank.publish(session, bank.revise(session, question, make_item(), difficulty=2, now=NOW), now=NOW)
    other = [newer, *(make_question(session) for _ in range(5))]
    sat(session, make_paper(session, exam, other), other, crowd(20, lambda s, p: choice(False, "d")), tries=2)
    view = queries.question_view(session, exam.id, question.id)
    assert [(one.version and one.version.number, one.persons) for one in view.figures] == [(None, 44), (2, 20), (1, 24)]
    shares = [one.figures.facility.value for one in view.figures]
    assert shares == pytest.approx([24 / 44, 0, 1])
    assert [(one.letter, one.total) for one in view.choices] == [("A", 24), ("B", 0), ("C", 0), ("D", 20)]
    assert queries.exam_view(session, exam.id).retakes == 20
    assert trainer.get(f"/exams/{exam.id}/statistics/{question.id}").status_code == 200


def test_time_spent_is_what_passes_between_savings(session):
    versions = six(session)
    exam = make_sat_exam(session, versions, crowd(20, wrong_key), seconds=45)
    assert queries.question_view(session, exam.id, versions[2].question_id).seconds == (45, 20)


def test_a_statement_and_a_short_answer(session, trainer):
    statement, short = make_question(session, kind=Kind.TRUE_FALSE), make_question(session, kind=Kind.SHORT_ANSWER)
    versions = [statement, short, *(make_question(session) for _ in range(4))]
    people = [[(int(p > 8), {"truth": p > 8}), (HALF if p > 20 else 0, {"text": "倾听"}), *row[2:]]
              for p, row in enumerate(crowd(30, wrong_key))]  # fmt: skip
    exam = make_sat_exam(session, versions, people)
    view = queries.question_view(session, exam.id, statement.question_id)
    assert [(one.id, one.correct, one.total) for one in view.choices] == [("true", True, 21), ("false", False, 9)]
    written = queries.question_view(session, exam.id, short.question_id)
    assert written.choices == []
    assert written.points[0].value == 0
    assert written.points[4].value == pytest.approx(0.5)
    for version in (statement, short):
        assert trainer.get(f"/exams/{exam.id}/statistics/{version.question_id}").status_code == 200


def test_from_a_question_to_the_page_that_teaches_it(session, trainer):
    course = make_course(session)
    module = Module(course_id=course.id, position=1, slug="m", title="第三章", summary="")
    session.add(module)
    session.flush()
    page = make_page(session, module, title="退款时限")
    exam, versions = make_plain_exam(session, course), six(session)
    versions[0].source = page.slug
    paper = make_paper(session, exam, versions)
    sat(
        session,
        paper,
        versions,
        crowd(25, lambda s, p: choice(p % 5 == 0, "a" if p % 5 == 0 else "b")),
        finished=[page.id],
    )
    sat(session, paper, versions, crowd(10, lambda s, p: choice(True, "a")))  # who hadn't finished the page don't count
    (line,) = queries.exam_view(session, exam.id).pages
    assert (line.page, line.module, line.persons, line.wrong) == ("退款时限", "第三章", 25, pytest.approx(0.8))
    question = trainer.get(f"/exams/{exam.id}/statistics/{versions[0].question_id}")
    assert "80%" in question.text
    assert f"/authoring/pages/{page.id}" in question.text


def test_attempts_set_aside_and_marks_withdrawn_do_not_count(session):
    versions = six(session)
    exam = make_plain_exam(session)
    ids = sat(session, make_paper(session, exam, versions), versions, crowd(22, lambda s, p: choice(True, "a")))
    session.get_one(Attempt, ids[0]).voided_at, session.get_one(Attempt, ids[0]).void_reason = NOW, "停电"
    session.add(Mark(attempt_id=ids[1], position=1, question_version_id=versions[0].id, source=MarkSource.WITHDRAWN,
                     points=Fraction(0), given_at=NOW + timedelta(days=1)))  # fmt: skip
    session.flush()
    lines = {line.version.question_id: line for line in queries.exam_view(session, exam.id).questions}
    assert (lines[versions[0].question_id].persons, lines[versions[1].question_id].persons) == (20, 21)


def test_an_exam_nobody_has_sat(session, trainer):
    exam, version = make_plain_exam(session), make_question(session)
    session.commit()
    assert trainer.get(f"/exams/{exam.id}/statistics").status_code == 200
    assert trainer.get(f"/exams/{exam.id}/statistics/{version.question_id}").status_code == 200
    assert trainer.get(f"/exams/{exam.id}/statistics/999999").status_code == 404
    assert trainer.get("/exams/999999/statistics").status_code == 404


def test_the_whole_exam_in_words_and_figures(session, trainer):
    versions = six(session)
    exam = make_sat_exam(session, versions, crowd(60, lambda s, p: choice(s > 0.4, "a" if s > 0.4 else "b")))
    view = queries.exam_view(session, exam.id)
    assert view.totals.alpha.value > 0.7
    assert len(view.decisions) == 2
    assert trainer.get(f"/exams/{exam.id}/statistics").text.count("<dt>") == 9


def test_pairs_are_shown_only_to_who_has_said_that_they_look(session, trainer):
    versions = [make_question(session, kind=Kind.SHORT_ANSWER), *(make_question(session) for _ in range(9))]
    text = {"text": "先把会员请到一边，听他说完。"}

    def answers(person, wrong):
        return [choice(not bad, "bcd"[(person + q) % 3] if bad else "a") for q, bad in enumerate(wrong)]

    people = [
        [(HALF, {"text": f"第 {p} 种说法，各人不同。"}), *answers(p, [(p + q) % 3 == 0 for q in range(9)])]
        for p in range(30)
    ]
    for one in (3, 17):
        people[one] = [(HALF, text), *answers(0, [q < 4 for q in range(9)])]
    exam = make_sat_exam(session, versions, people, apart=timedelta(minutes=2))
    door = trainer.get(f"/exams/{exam.id}/alike")
    names = {pair.one.name for pair in queries.alike_pairs(session, exam.id)}
    assert not any(name in door.text for name in names)
    shown = trainer.post(f"/exams/{exam.id}/alike", follow_redirects=True)
    first = queries.alike_pairs(session, exam.id)[0]
    assert (first.wrong, first.wordings, first.minutes) == (4, 1, 22)
    assert first.by_chance < 1
    assert first.one.name in shown.text
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "exam.alike_seen")).one()
    assert (event.subject_id, event.actor_id is not None) == (exam.id, True)
    assert "不知道" in shown.text  # the network, of attempts that kept none
    other = make_person(session, Role.TRAINER)
    session.commit()
    trainer.sign_in(other)
    assert first.one.name not in trainer.get(f"/exams/{exam.id}/alike").text


def opened_from(session, attempt_ids, network):
    session.add_all(RoomEvent(attempt_id=id, at=NOW, kind="opened", detail={}, network=network) for id in attempt_ids)
    session.flush()


def test_wordings_count_that_are_nearly_the_same_and_not_the_model_answers(session):
    versions = [make_question(session, kind=Kind.SHORT_ANSWER), *(make_question(session) for _ in range(3))]
    texts = [f"我会带她到第 {place} 间屋里坐下喝点水" for place in range(20)]
    texts[3], texts[9], texts[14] = (
        "给她倒一杯温水，等她慢慢说完",
        "给她倒一杯温水等她慢慢地说完了",
        "给她倒一杯温水，不等她慢慢说完",
    )
    texts[5] = texts[6] = "倾听。先倾听，表示理解并道歉，再道歉"
    people = [[(HALF, {"text": text}), *[choice(True, "a")] * 3] for text in texts]
    exam = make_sat_exam(session, versions, people)
    [pair] = queries.alike_pairs(session, exam.id)
    started = [one.started_at for one in (pair.one, pair.other)]
    assert started == [NOW + place * timedelta(minutes=30) for place in (3, 9)]
    assert (pair.wrong, pair.wordings) == (0, 1)


def test_two_who_quote_the_course_are_not_alike(session):
    body = "## 接待\n\n1. 给她倒一杯**温水**\n2. 请她坐下，等她慢慢说完\n3. 再问一句还要什么\n"
    module = Module(course_id=make_course(session).id, position=1, slug="m", title="第一章", summary="")
    session.add(module)
    session.flush()
    taught = make_page(session, module, title="接待", body=body)
    versions = [make_question(session, kind=Kind.SHORT_ANSWER), *(make_question(session) for _ in range(3))]
    texts = [f"我会带她到第 {place} 间屋里坐下喝点水" for place in range(20)]
    texts[3] = texts[9] = "给她倒一杯温水，请她坐下，等她慢慢说完，再问一句还要什么"
    texts[4] = texts[8] = "自己想出来的一句话谁也没有教过我们这样说"
    people = [[(HALF, {"text": text}), *[choice(True, "a")] * 3] for text in texts]
    exam = make_sat_exam(session, versions, people)
    assert len(queries.alike_pairs(session, exam.id)) == 2
    versions[0].source = taught.slug
    session.flush()
    [pair] = queries.alike_pairs(session, exam.id)
    assert pair.one.started_at == NOW + 4 * timedelta(minutes=30)


def test_a_network_that_few_share_lifts_a_pair_and_a_whole_office_does_not(session, trainer):
    versions = six(session)
    wrong = [("b", 1), ("b", 1), ("b", 2), ("b", 2), ("b", 3), ("b", 3)]
    people = [[choice(place != at, letter if place == at else "a") for place in range(6)] for letter, at in wrong]
    exam = make_plain_exam(session)
    ids = sat(session, make_paper(session, exam, versions), versions, [*people, *[[choice(True, "a")] * 6] * 14])
    pairs = queries.alike_pairs(session, exam.id)
    assert [pair.on_network for pair in pairs] == [None] * 3
    opened_from(session, [ids[0], ids[1], *ids[6:]], "0ff1ce0000000000")
    opened_from(session, ids[2:4], "1111111111111111")
    opened_from(session, [ids[4]], "2222222222222222")
    opened_from(session, [ids[5], *ids[4:6]], "3333333333333333")
    lifted = queries.alike_pairs(session, exam.id)
    assert {pair.one.attempt_id: pair.on_network for pair in lifted} == {ids[0]: 16, ids[2]: 2, ids[4]: 2}
    assert lifted[-1].one.attempt_id == ids[0]
    assert sorted((one.score, one.by_chance) for one in lifted) == sorted((one.score, one.by_chance) for one in pairs)
    trainer.post(f"/exams/{exam.id}/alike")
    assert "相同，共 16 人用" in trainer.get(f"/exams/{exam.id}/alike").text.replace("\u00a0", " ")
