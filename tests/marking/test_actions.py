"""What marking does and refuses: by rule, by a person, late answers."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import Answer
from exam.errors import Refused
from exam.events import attempt_marked
from exam.marking import actions, queries
from exam.marking.models import Mark, Opinion
from exam.marking.queries.marks import release
from exam.marking.rules import MarkSource
from exam.notices.models import Notice
from exam.papers.queries import slots
from exam.receipts.queries import revisions
from exam.results.models import Release
from question_bank import bank
from question_bank.items import ChoiceResponse, Kind
from tests.attempts.builders import answer, begin, places
from tests.builders import NOW, make_exam, make_person
from tests.marking.builders import ALL, LATER, hand_in, make_late, mark_all, question_at
from tests.receipts.builders import receipt_of

DAY = timedelta(days=1)
HALF = {"k1": Fraction(1), "k2": Fraction(3, 2)}


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="周敏")


@pytest.fixture
def told():
    """The attempts that `attempt_marked` was sent of."""
    heard = []

    def note(attempt, **_):
        heard.append(attempt.id)

    with attempt_marked.connected_to(note):
        yield heard


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def marks(session, attempt):
    return queries.counting_marks(session, [attempt.id])[attempt.id]


# By rule


def test_closing_marks_every_objective_slot_by_the_exams_rule(session, told):
    attempt = hand_in(session)
    found = marks(session, attempt)
    assert len(found) == 6
    assert all(mark.source is MarkSource.RULE and mark.reason == "half_for_incomplete" for mark in found.values())
    assert sum(mark.points for mark in found.values()) == 75
    assert told == []


def test_blank_short_answers_count_nothing_by_rule_and_complete_the_attempt(session, told):
    attempt = hand_in(session, text="")
    blank = [marks(session, attempt)[position] for position in places(attempt, Kind.SHORT_ANSWER)]
    assert [(mark.points, mark.reason) for mark in blank] == [(0, "blank")] * 2
    assert told == [attempt.id]


def test_text_of_nothing_but_spaces_is_blank(session, told):
    hand_in(session, text=" \n　")
    assert len(told) == 1


def test_handing_in_twice_marks_once(session):
    attempt = hand_in(session)
    attempts.submit(session, attempt, [], 1, LATER)
    assert attempts.close_due(session, LATER + DAY) == 0
    assert session.query(Mark).count() == 6


def test_marks_go_by_a_key_corrected_since_the_paper_was_drawn_and_name_its_version(session):
    attempt = begin(session)
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    seen = next(slot.version for slot in slots(session, attempt.paper_id) if slot.position == position)
    item = bank.item_of(seen)
    choices = tuple(replace(one, correct=one.id == "c") for one in item.choices)
    corrected = bank.correct(session, seen, replace(item, choices=choices), now=NOW)
    answer(session, attempt, position, ChoiceResponse(frozenset("c")), NOW)
    attempts.submit(session, attempt, [], 1, LATER)
    mark = marks(session, attempt)[position]
    assert (mark.points, mark.question_version_id) == (Fraction(25, 2), corrected.id)


def test_trainers_are_told_once_a_day_that_work_waits(session, trainer):
    exam = make_exam(session)
    for expected in (1, 0, 0):
        hand_in(session, exam=exam)
        assert actions.tell_of_waiting_work(session, LATER) == expected
    found = session.scalars(select(Notice).where(Notice.person_id == trainer.id, Notice.kind == "work_waiting")).all()
    assert [notice.params["count"] for notice in found] == [2]
    hand_in(session, exam=exam).closed_at = LATER + DAY
    session.flush()
    assert actions.tell_of_waiting_work(session, LATER + DAY) == 1


def test_nobody_is_told_of_work_that_is_not_theirs_or_is_done(session, trainer):
    hand_in(session, make_person(session, tutor_id=trainer.id))
    hand_in(session, text="")
    other = make_person(session, Role.TRAINER)
    mark_all(session, hand_in(session), other)
    assert actions.tell_of_waiting_work(session, LATER) == 1
    assert session.scalars(select(Notice.person_id).where(Notice.kind == "work_waiting")).all() == [other.id]
    assert actions.tell_of_waiting_work(session, LATER + 2 * DAY) == 0


# By a person


def test_a_markers_points_are_turned_into_a_share_of_the_slot(session, trainer):
    attempt = hand_in(session)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    mark = actions.give_opinion(session, attempt, position, trainer, HALF, " 写得清楚 ", LATER)
    assert mark.points == Fraction(1, 2) * Fraction(25, 2)
    assert (mark.source, mark.author_id) == (MarkSource.PERSON, trainer.id)
    opinion = session.get(Opinion, mark.opinion_id)
    assert opinion.key_points == {"k1": "1", "k2": "3/2"}
    assert opinion.comment == "写得清楚"
    assert opinion.proposal["k1"] == {"found": "found", "phrase": "倾听"}
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "mark.given")).one()
    assert (event.actor_id, event.about_id, event.detail["points"]) == (trainer.id, attempt.person_id, "25/4")


def test_the_last_mark_completes_the_attempt(session, trainer, told):
    attempt = hand_in(session)
    first, second = places(attempt, Kind.SHORT_ANSWER)
    actions.give_opinion(session, attempt, first, trainer, ALL, "", LATER)
    assert told == []
    actions.give_opinion(session, attempt, second, trainer, ALL, "", LATER)
    assert told == [attempt.id]


def test_correcting_appends_and_the_earlier_mark_stays(session, trainer, told):
    attempt = hand_in(session)
    mark_all(session, attempt, trainer)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    actions.give_opinion(session, attempt, position, trainer, HALF, "", LATER)
    given = session.scalars(select(Mark).where(Mark.position == position).order_by(Mark.id)).all()
    assert [mark.points for mark in given] == [Fraction(25, 2), Fraction(25, 4)]
    assert marks(session, attempt)[position] is given[1]
    assert told == [attempt.id, attempt.id]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "mark.changed")).one()
    assert event.detail["points_before"] == "25/2"


def test_correcting_what_the_candidate_has_seen_needs_a_reason(session, trainer):
    attempt = hand_in(session)
    mark_all(session, attempt, trainer)
    session.add(Release(attempt_id=attempt.id, released_at=LATER, released_by=trainer.id))
    session.flush()
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    with refused("no_reason"):
        actions.give_opinion(session, attempt, position, trainer, HALF, "", LATER, reason="  ")
    mark = actions.give_opinion(session, attempt, position, trainer, HALF, "", LATER, reason="漏看了一句")
    assert mark.reason == "漏看了一句"


def test_the_table_of_releases_is_the_one_that_is_read_by_name():
    assert release.name == Release.__tablename__
    assert "attempt_id" in Release.__table__.c


def test_an_answer_somebody_else_has_marked_is_refused(session, trainer):
    attempt = hand_in(session)
    mark_all(session, attempt, trainer)
    other = make_person(session, Role.TRAINER)
    with refused("marked"):
        actions.give_opinion(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], other, ALL, "", LATER)


def test_a_blank_answer_is_refused(session, trainer):
    attempt = hand_in(session, text="")
    with refused("blank"):
        actions.give_opinion(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], trainer, ALL, "", LATER)


@pytest.mark.parametrize("kind", [Kind.SINGLE_CHOICE, Kind.TRUE_FALSE])
def test_an_objective_slot_is_refused(session, trainer, kind):
    attempt = hand_in(session)
    with refused("nothing_to_mark"):
        actions.give_opinion(session, attempt, places(attempt, kind)[0], trainer, ALL, "", LATER)


@pytest.mark.parametrize(
    "points", [{"k1": Fraction(5, 2)}, {"k1": Fraction(-1)}, {"k1": Fraction(1, 3)}, {"k9": Fraction(1)}]
)
def test_points_a_key_point_does_not_have_are_refused(session, trainer, points):
    attempt = hand_in(session)
    with refused("points"):
        actions.give_opinion(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], trainer, points, "", LATER)


def test_nobody_marks_their_own_tutee_when_another_trainer_is_there(session, trainer):
    make_person(session, Role.TRAINER)
    exam = make_exam(session, own_trainer_may_mark=True)
    attempt = hand_in(session, make_person(session, tutor_id=trainer.id), exam)
    with refused("own_tutee"):
        mark_all(session, attempt, trainer)


def test_the_only_trainer_marks_their_tutee_where_the_exam_says_so(session, trainer):
    attempt = hand_in(session, make_person(session, tutor_id=trainer.id), make_exam(session))
    with refused("only_trainer"):
        mark_all(session, attempt, trainer)
    open_exam = make_exam(session, own_trainer_may_mark=True)
    attempt = hand_in(session, make_person(session, tutor_id=trainer.id), open_exam)
    mark_all(session, attempt, trainer)
    assert len(marks(session, attempt)) == 8


def test_a_void_attempt_has_nothing_to_mark(session, trainer):
    attempt = hand_in(session)
    attempt.voided_at, attempt.void_reason = LATER, "断电"
    session.flush()
    with refused("nothing_to_mark"):
        mark_all(session, attempt, trainer)
    assert queries.left(session, trainer.id) == 0


# What is left


def test_the_count_of_what_is_left_is_what_the_rule_allows(session, trainer):
    other = make_person(session, Role.TRAINER)
    exam = make_exam(session)
    for candidate in (make_person(session, tutor_id=trainer.id), make_person(session), trainer):
        hand_in(session, candidate, exam)
    hand_in(session, exam=exam, text="")
    assert (queries.left(session, trainer.id), queries.left(session, other.id)) == (2, 6)
    work = queries.work(session, trainer.id)
    assert [(one.total, one.left, one.for_others, one.done) for one in work] == [(4, 1, 2, 1)] * 2
    other.active = False
    exam.own_trainer_may_mark = True
    session.flush()
    assert queries.left(session, trainer.id) == 4


def test_the_order_goes_on_after_the_one_looked_at_and_comes_back_to_it_last(session, trainer):
    exam = make_exam(session, questions=1)
    attempts = [hand_in(session, exam=exam).id for _ in range(4)]
    question_id = queries.work(session, trainer.id)[0].question_id
    seen, last = [], None
    for _ in range(5):
        last = queries.next_attempt(session, trainer.id, question_id, after=last)
        seen.append(last)
    assert sorted(seen[:4]) == attempts
    assert seen[4] == seen[0]


# Late answers


def test_an_accepted_choice_counts_is_marked_and_gets_a_new_receipt(session, trainer, told):
    attempt = hand_in(session, text="", right=0)
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    before = receipt_of(session, attempt)
    late = make_late(session, attempt, position, {"choices": ["a"]})
    assert queries.is_late_waiting(session, attempt.id)
    actions.decide_late(session, late, True, "网络中断有记录", trainer, LATER)
    assert marks(session, attempt)[position].points == Fraction(25, 2)
    assert (late.accepted, late.decided_by, late.reason) == (True, trainer.id, "网络中断有记录")
    after, first = revisions(session, attempt.id)
    assert (first.receipt, first.position) == (before, None)
    assert (after.receipt.revision, after.position) == (2, position)
    assert after.receipt.digest != before.digest
    assert after.receipt.answered == before.answered + 1
    assert told == [attempt.id, attempt.id]
    assert not queries.is_late_waiting(session, attempt.id)
    assert session.scalars(select(Notice.kind).where(Notice.person_id == attempt.person_id)).all()[-1] == (
        "late_answer_decided"
    )


def test_an_accepted_short_answer_has_to_be_marked_again(session, trainer, told):
    attempt = hand_in(session)
    mark_all(session, attempt, trainer)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    actions.decide_late(
        session, make_late(session, attempt, position, {"text": "都写完了"}), True, "好", trainer, LATER
    )
    assert position not in marks(session, attempt)
    assert queries.left(session, trainer.id) == 1
    assert told == [attempt.id]
    other = make_person(session, Role.TRAINER)
    actions.give_opinion(session, attempt, position, other, ALL, "", LATER)
    assert told == [attempt.id, attempt.id]


def test_a_refused_one_changes_nothing_but_the_record(session, trainer):
    attempt = hand_in(session)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    answers, receipt = session.query(Answer).count(), receipt_of(session, attempt)
    late = make_late(session, attempt, position, {"text": "晚了"})
    actions.decide_late(session, late, False, "没有断网的记录", trainer, LATER)
    assert (session.query(Answer).count(), receipt_of(session, attempt)) == (answers, receipt)
    assert late.accepted is False


def test_of_several_late_answers_to_a_slot_the_last_one_counts(session, trainer):
    attempt = hand_in(session)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    first = make_late(session, attempt, position, {"text": "一"}, number=8)
    last = make_late(session, attempt, position, {"text": "二"}, number=9)
    assert [one.late for one in queries.late_slots(session, trainer.id)] == [last]
    actions.decide_late(session, first, True, "好", trainer, LATER)
    assert (first.accepted, last.accepted) == (False, True)
    question_id = question_at(session, attempt, position)
    assert queries.answer(session, trainer.id, question_id, attempt.id).text == "二"


def test_an_accepted_answer_counts_even_when_a_later_page_has_answered(session, trainer):
    attempt = hand_in(session)
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    session.add(
        Answer(attempt_id=attempt.id, position=position, epoch=2, number=3, response={"text": "新页"}, saved_at=LATER)
    )
    session.flush()
    late = make_late(session, attempt, position, {"text": "旧页迟到"})
    actions.decide_late(session, late, True, "好", trainer, LATER)
    question_id = question_at(session, attempt, position)
    assert queries.answer(session, trainer.id, question_id, attempt.id).text == "旧页迟到"


def test_late_answers_refuse_a_lacking_reason_a_second_decision_and_the_candidates_tutor(session, trainer):
    other = make_person(session, Role.TRAINER)
    attempt = hand_in(session, make_person(session, tutor_id=trainer.id))
    late = make_late(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], {"text": "晚"})
    with refused("no_reason"):
        actions.decide_late(session, late, True, " ", other, LATER)
    with refused("own_tutee"):
        actions.decide_late(session, late, True, "好", trainer, LATER)
    actions.decide_late(session, late, True, "好", other, LATER)
    with refused("decided"):
        actions.decide_late(session, late, False, "不", other, LATER)


def test_trainers_are_told_once_of_late_answers(session, trainer):
    attempt = hand_in(session)
    make_late(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], {"text": "晚"})
    moment = LATER + timedelta(minutes=32)
    assert [actions.tell_of_late_answers(session, moment) for _ in range(2)] == [1, 0]
