"""Second marking: who is asked, what the second may see, what counts in the end, and what waits for it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Refused
from exam.marking import actions, queries
from exam.marking.actions.second import error_of
from exam.marking.models import Mark, MeasuredError, SecondMarking
from exam.marking.rules import MarkSource, SecondReason, Stage, Task, alias
from exam.notices.models import Notice
from exam.notices.rules import NoticeKind
from exam.results import actions as results
from exam.results import queries as released
from tests.builders import make_exam, make_person
from tests.marking.builders import FULL, LATER, LESS, NOTHING, TEXT, Desk, copies, hand_in
from tests.marking.test_actions import make_late


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


# Who is asked


def test_a_second_marker_is_asked_for_once_all_is_marked(session, desk, markers):
    desk.hand_in()
    assert desk.stage is None
    desk.give(markers[0])
    assert desk.stage is Stage.SECOND
    assert [desk.waits(one) for one in markers] == [False, True, True, True]
    assert [queries.left(session, one.id) for one in markers] == [0, 1, 1, 1]
    work = {one.question_id: one for one in queries.work(session, markers[0].id)}[desk.question]
    assert (work.left, work.for_others) == (0, 1)
    trail = session.scalars(select(AuditEvent).where(AuditEvent.action == "second_marking.asked")).one()
    assert (trail.subject_id, trail.detail["why"]) == (desk.attempt.id, "lot")


@pytest.mark.parametrize(
    ("right", "points", "why"),
    [(6, NOTHING, None), (6, LESS, SecondReason.NEAR_CUT), (0, FULL, None)],
)
def test_without_the_lot_only_scores_near_a_cut_get_one(session, markers, right, points, why):
    exam = make_exam(session, questions=1, second_marking=True, second_share=0, pass_percent=97, distinction_percent=98)
    desk = Desk(session, exam)
    desk.hand_in(right=right)
    desk.give(markers[0], points)
    found = session.scalar(select(SecondMarking).where(SecondMarking.attempt_id == desk.attempt.id))
    assert (found.why if found else None) == why


def test_an_attempts_own_cuts_decide_and_not_the_exams_later_ones(session, desk, exam, markers):
    exam.second_share = 0
    desk.hand_in()
    exam.pass_percent = exam.distinction_percent = 100
    desk.give(markers[0])
    assert desk.stage is None


def test_nobody_is_asked_where_the_exam_wants_none_or_nothing_was_written(session, desk, exam, markers):
    desk.hand_in(text="")
    assert desk.stage is None
    exam.second_marking = False
    desk.hand_in()
    desk.give(markers[0])
    assert desk.stage is None
    assert released.releasable(session, desk.attempt.id)


# What the second may see and do


def test_a_second_marker_sees_nothing_of_the_first(session, client, app, desk, markers, set_clock):
    set_clock(LATER)
    desk.hand_in()
    desk.give(markers[0], LESS, comment="漏了道歉")
    path = f"/marking/questions/{desk.question}/{alias(desk.attempt.id, desk.question, app.secret_key)}"
    assert desk.show(markers[1]).task is Task.SECOND
    client.sign_in(markers[1])
    text = client.get(path).text
    assert "第二评阅" in text
    for hidden in ("漏了道歉", "周敏", "checked>", 'class="half"', "selected"):
        assert hidden not in text.replace("data-keys-switch checked>", "")
    assert alias(desk.attempt.id, desk.question, app.secret_key)[:4] not in client.get("/marking/marked").text
    assert client.post(path, data={"full": ["k1", "k2"]}).status_code == 302
    assert "周敏、陈立" in client.get("/marking/marked").text
    client.sign_in(markers[0])
    assert "漏了道歉" in client.get(path).text


def test_nobody_is_their_own_second_and_a_fourth_has_nothing_to_do(desk, markers):
    desk.hand_in()
    desk.give(markers[0], NOTHING)
    assert desk.show(markers[0]).task is Task.CORRECT
    desk.give(markers[1])
    desk.give(markers[2])
    assert desk.show(markers[3]).task is Task.NOTHING
    with refused("marked"):
        desk.give(markers[3])


def test_a_tutor_is_second_only_where_nobody_else_is_and_the_exam_says_so(session, exam, desk):
    first, tutor = (make_person(session, Role.TRAINER) for _ in range(2))
    for person in session.scalars(select(type(first)).where(type(first).id.not_in([first.id, tutor.id]))):
        person.active = False
    desk.hand_in(person=make_person(session, tutor_id=tutor.id))
    desk.give(first)
    with refused("only_trainer"):
        desk.give(tutor)
    assert not desk.waits(tutor)
    exam.own_trainer_may_mark = True
    assert desk.waits(tutor)
    third = make_person(session, Role.TRAINER)
    assert not desk.waits(tutor)
    with refused("own_tutee"):
        desk.give(tutor)
    third.active = False
    session.flush()
    desk.give(tutor)
    assert desk.stage is Stage.SETTLED


# What counts


def test_two_within_the_tolerance_count_with_their_mean_that_names_both(session, desk, markers):
    desk.hand_in()
    desk.give(markers[0], FULL, comment="好")
    mark = desk.give(markers[1], LESS)
    assert (mark.source, mark.points, mark.author_id) == (MarkSource.MEAN, Fraction(95, 4), None)
    assert mark.opinion_id < mark.second_opinion_id
    assert desk.stage is Stage.SETTLED
    assert released.current_result(session, desk.attempt.id).earned == 75 + Fraction(95, 4)
    assert queries.markers_of(session, [mark]) == {mark.id: [markers[0].id, markers[1].id]}


def test_two_too_far_apart_need_a_third_who_decides(session, desk, markers):
    desk.hand_in()
    desk.give(markers[0])
    assert desk.give(markers[1], NOTHING) is None
    assert (desk.stage, desk.points) == (Stage.THIRD, 25)
    assert [desk.waits(one) for one in markers] == [False, False, True, True]
    mark = desk.give(markers[2], LESS)
    assert (mark.source, mark.author_id, desk.points) == (MarkSource.PERSON, markers[2].id, Fraction(45, 2))
    assert desk.stage is Stage.SETTLED
    assert not desk.waits(markers[3])
    acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [act for act in acts if act.startswith("mark.")] == ["mark.given", "mark.second_given", "mark.third_given"]


def test_an_answer_that_nobody_is_left_to_decide_on_is_told(session, client, exam, set_clock):
    set_clock(LATER)
    tutor, *others = [make_person(session, Role.TRAINER) for _ in range(3)]
    desk = Desk(session, exam)
    desk.hand_in(person=make_person(session, tutor_id=tutor.id))
    desk.give(others[0])
    client.sign_in(others[0])
    assert "没有人能再评" not in client.get("/marking").text
    desk.give(others[1], NOTHING)
    assert [one.for_nobody for one in queries.work(session, others[0].id)] == [1]
    for one in (tutor, *others):
        client.sign_in(one)
        page = client.get("/marking").text
        assert "没有人能再评" in page
        assert "由其他培训师评阅" not in page
    exam.own_trainer_may_mark = True
    session.flush()
    assert [one.for_nobody for one in queries.work(session, others[0].id)] == [0]


def test_a_correction_of_one_of_two_is_weighed_again(desk, markers):
    desk.hand_in()
    desk.give(markers[0])
    desk.give(markers[1])
    desk.give(markers[0], NOTHING)
    assert (desk.stage, desk.points) == (Stage.THIRD, 0)
    desk.give(markers[0], LESS)
    assert (desk.stage, desk.points) == (Stage.SETTLED, Fraction(95, 4))


def test_what_a_second_takes_back_brings_the_first_mark_back(session, desk, markers):
    desk.hand_in()
    desk.give(markers[0])
    desk.give(markers[1], LESS)
    actions.take_back(session, markers[1], LATER)
    assert (desk.stage, desk.points) == (Stage.SECOND, 25)
    assert desk.waits(markers[1])
    desk.give(markers[1], NOTHING)
    actions.take_back(session, markers[0], LATER)
    assert (desk.stage, desk.points) == (Stage.SECOND, 0)
    assert desk.waits(markers[0])


def test_a_group_may_hold_first_and_second_markings(session, desk, exam, markers):
    first = desk.hand_in()
    desk.give(markers[0])
    again = hand_in(session, exam=exam, text=TEXT)
    waiting = queries.waiting(session, markers[1].id, desk.question)
    assert set(waiting) == {first.id, again.id}
    given = actions.give_together(
        session, desk.question, waiting, markers[1], FULL, "", LATER, shown=again.id
    )  # fmt: skip
    assert {mark.source for mark in given.marks} == {MarkSource.PERSON, MarkSource.MEAN}
    assert given.left_out == {}


# What waits for it


def test_the_release_waits_for_the_second_marker(session, client, desk, markers, set_clock):
    set_clock(LATER)
    desk.hand_in()
    desk.give(markers[0])
    with refused("second_marking"):
        results.release(session, [desk.attempt], markers[0].id, LATER)
    client.sign_in(markers[0])
    assert "1 份等第二人评阅" in client.get("/marking/release").text.replace("\u00a0", " ")
    desk.give(markers[1])
    assert results.release(session, [desk.attempt], markers[0].id, LATER) == 1


def test_an_exam_that_wants_none_any_more_waits_for_nobody(session, desk, exam, markers):
    desk.hand_in()
    desk.give(markers[0])
    exam.second_marking = False
    session.flush()
    assert not desk.waits(markers[1])
    assert released.releasable(session, desk.attempt.id)


def test_an_only_trainer_is_told_that_nobody_can_mark_a_second_time(session, client, exam, set_clock):
    set_clock(LATER)
    desk, trainer = Desk(session, exam), make_person(session, Role.TRAINER)
    desk.hand_in()
    desk.give(trainer)
    client.sign_in(trainer)
    for page in ("/marking", "/marking/release"):
        assert "只有你一位培训师" in client.get(page).text


def test_a_released_result_is_not_asked_about_any_more(session, desk, exam, markers):
    exam.second_share = 0
    desk.hand_in()
    desk.give(markers[0], NOTHING)
    results.release(session, [desk.attempt], markers[0].id, LATER)
    exam.second_share = 100
    desk.give(markers[0], LESS, reason="漏看")
    assert desk.stage is None


@pytest.mark.parametrize(("text", "stage"), [("迟到的话", Stage.SECOND), ("", Stage.SETTLED)])
def test_an_accepted_late_answer_begins_the_second_marking_again(session, desk, markers, text, stage):
    desk.hand_in()
    desk.give(markers[0])
    desk.give(markers[1], NOTHING)
    late = make_late(session, desk.attempt, desk.position, {"text": text})
    actions.decide_late(session, late, True, "断网", markers[2], LATER)
    assert (desk.stage, desk.points) == (stage, None if text else 0)
    if text:
        desk.give(markers[2])
        assert (desk.stage, desk.points) == (Stage.SECOND, 25)


# How exactly the exam measures


def test_the_standard_error_is_measured_once_there_are_enough_attempts(session, desk, markers):
    attempt = desk.hand_in()
    assert error_of(session, desk.exam.id, LATER) is None
    made, version = copies(session, attempt, desk.position, [TEXT] * 50), desk.show(markers[0]).version.id
    for number, one in enumerate(made):
        for mark in session.scalars(select(Mark).where(Mark.attempt_id == attempt.id)):
            columns = {column.name: getattr(mark, column.name) for column in Mark.__table__.columns}
            points = Fraction(25 if number % (mark.position + 1) else 0)
            session.add(Mark(**columns | {"id": None, "attempt_id": one.id, "points": points}))
        given = {"source": MarkSource.PERSON, "author_id": markers[0].id, "question_version_id": 1, "given_at": LATER}
        points = Fraction(number % 26)
        version = desk.show(markers[0]).version.id
        session.add(
            Mark(**given | {"question_version_id": version}, attempt_id=one.id, position=desk.position, points=points)
        )
    session.flush()
    error = error_of(session, desk.exam.id, LATER)
    assert error is not None
    assert 3 < error < 60
    assert session.scalars(select(MeasuredError)).one().attempts == 50
    session.scalars(select(MeasuredError)).one().points = Fraction(7)
    assert error_of(session, desk.exam.id, LATER + timedelta(days=1)) == 7


def test_second_and_third_markers_are_told_once_a_day(session, desk, markers):
    def told():
        actions.tell_of_waiting_work(session, LATER + timedelta(minutes=5))
        kind = NoticeKind.SECOND_WAITING
        rows = session.execute(select(Notice.person_id, Notice.params).where(Notice.kind == kind).order_by(Notice.id))
        return [(person_id, params["count"]) for person_id, params in rows]

    desk.hand_in()
    assert told() == []
    desk.give(markers[0])
    others = [(one.id, 1) for one in markers[1:]]
    assert sorted(told()) == sorted(others)
    assert sorted(told()) == sorted(others)
    desk.give(markers[1], NOTHING)
    assert desk.stage is Stage.THIRD
    assert sorted(told()[len(others) :]) == sorted((one.id, 1) for one in markers[2:])
    desk.give(markers[2])
    assert len(told()) == 2 * len(others) - 1
