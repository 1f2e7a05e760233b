"""Answers that say the same: decided on together, given again, taken back; and comments kept to be used again."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.errors import Refused
from exam.marking import actions, queries
from exam.marking.models import Mark, MarkingAct, Opinion
from exam.marking.rules import MarkSource, alias
from exam.papers.models import Slot
from exam.results import actions as results
from question_bank import bank
from question_bank.items import Kind
from question_bank.models import Question, QuestionVersion
from tests.attempts.builders import places
from tests.builders import NOW, make_exam, make_person
from tests.marking.builders import ALL, LATER, hand_in, question_at
from tests.marking.test_actions import make_late

SOME = {"k1": Fraction(2), "k2": Fraction(0)}
TEXT = "先倾听会员说完并记录，再表示理解。"


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="周敏")


@pytest.fixture
def exam(session):
    return make_exam(session, questions=1)


@pytest.fixture
def desk(session, exam, trainer):
    """Hands answers in and acts at the desk of one trainer."""
    return Desk(session, exam, trainer)


class Desk:
    def __init__(self, session, exam, trainer):
        self.session, self.exam, self.trainer = session, exam, trainer

    def hand_in(self, *texts, person=None):
        attempts = [hand_in(self.session, person, self.exam, text=text) for text in texts]
        self.position = places(attempts[0], Kind.SHORT_ANSWER)[0]
        self.question = question_at(self.session, attempts[0], self.position)
        return attempts

    def show(self, attempt, person=None):
        return queries.answer(self.session, (person or self.trainer).id, self.question, attempt.id)

    def group(self, attempt):
        waiting = queries.waiting(self.session, self.trainer.id, self.question)
        return queries.group(self.session, self.show(attempt), queries.texts(self.session, self.question), waiting)

    def again(self, attempt, person=None):
        texts = queries.texts(self.session, self.question)
        person = person or self.trainer
        return queries.earlier(self.session, person.id, self.show(attempt, person), texts)

    def give(self, shown, *others, points=SOME, comment="", person=None, reason=""):
        return actions.give_together(
            self.session, self.question, [one.id for one in others], person or self.trainer, points, comment, LATER,
            shown=shown.id, reason=reason,
        )  # fmt: skip

    def take_back(self, person=None):
        return actions.take_back(self.session, person or self.trainer, LATER)

    def points(self, attempt):
        mark = queries.counting_marks(self.session, [attempt.id])[attempt.id].get(self.position)
        return mark.points if mark else None


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


# Groups


def test_a_group_holds_what_says_the_same_and_never_a_negation(desk):
    shown, *others = desk.hand_in(
        TEXT, TEXT, TEXT.replace("，", " "), TEXT.replace("说完", "讲完"), f"不{TEXT}", "别的"
    )
    found = [(one.likeness.value, list(one.attempt_ids)) for one in desk.group(shown).likes]
    assert found == [("identical", [others[0].id]), ("same", [others[1].id]), ("near", [others[2].id])]
    assert [text for text, kept in desk.group(shown).likes[2].pieces if not kept] == ["讲"]


def test_key_points_are_recognised_in_traditional_characters_where_they_stand(desk):
    text = "先傾聽會員，再向會員道歉。"
    (shown,) = desk.hand_in(text)
    found = desk.show(shown).proposal.findings
    assert [text[slice(*one.span)] for one in found if one.span] == ["傾聽", "道歉"]


def test_each_of_a_group_gets_an_opinion_and_a_mark_of_its_own(session, desk, trainer):
    attempts = desk.hand_in(TEXT, TEXT, "再道歉")
    given = desk.give(attempts[0], attempts[1], comment=" 好 ")
    assert given.left_out == {}
    assert [desk.points(one) for one in attempts] == [10, 10, None]
    opinions = session.scalars(select(Opinion)).all()
    assert [(one.key_points, one.comment, one.marker_id) for one in opinions] == [
        ({"k1": "2", "k2": "0"}, "好", trainer.id)
    ] * 2
    assert {one.act_id for one in opinions} == {session.scalars(select(MarkingAct.id)).one()}
    trail = session.scalars(select(AuditEvent).filter_by(action="mark.given").order_by(AuditEvent.id)).all()
    assert [one.subject_id for one in trail] == [one.id for one in attempts[:2]]
    assert set(queries.waiting(session, trainer.id, desk.question)) == {attempts[2].id}


def test_who_may_not_be_marked_is_left_out_and_told(session, desk, trainer):
    other = make_person(session, Role.TRAINER)
    shown, marked, mine, blank = desk.hand_in(TEXT, TEXT, TEXT, "")
    [tutee] = desk.hand_in(TEXT, person=make_person(session, tutor_id=trainer.id))
    desk.give(marked, points=ALL, person=other)
    desk.give(mine, points=ALL)
    given = desk.give(shown, marked, mine, blank, tutee)
    assert {id: error.code for id, error in given.left_out.items()} == {
        marked.id: "marked", mine.id: "marked", blank.id: "blank", tutee.id: "own_tutee",
    }  # fmt: skip
    assert [desk.points(one) for one in (shown, marked, mine, blank, tutee)] == [10, 25, 25, 0, None]


def test_what_is_shown_must_be_markable(session, desk, trainer):
    [tutee] = desk.hand_in(TEXT, person=make_person(session, tutor_id=trainer.id))
    make_person(session, Role.TRAINER)
    [other] = desk.hand_in(TEXT)
    with refused("own_tutee"):
        desk.give(tutee, other)
    with refused("points"):
        desk.give(other, points={"k1": Fraction(9)})
    assert session.query(Opinion).count() == 0


def test_nothing_of_another_question_can_slip_into_a_group(session, desk):
    [shown] = desk.hand_in(TEXT)
    elsewhere = hand_in(session, exam=make_exam(session, questions=1), text=TEXT)
    assert len(desk.give(shown, elsewhere).marks) == 1


def test_answers_to_a_revised_question_are_not_marked_by_the_old_key_points(session, desk, exam):
    shown, other = desk.hand_in(TEXT, TEXT)
    seen = session.scalars(select(QuestionVersion).where(QuestionVersion.question_id == desk.question)).one()
    item = bank.item_of(seen)
    fewer = replace(item, key_points=item.key_points[:1])
    revised = bank.revise(session, session.get_one(Question, desk.question), fewer, difficulty=2, now=NOW)
    bank.publish(session, revised, now=NOW)
    paper = session.get_one(type(other), other.id).paper_id
    slot = session.scalars(select(Slot).where(Slot.paper_id == paper, Slot.position == desk.position)).one()
    slot.question_version_id = revised.id
    session.flush()
    assert desk.group(shown).size == 0
    given = desk.give(shown, other)
    assert [error.code for error in given.left_out.values()] == ["other_version"]


# The same again


def test_what_was_given_to_the_same_text_is_offered_again(session, desk):
    [first] = desk.hand_in(TEXT)
    desk.give(first, comment="好")
    second, negated, short = desk.hand_in(TEXT.replace("，", "、"), f"别{TEXT}", "好")
    assert desk.again(second).key_points == {"k1": "2", "k2": "0"}
    assert desk.again(negated) is desk.again(short) is None
    assert desk.again(second, make_person(session, Role.TRAINER)) is None


def test_the_last_thought_of_a_text_is_offered_and_none_that_was_taken_back(desk):
    first, second, third = desk.hand_in(TEXT, TEXT, TEXT)
    desk.give(first, points=ALL)
    desk.give(second)
    assert desk.again(third).share == Fraction(2, 5)
    desk.take_back()
    assert desk.again(third).share == 1
    desk.take_back()
    assert desk.again(third) is None


# Taking back


def test_the_last_act_is_taken_back_whole_by_marks_that_are_appended(session, desk, trainer):
    attempts = desk.hand_in(TEXT, TEXT, "再道歉")
    desk.give(attempts[2], points=ALL)
    desk.give(*attempts[:2])
    taken = desk.take_back()
    assert (taken.question_id, taken.attempt_id) == (desk.question, attempts[0].id)
    assert [desk.points(one) for one in attempts] == [None, None, 25]
    assert set(queries.waiting(session, trainer.id, desk.question)) == {attempts[0].id, attempts[1].id}
    assert session.query(Opinion).count() == 3
    withdrawn = session.scalars(select(Mark).filter_by(source=MarkSource.WITHDRAWN).order_by(Mark.id)).all()
    assert [(one.attempt_id, one.author_id) for one in withdrawn] == [(one.id, trainer.id) for one in attempts[:2]]
    assert queries.taken_back(session, trainer.id, desk.show(attempts[0])).share == Fraction(2, 5)
    assert session.query(AuditEvent).filter_by(action="mark.taken_back").count() == 2
    desk.take_back()
    with refused("nothing_to_undo"):
        desk.take_back()


def test_a_correction_taken_back_brings_the_first_mark_back(desk):
    [attempt] = desk.hand_in(TEXT)
    desk.give(attempt, points=ALL)
    desk.give(attempt)
    assert desk.points(attempt) == 10
    desk.take_back()
    assert desk.points(attempt) == 25
    desk.take_back()
    assert desk.points(attempt) is None


def test_one_takes_back_ones_own_acts_only_and_none_that_a_candidate_has_seen(session, desk, trainer):
    first, second = desk.hand_in(TEXT, "再道歉")
    desk.give(first, person=make_person(session, Role.TRAINER))
    with refused("nothing_to_undo"):
        desk.take_back()
    desk.give(second)
    results.release(session, [second], trainer.id, LATER)
    with refused("released"):
        desk.take_back()
    assert desk.points(second) == 10


def test_an_accepted_late_answer_leaves_no_opinion_standing(session, desk, trainer):
    [attempt] = desk.hand_in(TEXT)
    desk.give(attempt)
    late = make_late(session, attempt, desk.position, {"text": "迟到的话"})
    actions.decide_late(session, late, True, "断网", trainer, LATER)
    assert queries.standing(session, attempt.id, desk.position) == []
    assert queries.taken_back(session, trainer.id, desk.show(attempt)) is None
    with refused("nothing_to_undo"):
        desk.take_back()


# Kept comments


def test_comments_are_kept_once_for_a_marker_and_a_question(session, desk, trainer):
    desk.hand_in(TEXT)
    for text in ("缺道歉", " 缺道歉 ", "步骤清楚"):
        actions.keep_snippet(session, trainer, desk.question, text, LATER)
    kept = queries.snippets(session, trainer.id, desk.question)
    assert [one.text for one in kept] == ["缺道歉", "步骤清楚"]
    other = make_person(session, Role.TRAINER)
    assert queries.snippets(session, other.id, desk.question) == []
    actions.drop_snippet(session, kept[0])
    assert [one.text for one in queries.snippets(session, trainer.id, desk.question)] == ["步骤清楚"]


def test_no_more_comments_are_kept_than_there_are_keys(session, desk, trainer):
    desk.hand_in(TEXT)
    for number in range(9):
        actions.keep_snippet(session, trainer, desk.question, f"评语{number}", LATER)
    for text, code in (("第十条", "enough_snippets"), (" ", "no_comment"), ("长" * 1001, "no_comment")):
        with refused(code):
            actions.keep_snippet(session, trainer, desk.question, text, LATER)


# Over HTTP


@pytest.fixture
def path(app, desk, client, trainer, set_clock):
    """The address of an answer at the desk of the signed-in trainer."""
    set_clock(LATER)
    client.sign_in(trainer)

    def make(attempt):
        return f"/marking/questions/{desk.question}/{alias(attempt.id, desk.question, app.secret_key)}"

    return make


def name(address):
    return address.rsplit("/", 1)[1]


def test_the_page_names_the_group_and_marks_it_at_once(client, desk, path):
    shown, same, near, other = desk.hand_in(TEXT, TEXT, TEXT.replace("说完", "讲完"), "别的话")
    text = client.get(path(shown)).text
    assert "另有 2 份一起评" in text.replace("\u00a0", " ")
    assert "<u>讲</u>" in text
    assert name(path(other)) not in text
    response = client.post(path(shown), data={"full": "k1", "with": [name(path(same)), name(path(near))]})
    assert response.location == path(other)
    assert [desk.points(one) for one in (shown, same, near, other)] == [10, 10, 10, None]
    assert "3 份" in client.get(path(other)).text.replace("\u00a0", " ")


def test_what_was_taken_out_of_the_group_is_not_marked_with_it(client, desk, path):
    shown, same = desk.hand_in(TEXT, TEXT)
    client.post(path(shown), data={"full": "k1"})
    assert [desk.points(one) for one in (shown, same)] == [10, None]
    assert "同样的文字" in client.get(path(same)).text


def test_those_left_out_are_told_on_the_next_page(session, client, desk, path):
    shown, gone, other = desk.hand_in(TEXT, TEXT, "别的话")
    desk.give(gone, points=ALL, person=make_person(session, Role.TRAINER))
    client.post(path(shown), data={"full": "k1", "with": f"{name(path(gone))},"})
    text = client.get(path(other)).text.replace("\u00a0", " ")
    assert "有 1 份没有改动" in text
    assert "另一位培训师已经评过" in text


def test_one_press_gives_the_same_text_the_same(client, desk, path):
    first, second = desk.hand_in(TEXT, TEXT)
    client.post(path(first), data={"full": "k1", "comment": "缺道歉"})
    again = desk.again(second).id
    client.post(path(second), data={"full": ["k1", "k2"], "again": again, "comment": ""})
    assert desk.points(second) == 10
    assert desk.show(second).mine.comment == "缺道歉"


@pytest.mark.parametrize("data", [{"again": "999"}, {"again": "0"}, {"with": ["x"] * 2001}])
def test_what_the_page_did_not_offer_is_refused(client, desk, path, data):
    [attempt] = desk.hand_in(TEXT)
    response = client.post(path(attempt), data=data)
    assert response.status_code in (302, 422)
    assert desk.points(attempt) is None or data == {"again": "0"}


def test_a_made_up_name_is_not_found(client, desk, path):
    [attempt] = desk.hand_in(TEXT)
    assert client.post(path(attempt), data={"full": "k1", "with": "zzzzzzzz"}).status_code == 404
    assert desk.points(attempt) is None


def test_taking_back_leads_to_the_answer_with_what_was_given(client, desk, path):
    [attempt] = desk.hand_in(TEXT)
    client.post(path(attempt), data={"full": "k1", "comment": "缺道歉"})
    response = client.post("/marking/undo")
    assert response.location == path(attempt)
    text = client.get(path(attempt)).text
    assert 'value="k1" checked' in text
    assert "缺道歉</textarea>" in text
    assert "已撤销 1 份" in text.replace("\u00a0", " ")
    assert client.post("/marking/undo").status_code == 404


def test_what_was_marked_on_another_day_is_not_offered_to_be_taken_back(client, desk, path, set_clock):
    one, other = desk.hand_in(TEXT, "不用道歉。")
    client.post(path(one), data={"full": "k1"})
    assert 'action="/marking/undo"' in client.get(path(other)).text
    set_clock(LATER + timedelta(hours=13))
    assert 'action="/marking/undo"' not in client.get(path(other)).text


def test_taking_back_leaves_out_what_had_been_left_out(client, desk, path):
    shown, kept, out = desk.hand_in(TEXT, f"{TEXT}也道歉。", f"{TEXT}并道歉。")
    client.post(path(shown), data={"full": "k1", "with": name(path(kept))})
    page = client.get(client.post("/marking/undo").location).text
    ticked = {one: "checked" in rest for one, rest in re.findall(r'name="with"[^>]*value="(\w+)"([^>]*)', page)}
    assert ticked == {name(path(kept)): True, name(path(out)): False}


def test_a_comment_that_cannot_be_kept_is_refused_beside_it_and_nothing_ticked_is_lost(client, desk, path):
    shown, other = desk.hand_in(TEXT, f"{TEXT}也道歉。")
    response = client.post(f"{path(shown)}/snippets", data={"full": "k1", "comment": " "})
    assert response.status_code == 422
    assert "先写好评语" in response.text
    assert re.search(r'value="k1" checked', response.text)
    assert not re.search(rf'value="{name(path(other))}"[^>]* checked', response.text)


def test_a_page_left_open_does_not_correct_a_mark_it_has_not_seen(session, client, desk, path):
    (shown,) = desk.hand_in(TEXT)
    first = {"full": "k1", "comment": "一", "seen": "0"}
    client.post(path(shown), data=first)
    response = client.post(path(shown), data=first | {"full": "k2"})
    assert response.status_code == 409
    assert "在另一个窗口评过" in response.text
    assert client.post(path(shown), data=first).status_code == 302  # only sent again
    assert len(session.scalars(select(Opinion)).all()) == 1
    seen = re.search(r'name="seen" value="(\d+)"', response.text).group(1)
    assert client.post(path(shown), data=first | {"full": "k2", "seen": seen}).status_code == 302
    assert desk.points(shown) == 15


def test_kept_comments_stand_on_the_page_until_they_are_dropped(session, client, desk, path, trainer):
    [attempt] = desk.hand_in(TEXT)
    assert client.post(f"{path(attempt)}/snippets", data={"comment": "缺道歉"}).location == path(attempt)
    kept = f"{path(attempt)}/snippets/{queries.snippets(session, trainer.id, desk.question)[0].id}/drop"
    assert 'title="缺道歉"' in client.get(path(attempt)).text
    client.post(kept)
    assert "data-snippet " not in client.get(path(attempt)).text
    assert client.post(kept).status_code == 404
    for comment in ("", "长" * 1001):
        assert client.post(f"{path(attempt)}/snippets", data={"comment": comment}).status_code == 422
