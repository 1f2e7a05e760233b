"""Panels as trainers see them: judging with and without scripts, the spread between the rounds, what comes of it."""

import pytest

from exam.accounts.rules import Role
from exam.standards import actions, queries
from exam.standards.models import Panel
from tests.builders import make_exam, make_person
from tests.standards.builders import SOON, finished, judge_all, make_panel
from tests.support.story import numbers, read, words

JSON = {"Accept": "application/json"}


@pytest.fixture
def trainer(session):
    return make_person(session, Role.TRAINER, full_name="林评委")


@pytest.fixture
def other(session):
    return make_person(session, Role.TRAINER, full_name="王评委")


@pytest.fixture
def panel(session, trainer, other):
    return make_panel(session, make_exam(session, questions=2), [trainer, other])


@pytest.fixture
def judge(session, client, trainer):
    session.commit()
    return client.sign_in(trainer)


def figures(answer):
    """The numbers that a page says."""
    return set(numbers(words(next(read(answer.text).iter("main")))))


def drawings(answer):
    """The numbers in each drawing of a spread."""
    main = next(read(answer.text).iter("main"))
    return [
        numbers(one.get("aria-label"))
        for one in main.iter("{http://www.w3.org/2000/svg}svg")
        if "spread" in one.get("class", "")
    ]


def address(panel, tail=""):
    return f"/exams/{panel.exam_id}/panels/{panel.id}{tail}"


def test_opening_a_panel_from_its_page(session, client, trainer, other):
    exam = make_exam(session, questions=1)
    client.sign_in(trainer)
    page = client.get(f"/exams/{exam.id}/panels")
    assert "林评委" in page.text
    refused = client.post(f"/exams/{exam.id}/panels", data={"scope": "bank"})
    assert refused.status_code == 422
    assert "至少选一位培训师" in refused.text
    assert "<form" in refused.text.split("<main")[1]
    sent = client.post(f"/exams/{exam.id}/panels", data={"scope": "bank", "judges": [trainer.id, other.id]})
    assert sent.status_code == 302
    assert session.query(Panel).one().opened_by == trainer.id
    assert "2" in client.get(sent.location).text


def test_a_number_is_saved_at_once(session, panel, judge, trainer):
    first, *_rest = queries.version_ids(session, panel.id)
    answer = judge.post(address(panel, "/judge"), data={"round": 1, f"share-{first}": "７５%"}, headers=JSON)
    assert (answer.status_code, answer.get_json()["judged"]) == (200, 1)
    assert queries.own(session, panel.id, trainer.id) == {first: 75}
    for typed in ("101", "7.5", "-3", "many"):
        refused = judge.post(address(panel, "/judge"), data={"round": 1, f"share-{first}": typed}, headers=JSON)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "bad_share")


def test_without_scripts_a_page_is_saved_as_a_whole_and_what_is_wrong_stays(session, panel, judge, trainer):
    first, second, third, *_rest = queries.version_ids(session, panel.id)
    data = {"round": 1, f"share-{first}": "60", f"share-{second}": "sixty", f"share-{third}": ""}
    again = judge.post(address(panel, "/judge"), data=data)
    assert again.status_code == 422
    assert 'value="sixty"' in again.text
    assert queries.own(session, panel.id, trainer.id) == {first: 60}
    done = judge.post(address(panel, "/judge"), data={"round": 1, f"share-{second}": "65"})
    assert done.location == address(panel)


def test_the_panel_leads_to_the_first_question_left_out_in_either_round(session, panel, judge, trainer, other):
    ids = queries.version_ids(session, panel.id)
    said = dict.fromkeys(ids, 70)
    for one in (trainer, other):
        actions.judge(
            session, panel, one.id, 1, said if one is other else {ids[0]: 70, **dict.fromkeys(ids[2:], 70)}, SOON
        )
    assert queries.first_left(session, panel.id, trainer.id) == 2
    session.commit()
    assert "还有 1 道题要评" in judge.get(address(panel)).text.replace("\u00a0", " ")
    actions.judge(session, panel, trainer.id, 1, {ids[1]: 70}, SOON)
    actions.close_first(session, panel, actor_id=trainer.id, now=SOON)
    session.commit()
    assert f"还有 {len(ids)} 道题没有再看" in judge.get(address(panel)).text.replace("\u00a0", " ")
    assert f"再看过 0/{len(ids)}" in judge.get(address(panel, "/judge")).text
    assert queries.first_left(session, panel.id, trainer.id, 2) == 1


def test_nobody_sees_what_others_said_before_the_first_round_is_closed(session, panel, judge, trainer, other):
    judge_all(session, panel, other, 37)
    judge_all(session, panel, trainer, 70)
    for page in (address(panel), address(panel, "/judge")):
        assert drawings(judge.get(page)) == []
    actions.close_first(session, panel, actor_id=trainer.id, now=SOON)
    shown = judge.get(address(panel, "/judge"))
    assert drawings(shown) == [["37", "53.5", "70", "70"]] * 8  # lowest, middle, highest, one's own
    assert "王评委" not in shown.text


def test_a_page_of_the_first_round_is_told_that_it_was_closed(session, panel, judge, trainer):
    said = judge_all(session, panel, trainer, 70)
    actions.close_first(session, panel, actor_id=trainer.id, now=SOON)
    late = judge.post(address(panel, "/judge"), data={"round": 1, f"share-{next(iter(said))}": "50"}, headers=JSON)
    assert (late.status_code, late.get_json()["code"]) == (409, "round_closed")


def test_from_the_first_number_to_the_passing_score(session, panel, judge, trainer, other):
    judge_all(session, panel, trainer, 70)
    assert "王评委" in judge.get(address(panel)).text
    assert judge.post(address(panel, "/close-first")).status_code == 302
    assert judge.get(address(panel)).status_code == 200
    judge_all(session, panel, other, 80, round=2)
    assert judge.post(address(panel, "/finish")).location == address(panel)
    assert "75.0" in figures(judge.get(address(panel)))
    assert judge.get(f"/exams/{panel.exam_id}/panels").status_code == 200
    assert judge.get(address(panel, "/judge")).location == address(panel)


def test_a_panel_that_is_given_up_has_no_effect(session, panel, judge):
    assert judge.post(address(panel, "/drop")).location == f"/exams/{panel.exam_id}/panels"
    assert judge.get(address(panel)).status_code == 200


def test_a_panel_belongs_to_its_exam(session, panel, judge):
    other = make_exam(session)
    session.commit()
    assert judge.get(f"/exams/{other.id}/panels/{panel.id}").status_code == 404
    assert judge.get("/exams/99999/panels").status_code == 404


def test_the_pages_of_a_finished_panel_of_many(session, client, trainer):
    exam = make_exam(session, questions=6)
    done = finished(session, exam, [50, 90, 90])
    client.sign_in(trainer)
    assert "76.7" in figures(client.get(address(done)))
    assert client.get(address(done, "?page=2")).status_code == 200
