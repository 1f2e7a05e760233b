"""The desk over HTTP: no name in any byte, saving and going on, corrections, late answers, who may come in."""

import re
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.marking import queries
from exam.marking.models import Mark, Opinion
from exam.marking.rules import alias
from exam.receipts.rules import number_of
from exam.results import actions as results
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in, mark_all, question_at
from tests.marking.test_actions import make_late
from tests.support.database import statements_of


@pytest.fixture
def trainer(session, client, set_clock):
    """A trainer, signed in with the client."""
    set_clock(LATER)
    person = make_person(session, Role.TRAINER, full_name="周敏")
    client.sign_in(person)
    return person


@pytest.fixture
def exam(session):
    return make_exam(session, questions=1)


@pytest.fixture
def path(session, app):
    """The address of the answer to an attempt's short question."""

    def make(attempt):
        question_id = question_at(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0])
        return f"/marking/questions/{question_id}/{alias(attempt.id, question_id, app.secret_key)}"

    return make


PAGES = ["/marking", "/marking/marked", "/marking/late"]


def test_the_pages_of_an_empty_desk_say_so(client, trainer):
    for page in PAGES:
        assert client.get(page).status_code == 200
    assert "全部评完了" in client.get("/marking").text


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.HR, Role.ADMIN])
def test_only_trainers_come_to_the_desk(session, client, role):
    client.sign_in(make_person(session, role))
    for page in [*PAGES, "/marking/questions/1", "/marking/questions/1/7f3a0000"]:
        assert client.get(page).status_code == 403
    assert client.post("/marking/questions/1/7f3a0000").status_code == 403
    for act in ("late/1", "undo", "questions/1/7f3a0000/snippets", "questions/1/7f3a0000/snippets/1/drop"):
        assert client.post(f"/marking/{act}").status_code == 403


def test_no_page_of_the_desk_names_a_candidate(session, client, trainer, exam, path):
    person = make_person(
        session, full_name="林小雨", username="lxy-name", staff_number="M0412", email="lxy@example.org"
    )
    attempt = hand_in(session, person, exam, text="先倾听。")
    make_late(session, attempt, places(attempt, Kind.SINGLE_CHOICE)[0], {"choices": ["b"]})
    mark_all(session, hand_in(session, person := make_person(session, full_name="沈小诺"), exam), trainer)
    for page in [*PAGES, path(attempt)]:
        text = client.get(page).text
        for secret in ("林小雨", "沈小诺", "lxy", "M0412", person.username, number_of(attempt.id)):
            assert secret not in text, f"{page} names {secret}"
        assert f"attempts/{attempt.id}" not in text


def test_the_desk_shows_the_answer_with_what_was_recognised_and_ticks_nothing(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam, text="先倾听，<b>不道歉</b>。")
    text = client.get(path(attempt)).text
    assert '<mark>倾听&#8288;<sup aria-hidden="true">1</sup></mark>' in text
    assert 'class="is-doubtful">道歉' in text
    assert "&lt;b&gt;" in text
    assert not re.search(r'name="full"[^>]*checked', text)
    for shown in ("先倾听并记录，再道歉。", "先弄清发生了什么。", "认出“倾听”"):
        assert shown in text


def test_saving_keeps_the_points_and_goes_on_to_the_next(session, client, trainer, exam, path):
    first, second = hand_in(session, exam=exam), hand_in(session, exam=exam)
    order = [first, second]
    start = client.get(re.sub("/[^/]*$", "", path(first))).location
    if start == path(second):
        order.reverse()
    response = client.post(path(order[0]), data={"full": "k1", "part-k2": "1/2", "comment": "补上道歉的话"})
    assert response.location == path(order[1])
    opinion = session.scalars(select(Opinion)).one()
    assert opinion.key_points == {"k1": "2", "k2": "1/2"}
    assert opinion.share == Fraction(1, 2)
    assert client.post(path(order[1]), data={"full": ["k1", "k2"]}).location == "/marking"
    assert queries.left(session, trainer.id) == 0


def test_the_last_one_can_be_opened_again_and_corrected(session, client, trainer, exam, path):
    attempt, other = hand_in(session, exam=exam), hand_in(session, exam=exam)
    client.post(path(attempt), data={"full": "k1", "comment": "一"})
    assert path(attempt) in client.get(path(other)).text
    again = client.get(path(attempt)).text
    assert re.search(r'value="k1" checked', again)
    assert "一</textarea>" in again
    client.post(path(attempt), data={"full": ["k1", "k2"], "comment": "二"})
    given = session.scalars(select(Mark).where(Mark.author_id == trainer.id).order_by(Mark.id))
    assert [mark.points for mark in given] == [10, 25]


def test_a_reason_is_asked_beside_the_field_once_the_result_is_out(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    mark_all(session, attempt, trainer)
    results.release(session, [attempt], trainer.id, LATER)
    response = client.post(path(attempt), data={"full": "k1", "comment": "写了很多"})
    assert response.status_code == 422
    assert "请写明更改的理由" in response.text
    assert "写了很多" in response.text
    assert re.search(r'value="k1" checked', response.text)
    assert client.post(path(attempt), data={"full": "k1", "reason": "漏看"}).status_code == 302


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"full": "k1", "comment": "长" * 1001}, 422),
        ({"part-k1": "9"}, 422),
        ({"part-k1": "1/0"}, 422),
        ({"part-k1": "一"}, 422),
        ({"part-k1": "-1"}, 422),
        ({"full": "k9"}, 302),
        ({"comment": "😀 <script>alert(1)</script>"}, 302),
        ({}, 302),
    ],
)
def test_bad_input_is_refused_or_harmless(session, client, trainer, exam, path, data, status):
    attempt = hand_in(session, exam=exam)
    response = client.post(path(attempt), data=data)
    assert response.status_code == status
    assert session.query(Opinion).count() == (status == 302)
    if "长" in str(data):
        assert data["comment"] in response.text


def test_what_is_nobodys_answer_is_not_found(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    good = path(attempt)
    question = good.rsplit("/", 1)[0]
    for bad in (f"{question}/zzzzzzzz", f"{question}/00000000", good.replace("questions/", "questions/9")):
        assert client.get(bad).status_code == 404
        assert client.post(bad).status_code == 404
    assert client.get(f"{question}?after=xyz").status_code == 404


def test_somebody_elses_mark_is_shown_but_not_offered_to_change(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    mark_all(session, attempt, make_person(session, Role.TRAINER, full_name="许静"))
    text = client.get(path(attempt)).text
    assert "许静" in text
    assert "保存并看下一份" not in text
    answer = client.post(path(attempt), data={"full": "k1"})
    assert answer.location == "/marking"
    assert "另一位培训师已经评过这份答案" in client.get(answer.location).text
    assert len(session.scalars(select(Opinion)).all()) == 1


def test_ones_own_tutees_paper_is_explained_and_refused(session, client, trainer, exam, path):
    make_person(session, Role.TRAINER)
    attempt = hand_in(session, make_person(session, tutor_id=trainer.id), exam)
    assert "由其他培训师评阅" in client.get(path(attempt)).text
    assert client.post(path(attempt), data={"full": "k1"}).status_code == 403
    assert "另有 1 份由其他培训师评阅" in client.get("/marking").text.replace("\u00a0", " ")


def test_without_a_token_nothing_is_saved(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    assert client.post(path(attempt), data={"full": "k1"}, csrf=False).status_code == 400
    assert client.post("/marking/late/1", csrf=False).status_code == 400


def test_the_filter_by_exam_stays_while_marking(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    hand_in(session, exam=make_exam(session, questions=1))
    assert "还有 1 份待评" in client.get(f"/marking?exam={exam.id}").text.replace("\u00a0", " ")
    response = client.post(f"{path(attempt)}?exam={exam.id}", data={"full": "k1"})
    assert response.location == f"/marking?exam={exam.id}"


def test_late_answers_are_decided_on_with_a_reason(session, client, trainer, exam):
    attempt = hand_in(session, exam=exam)
    late = make_late(session, attempt, places(attempt, Kind.SHORT_ANSWER)[0], {"text": "迟到的话"})
    assert "迟到的话" in client.get("/marking/late").text
    for data in ({}, {"accept": "yes"}, {"reason": "好"}, {"accept": "maybe", "reason": "好"}):
        response = client.post(f"/marking/late/{late.id}", data=data)
        assert response.status_code == 422
        assert data.get("reason", "") in response.text
    client.post(f"/marking/late/{late.id}", data={"accept": "yes", "reason": "断网记录"})
    session.refresh(late)
    assert late.accepted is True
    assert client.post(f"/marking/late/{late.id}", data={"accept": "no", "reason": "x"}).status_code == 302
    session.refresh(late)
    assert late.accepted is True


def test_the_pages_take_as_many_statements_for_ten_as_for_one(session, client, trainer, exam, path):
    attempt = hand_in(session, exam=exam)
    late = places(attempt, Kind.SINGLE_CHOICE)[0]
    mark_all(session, hand_in(session, exam=exam), trainer)
    make_late(session, attempt, late, {"choices": ["b"]})
    pages = [*PAGES, path(attempt)]

    before = statements_of(session, client, pages)
    for _ in range(9):
        more = hand_in(session, exam=exam)
        mark_all(session, hand_in(session, exam=exam), trainer)
        make_late(session, more, late, {"choices": ["b"]})
    assert statements_of(session, client, pages) == before
    assert max(before) <= 30  # an answer with its group, and what its marker thought before
