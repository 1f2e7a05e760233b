"""The demo's exam room: somebody sits in it while the demo is made, and every page that looks at them shows it."""

import pytest

from exam.accounts.models import Person
from exam.attempts import actions as attempts
from exam.attempts.models import Attempt
from exam.attempts.queries import final_answers
from exam.cli import seed
from exam.demo.cast import NEW_HIRES, Story
from exam.demo.forge import play, set_stage
from tests.builders import NOW

IN_ROOM = [one for one in NEW_HIRES if one.story is Story.IN_ROOM]


@pytest.fixture
def hall(app, session, set_clock):
    """The attempts of those in the room, the one that began first at first, as `flask demo` makes them."""
    set_clock(NOW)
    with app.app_context():
        seed(session, NOW)
        stage = set_stage(session, NOW, app.config["JIEYE"].zone)
        for number, one in enumerate(NEW_HIRES, start=1):
            if one in IN_ROOM:
                play(stage, one, number)
    return session.query(Attempt).order_by(Attempt.started_at).all()


def person(session, username):
    return session.query(Person).filter_by(username=username).one()


def answered(session, attempt):
    return sum(response is not None for response in final_answers(session, [attempt.id])[attempt.id].values())


def test_they_are_in_the_room_with_answers_and_time_left_and_can_go_on(session, clients, hall):
    longest = sorted(IN_ROOM, key=lambda one: -one.left)
    assert [attempt.person_id for attempt in hall] == [person(session, one.username).id for one in longest]
    for attempt, one in zip(hall, longest, strict=True):
        assert attempt.closed_at is None
        assert attempt.deadline > NOW
        assert one.left // 2 <= answered(session, attempt) <= 2 * one.left
    for attempt in hall:
        client = clients().sign_in(session.get_one(Person, attempt.person_id))
        assert f'href="/attempts/{attempt.id}"' in client.get("/").text
        assert "data-room" in client.get(f"/attempts/{attempt.id}").text
        opened = client.post(f"/attempts/{attempt.id}/epoch", json={"page": "mine", "take_over": True})
        assert sum(one["response"] is not None for one in opened.json["answers"].values()) == answered(session, attempt)


def test_trainers_and_candidate_read_what_happened_and_the_candidate_can_hand_in(app, session, client, hall):
    client.sign_in(person(session, "trainer"))
    live = client.get("/invigilation").text.replace("\u00a0", " ")
    for attempt in hall:
        assert session.get_one(Person, attempt.person_id).full_name in live
        assert f"/invigilation/attempts/{attempt.id}" in live
    eventful = client.get(f"/invigilation/attempts/{hall[0].id}").text.replace("\u00a0", " ")
    for word in ("所在楼层的网络中断了几分钟。", "网络已恢复，已为你补时 5 分钟，请继续作答。", "5 分钟"):
        assert word in eventful
    assert "所在楼层" not in client.get(f"/invigilation/attempts/{hall[1].id}").text
    client.sign_in(session.get_one(Person, hall[0].person_id))
    assert "所在楼层的网络中断了几分钟。" in client.get(f"/attempts/{hall[0].id}/record").text
    with app.app_context():
        attempts.submit(session, hall[0], [], hall[0].epoch, NOW)
    assert f"{answered(session, hall[0])} 题" in client.get(f"/attempts/{hall[0].id}/receipt").text
