"""The invigilator's pages over HTTP."""

import re
from datetime import timedelta

import pytest

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import RoomMessage, TimeCredit
from tests.attempts.builders import begin
from tests.builders import NOW, make_exam, make_person
from tests.invigilation.builders import make_contact, make_events, make_outage
from tests.support.story import read, words

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def trainer(session, client, set_clock):
    """A trainer at the live page, twenty minutes into the exams of the tests."""
    set_clock(LATER)
    person = make_person(session, Role.TRAINER, full_name="周敏", locale="en")
    client.sign_in(person)
    return person


def text(answer):
    return words(read(answer.get_data(as_text=True)))


def credits(session):
    return [(one.attempt_id, one.seconds, one.reason) for one in session.query(TimeCredit).order_by(TimeCredit.id)]


@pytest.fixture
def runs(session):
    exam = make_exam(session)
    return [begin(session, make_person(session, full_name=name), exam) for name in ("王浩", "李佳怡", "赵雨晴")]


def test_the_live_page_says_who_is_in_and_who_may_be_offline(session, client, trainer, runs):
    make_contact(session, runs[0], LATER - timedelta(seconds=4), waiting=2)
    make_contact(session, runs[1], LATER - timedelta(seconds=200))
    page = text(client.get("/invigilation"))
    assert "3 people sit now" in page
    assert "4 s ago" in page
    assert "3 minutes ago, maybe offline" in page
    assert "2 changes not sent yet, says the page" in page
    assert "40 minutes" in page
    fragment = client.get("/invigilation/now").get_data(as_text=True)
    assert "<html" not in fragment
    assert all(f'data-row="{run.id}"' in fragment for run in runs)


def test_an_empty_room_says_so_and_who_comes_next(client, trainer):
    page = text(client.get("/invigilation"))
    assert "Nobody is in the room" in page
    assert "Booked next" in page


def test_nobody_who_fits_is_told_apart_from_nobody(client, trainer, runs):
    assert "Nobody in the room fits" in text(client.get("/invigilation?q=谁"))


def test_time_is_given_to_those_ticked_after_naming_them(session, client, trainer, runs):
    asked = client.get(f"/invigilation/time?id={runs[0].id}&id={runs[1].id}")
    assert "Give 2 people time" in text(asked)
    assert "王浩" in text(asked)
    assert "赵雨晴" not in text(asked)
    form = {"ids": f"{runs[0].id},{runs[1].id}", "minutes": "10", "reason": "停电。", "key": "k"}
    done = client.post("/invigilation/time", data=form, follow_redirects=True)
    assert "2 people have more time now." in text(done)
    assert credits(session) == [(run.id, 600, "停电。") for run in runs[:2]]


def test_what_is_missing_is_said_beside_its_field(session, client, trainer, runs):
    for form, said in [
        ({"minutes": "0", "reason": "停电。"}, "Give 1 to 60 minutes."),
        ({"minutes": "61", "reason": "停电。"}, "Give 1 to 60 minutes."),
        ({"minutes": "x", "reason": "停电。"}, ""),
        ({"minutes": "5", "reason": " "}, "Say why; the candidate reads it."),
        ({"minutes": "5", "reason": "字" * 501}, "A reason has at most 500 characters."),
    ]:
        answer = client.post("/invigilation/time", data={"ids": str(runs[0].id), "key": "k", **form})
        assert answer.status_code == 422, form
        assert said in text(answer)
        assert credits(session) == [], form


def test_all_of_an_exam_are_those_who_sit_it_now(session, client, trainer, runs):
    begin(session)
    attempts.submit(session, runs[2], [], 1, NOW + timedelta(minutes=5))
    asked = text(client.get(f"/invigilation/time?exam={runs[0].exam_id}"))
    assert "Give 2 people time" in asked
    assert "赵雨晴" not in asked


def test_whose_exam_has_ended_meanwhile_is_said_afterwards(session, client, trainer, runs):
    attempts.submit(session, runs[1], [], 1, NOW + timedelta(minutes=5))
    form = {"ids": f"{runs[0].id},{runs[1].id}", "minutes": "10", "reason": "停电。", "key": "k"}
    page = text(client.post("/invigilation/time", data=form, follow_redirects=True))
    assert "1 person has more time now." in page
    assert "1 exam had ended meanwhile: 李佳怡" in page


def test_after_a_long_outage_everybody_owed_is_one_step_away(session, client, trainer, runs):
    outage = make_outage(session, NOW + timedelta(minutes=2), NOW + timedelta(minutes=14, seconds=30))
    page = client.get("/invigilation")
    assert "Give these 3 people time" in text(page)
    asked = client.get(f"/invigilation/time?outage={outage.id}").get_data(as_text=True)
    assert 'value="13"' in asked
    assert "from 09:32 to 09:44" in asked
    assert f'name="outage" value="{outage.id}"' in asked
    form = {"ids": ",".join(str(run.id) for run in runs), "minutes": "13", "reason": "中断。", "key": "k"}
    form["outage"] = str(outage.id)
    page = text(client.post("/invigilation/time", data=form, follow_redirects=True))
    assert "Give these" not in page
    assert "13 minutes given" in page


def filled(page, **more):
    """What a browser sends of the form for time on this page."""
    sent = dict(re.findall(r'name="(ids|key|known|outage)"[^>]* value="([^"]*)"', page.get_data(as_text=True)))
    return {**sent, "minutes": "12", "reason": "中断。", **more}


def test_two_trainers_who_follow_one_alert_give_its_time_once(session, client, clients, trainer, runs):
    outage = make_outage(session, LATER - timedelta(minutes=12), LATER)
    other = clients()
    other.sign_in(make_person(session, Role.TRAINER, locale="en"))
    forms = [filled(one.get(f"/invigilation/time?outage={outage.id}")) for one in (client, other)]
    client.post("/invigilation/time", data=forms[0])
    page = text(other.post("/invigilation/time", data=forms[1], follow_redirects=True))
    assert "3 people have had time for this outage meanwhile, and were left out: " in page
    assert "王浩" in page
    assert [seconds for _run, seconds, _reason in credits(session)] == [720] * 3


def test_whoever_follows_an_alert_when_all_have_had_their_time_is_told_so(session, client, trainer, runs):
    outage = make_outage(session, LATER - timedelta(minutes=12), LATER)
    alert = f"/invigilation/time?outage={outage.id}"
    client.post("/invigilation/time", data=filled(client.get(alert)))
    page = text(client.get(alert, follow_redirects=True))
    assert "Everybody who sits now and whom this outage hit has had time for it." in page
    assert "Tick people in the list first" not in page


def test_the_same_form_sent_twice_gives_once(session, client, trainer, runs):
    form = filled(client.get(f"/invigilation/time?id={runs[0].id}"))
    client.post("/invigilation/time", data=form)
    page = text(client.post("/invigilation/time", data=form, follow_redirects=True))
    assert "1 person had this time already: the form came twice." in page
    assert credits(session) == [(runs[0].id, 720, "中断。")]
    client.post("/invigilation/time", data=filled(client.get(f"/invigilation/time?id={runs[0].id}")))
    assert len(credits(session)) == 2


def test_a_form_without_a_key_is_asked_again_with_one(session, client, trainer, runs):
    answer = client.post("/invigilation/time", data={"ids": str(runs[0].id), "minutes": "5", "reason": "停电。"})
    assert answer.status_code == 422
    assert credits(session) == []
    assert len(filled(answer)["key"]) > 20


def test_who_has_had_time_besides_is_named_before_time_is_given_for_an_outage(session, client, trainer, runs):
    client.post("/invigilation/time", data=filled(client.get(f"/invigilation/time?id={runs[0].id}"), minutes="5"))
    outage = make_outage(session, LATER - timedelta(minutes=12), LATER)
    page = text(client.get(f"/invigilation/time?outage={outage.id}"))
    assert "without saying that it was for this outage: 王浩 (5 minutes)" in page


def test_a_message_of_spaces_is_asked_for_again_in_its_form(client, trainer, runs):
    answer = client.post("/invigilation/message", data={"ids": str(runs[0].id), "text": " \n "})
    assert answer.status_code == 422
    assert "Write what the candidates should read." in text(answer)
    assert 'name="text"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("what", ["time", "message"])
def test_without_anybody_chosen_the_list_says_to_tick(client, trainer, what):
    for query in ("", "?id=", "?id=x", "?id=999999", "?exam=999999", "?outage=999999"):
        answer = client.get(f"/invigilation/{what}{query}", follow_redirects=True)
        assert "Tick people in the list first" in text(answer), query


@pytest.mark.parametrize("what", ["time", "message"])
def test_only_ones_own_exam_gets_nothing(session, client, what, set_clock):
    set_clock(LATER)
    both = make_person(session, Role.TRAINER, Role.NEW_HIRE, locale="en")
    run = begin(session, both)
    client.sign_in(both)
    assert "Your own exam is left out" in text(client.get(f"/invigilation/{what}?id={run.id}"))
    form = {"ids": str(run.id), "minutes": "5", "reason": "停电。", "text": "好。", "key": "k"}
    assert client.post(f"/invigilation/{what}", data=form).status_code == 403
    assert 'name="id"' not in client.get("/invigilation").get_data(as_text=True)


def test_a_message_is_sent_and_listed_with_who_has_read_it(session, client, trainer, runs):
    form = {"ids": ",".join(str(run.id) for run in runs), "text": "空调马上就好。"}
    assert "Sent to 3 people." in text(client.post("/invigilation/message", data=form, follow_redirects=True))
    sent = session.query(RoomMessage).order_by(RoomMessage.id).all()
    sent[0].seen_at = LATER + timedelta(seconds=7)
    listed = text(client.get("/invigilation/messages"))
    assert "空调马上就好。" in listed
    assert "1 of 3" in listed
    readers = text(client.get(f"/invigilation/messages/{sent[0].id}"))
    assert "09:50:07" in readers
    assert readers.count("not yet") == 2


def test_a_message_needs_words_and_not_too_many(client, trainer, runs):
    for said in (" ", "字" * 501):
        assert client.post("/invigilation/message", data={"ids": str(runs[0].id), "text": said}).status_code == 422


def test_the_way_back_stays_on_these_pages(client, trainer, runs):
    form = {"ids": str(runs[0].id), "minutes": "5", "reason": "停电。", "key": "k"}
    for asked, given in (("/invigilation?sort=name", "/invigilation?sort=name"), ("/profile", "/invigilation")):
        assert client.post("/invigilation/time", data={**form, "next": asked}).location == given


def test_the_record_is_read_by_trainers_and_hr_in_neutral_words(session, client, trainer, runs):
    make_events(session, runs[0], left=NOW + timedelta(minutes=2), returned=NOW + timedelta(minutes=3, seconds=20))
    make_events(session, runs[0], cause="passive", left=NOW + timedelta(minutes=4))
    make_events(session, runs[0], nobody_knows=NOW + timedelta(minutes=5))
    page = text(client.get(f"/invigilation/attempts/{runs[0].id}"))
    assert "Left the page for another window or tab." in page
    assert "Away for 1 min 20 s." in page
    assert "without the candidate’s doing" in page
    assert "nobody_knows" in page
    assert "Set this aside" in page
    hr = make_person(session, Role.HR, locale="en")
    page = text(client.sign_in(hr).get(f"/invigilation/attempts/{runs[0].id}"))
    assert "Left the page" in page
    assert "Set this aside" not in page
    assert "Give time" not in page


def test_a_crowd_is_shown_fifty_at_a_time(session, client, trainer):
    exam = make_exam(session, questions=1, places=1000)
    for _ in range(53):
        begin(session, exam=exam, opened=False)
    assert client.get("/invigilation").get_data(as_text=True).count("data-row=") == 50
    assert client.get("/invigilation?page=2").get_data(as_text=True).count("data-row=") == 3
