"""Pictures and sounds go to those who may see a question that shows them, and to nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.authoring import actions as authoring
from exam.papers.rules import ReviewPolicy
from exam.results import actions as results
from question_bank import bank
from question_bank.items import Kind
from question_bank.models import QuestionVersion
from question_bank.tokens import token
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_item, make_person, make_question, make_topic
from tests.courses.builders import make_course, make_enrolment, pages_of
from tests.marking.builders import LATER, hand_in, mark_all
from tests.media.builders import illustrated_exam, make_medium
from tests.question_bank.samples import wave
from tests.support.database import count_statements

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def at_noon(set_clock):
    set_clock(NOW + timedelta(minutes=5))


def seen(client, *media):
    """Which of these media this visitor gets."""
    statuses = [client.get(f"/media/{medium.name}", buffered=True).status_code for medium in media]
    assert set(statuses) <= {200, 404}
    return [status == 200 for status in statuses]


# Who may see what


def test_a_trainer_sees_every_medium_of_the_bank(session, client):
    medium = make_medium(session)
    assert seen(client.sign_in(make_person(session, Role.TRAINER)), medium) == [True]
    for role in (Role.NEW_HIRE, Role.HR, Role.ADMIN):
        assert seen(client.sign_in(make_person(session, role)), medium) == [False]


def test_in_the_room_one_sees_what_ones_own_paper_shows_and_nothing_of_its_keys(session, client):
    exam, stem, choice, key = illustrated_exam(session)
    other = make_medium(session)
    make_question(session, make_item(stem=f"看图 {token('别处', other.name)}"), topic=make_topic(session, "别的"))
    attempt, stranger = begin(session, exam=exam), make_person(session)
    assert seen(client.sign_in(session.get_one(Person, attempt.person_id)), stem, choice, key, other) == [
        True,
        True,
        False,
        False,
    ]
    assert seen(client.sign_in(stranger), stem, choice, key, other) == 4 * [False]


def test_before_the_start_and_after_the_end_of_an_attempt_there_is_nothing_to_see(session, client):
    exam, stem, choice, key = illustrated_exam(session)
    attempt = begin(session, exam=exam)
    attempts.submit(session, attempt, [], 1, NOW)
    assert seen(client.sign_in(session.get_one(Person, attempt.person_id)), stem, choice, key) == 3 * [False]


def test_a_void_attempt_shows_nothing(session, client):
    exam, stem, choice, key = illustrated_exam(session)
    attempt = begin(session, exam=exam)
    attempts.void(session, attempt, make_person(session, Role.TRAINER).id, "断电。", NOW)
    assert seen(client.sign_in(session.get_one(Person, attempt.person_id)), stem, choice, key) == 3 * [False]


def released(session, attempt):
    mark_all(session, attempt, make_person(session, Role.TRAINER))
    results.release(session, [attempt], None, LATER)


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (ReviewPolicy.SCORE_ONLY, [False, False, False]),
        (ReviewPolicy.OWN_ANSWERS, [True, True, False]),
        (ReviewPolicy.KEYS_AFTER_CLOSE, [True, True, True]),
    ],
)
def test_a_released_result_shows_the_media_of_what_it_shows(session, client, set_clock, policy, shown):
    exam, *media = illustrated_exam(session, review_policy=policy)
    attempt, other = hand_in(session, exam=exam), make_person(session)
    client.sign_in(session.get_one(Person, attempt.person_id))
    assert seen(client, *media) == 3 * [False], "not before the release"
    released(session, attempt)
    set_clock(LATER + timedelta(days=30))
    assert seen(client, *media) == shown
    page = client.get(f"/attempts/{attempt.id}/result").text
    assert [f"/media/{one.name}" in page for one in media] == shown
    assert seen(client.sign_in(other), *media) == 3 * [False]


def test_keys_wait_until_everybody_of_the_cohort_has_finished(session, client, set_clock):
    exam, *media = illustrated_exam(session)
    attempt = hand_in(session, exam=exam, right=0, text="")  # failed: a retake may follow
    results.release(session, [attempt], None, LATER)
    set_clock(LATER)
    assert seen(client.sign_in(session.get_one(Person, attempt.person_id)), *media) == 3 * [False]


def test_a_picture_of_a_corrected_explanation_is_shown_with_the_keys(session, client, set_clock):
    exam, _stem, _choice, key = illustrated_exam(session)
    attempt, better = hand_in(session, exam=exam), make_medium(session)
    for version in session.scalars(select(QuestionVersion).where(QuestionVersion.used_at.is_not(None))).all():
        item = bank.item_of(version)
        bank.correct(session, version, replace(item, explanation=token("更好", better.name)), now=LATER)
    released(session, attempt)
    set_clock(LATER + timedelta(days=30))
    assert seen(client.sign_in(session.get_one(Person, attempt.person_id)), better, key) == [True, True]


def test_a_picture_of_a_knowledge_check_goes_to_whoever_may_read_it(session, client):
    course = make_course(session, 1)
    page, medium, person = pages_of(session, course)[0], make_medium(session), make_person(session)
    make_enrolment(session, person, course)
    item = make_item(stem=f"看图 {token('收银台', medium.name)}")
    check = authoring.add_check(session, page, item, actor_id=person.id, now=NOW)
    assert seen(client.sign_in(person), medium) == [True]
    assert f'src="/media/{medium.name}"' in client.get(f"/course/{page.slug}").text
    assert seen(client.sign_in(make_person(session)), medium) == [False]
    assert seen(client.sign_in(make_person(session, Role.HR)), medium) == [True]
    authoring.edit_check(session, check, make_item(), actor_id=person.id, now=NOW)
    assert seen(client.sign_in(person), medium) == [False]


# How it is served


def test_a_medium_is_a_picture_and_nothing_more(session, client):
    medium = make_medium(session)
    answer = client.sign_in(make_person(session, Role.TRAINER)).get(f"/media/{medium.name}")
    assert answer.data == medium.content
    assert answer.content_type == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


def test_what_a_browser_has_isnt_sent_again_and_a_sound_may_be_asked_for_in_parts(session, client):
    sound = bank.store_media(session, wave(), None, NOW)
    client.sign_in(make_person(session, Role.TRAINER))
    whole = client.get(f"/media/{sound.name}")
    again = client.get(f"/media/{sound.name}", headers={"If-None-Match": whole.headers["ETag"]})
    part = client.get(f"/media/{sound.name}", headers={"Range": "bytes=0-3"})
    assert (again.status_code, again.data) == (304, b"")
    assert (part.status_code, part.data) == (206, b"RIFF")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_medium_takes_few_statements(session, client):
    exam, stem, *_ = illustrated_exam(session)
    client.sign_in(session.get_one(Person, begin(session, exam=exam).person_id))
    client.get(f"/media/{stem.name}")
    with count_statements(session) as statements:
        assert client.get(f"/media/{stem.name}").status_code == 200
    assert len(statements) <= 4, statements  # the person with their roles, whether they may, the content


# On pages


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_room_shows_pictures_at_their_size_and_takes_a_statement_for_all(session, client):
    exam, stem, choice, key = illustrated_exam(session)
    attempt = begin(session, exam=exam)
    client.sign_in(session.get_one(Person, attempt.person_id))
    with count_statements(session) as first:
        page = client.get(f"/attempts/{attempt.id}").text
    with count_statements(session) as second:
        again = client.get(f"/attempts/{attempt.id}").text
    assert (
        page.count(f'<img src="/media/{stem.name}" alt="收银台" width="{stem.width}" height="40" loading="eager"') == 8
    )
    assert page.count(f'<img src="/media/{choice.name}" alt="倾听"') == 4
    assert key.name not in page
    assert len([one for one in first if "media" in one]) == 1
    assert not [one for one in second if "media" in one]
    assert again.count("<img") == page.count("<img")


def test_lists_say_what_a_picture_shows(session, client):
    exam, stem, *_ = illustrated_exam(session)
    hand_in(session, exam=exam)
    client.sign_in(make_person(session, Role.TRAINER))
    for path in ("/questions", "/marking"):
        page = client.get(path).text
        assert "[收银台]" in page
        assert stem.name not in page


def test_a_marker_sees_the_pictures_of_question_and_key(session, client):
    exam, stem, _choice, key = illustrated_exam(session)
    attempt = hand_in(session, exam=exam)
    assert places(attempt, Kind.SHORT_ANSWER)
    client.sign_in(make_person(session, Role.TRAINER))
    work = client.get("/marking").text
    address = work.split('class="rowlink clamp" href="')[1].split('"')[0]
    page = client.get(address, follow_redirects=True).text
    assert f'src="/media/{stem.name}"' in page
    assert page.count(f'src="/media/{key.name}"') >= 3


@pytest.mark.parametrize("text", ["![门](photo.png)", f"![门]({'0' * 32}.png)", "![<b>](x.png)", "<img src=x>"])
def test_what_names_no_medium_stays_text(session, client, text):
    version = make_question(session, make_item(stem=f"看 {text}"))
    page = client.sign_in(make_person(session, Role.TRAINER)).get(f"/questions/{version.question_id}/versions/1").text
    assert "<img" not in page.split("<main")[1].split("</main>")[0]
    assert f"看 {text}".replace("<", "&lt;").replace(">", "&gt;") in page


def test_what_a_picture_shows_is_never_markup(session, client):
    medium = make_medium(session)
    version = make_question(session, make_item(stem=f'![" onload="x()<i>]({medium.name})'))
    page = client.sign_in(make_person(session, Role.TRAINER)).get(f"/questions/{version.question_id}/versions/1").text
    assert 'alt="&#34; onload=&#34;x()&lt;i&gt;"' in page
