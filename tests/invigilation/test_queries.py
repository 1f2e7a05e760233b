"""What the live page and the record read."""

from datetime import timedelta
from fractions import Fraction

import pytest

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.attempts.models import LateAnswer, Statement
from exam.beats import Beat
from exam.invigilation import actions, queries
from exam.invigilation.actions import TimeSlip
from exam.invigilation.queries import Wanted
from exam.invigilation.rules import Heard
from exam.marking import actions as marking
from exam.sittings.models import Sitting
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import answer, begin, places, right_answers
from tests.builders import NOW, make_exam, make_person
from tests.invigilation.builders import make_contact, make_events, make_outage
from tests.results.builders import into_cohort
from tests.sittings.builders import at, make_booking, make_sitting

AFTER = NOW + timedelta(minutes=10)


def minutes(number):
    return NOW + timedelta(minutes=number)


def room(session, now=AFTER, sort="left", descending=False, **wanted):
    found, total, quiet = queries.in_room(session, Wanted(**wanted), now, sort, descending, offset=0, limit=50)
    assert total == len(found)
    silent = Wanted(**{**wanted, "quiet": True})
    assert quiet == queries.in_room(session, silent, now, sort, descending, offset=0, limit=50)[1]
    return found


def ids(found):
    return [one.attempt_id for one in found]


def test_a_row_says_how_far_somebody_is(session):
    run = begin(session, make_person(session, time_factor=Fraction(3, 2)))
    responses = right_answers(run)
    for position in (1, 2, 3):
        answer(session, run, position, responses[position], minutes(1))
    answer(session, run, 3, None, minutes(2), number=2)
    attempts.open_room(session, run, minutes(3), page="second")
    make_contact(session, run, minutes(9), waiting=2)
    trainer = make_person(session, Role.TRAINER)
    actions.give_minutes(session, [run.id], 7, "停电。", trainer, minutes(9))
    actions.say(session, [run.id], "好。", trainer, minutes(9))
    (row,) = room(session)
    assert (row.answered, row.slots, row.waiting, row.takeovers, row.unread) == (2, 8, 2, 1, 1)
    assert (row.given, row.minutes, row.usual_minutes) == (timedelta(minutes=7), 90, 60)
    assert row.left == timedelta(minutes=90 + 7 - 10)
    assert row.heard_at == minutes(9)


def test_an_answer_or_a_page_that_opens_is_a_contact_too(session):
    opened, silent = begin(session), begin(session, opened=False)
    saving = begin(session)
    answer(session, saving, 1, right_answers(saving)[1], AFTER)
    rows = {row.attempt_id: row for row in room(session)}
    assert rows[silent.id].heard is Heard.NEVER
    assert rows[opened.id].heard is Heard.QUIET
    assert rows[opened.id].heard_at == NOW
    assert rows[saving.id].heard is Heard.NOW


def test_whoever_just_saved_an_answer_is_not_counted_as_offline(session):
    """However long ago the page's last word came: the later of both counts, for the number, the list and its order."""
    silent, saving, speaking = (begin(session) for _ in range(3))
    for run, said, saved in ((silent, 1, 7), (saving, 1, 9.75), (speaking, 9.75, 2)):
        make_contact(session, run, minutes(said))
        answer(session, run, 1, right_answers(run)[1], minutes(saved))
    make_contact(session, speaking, minutes(9.9))
    assert [one.heard for one in room(session, sort="start")] == [Heard.QUIET, Heard.NOW, Heard.NOW]
    assert ids(room(session, quiet=True)) == [silent.id]
    assert queries.in_room(session, Wanted(), AFTER, "left", False, offset=0, limit=50)[1:] == (3, 1)
    assert ids(room(session, sort="contact")) == [silent.id, saving.id, speaking.id]
    make_contact(session, saving, minutes(8))
    make_contact(session, silent, minutes(7.5))
    later = minutes(10.5)
    assert ids(room(session, later, sort="contact", quiet=True)) == [silent.id, saving.id, speaking.id]


def test_whoever_has_just_opened_the_room_again_is_not_counted_as_offline(session):
    back, silent = begin(session), begin(session)
    attempts.open_room(session, back, minutes(9.9), page="again")
    assert [one.heard for one in room(session, sort="start")] == [Heard.NOW, Heard.QUIET]
    assert ids(room(session, quiet=True)) == [silent.id]
    assert queries.in_room(session, Wanted(), AFTER, "left", False, offset=0, limit=50)[1:] == (2, 1)
    assert ids(room(session, sort="contact")) == [silent.id, back.id]


def test_only_running_attempts_are_in_the_room(session):
    running, handed_in, aside = begin(session), begin(session), begin(session)
    attempts.submit(session, handed_in, [], 1, minutes(5))
    attempts.void(session, aside, make_person(session, Role.TRAINER).id, "停电。", minutes(6))
    assert ids(room(session)) == [running.id]
    assert queries.running(session) == 1
    (closed,), total = queries.closed_lately(session, Wanted(), AFTER, 10)
    assert (closed.attempt_id, closed.answered, closed.slots, closed.late, total) == (handed_in.id, 0, 8, 0, 1)
    assert queries.closed_lately(session, Wanted(), AFTER + timedelta(minutes=40), 10) == ([], 0)


def test_the_room_can_be_narrowed_down(session):
    first, second = make_exam(session), make_exam(session)
    wang, li = make_person(session, full_name="王浩"), make_person(session, full_name="李佳怡", staff_number="HY9")
    runs = [begin(session, wang, first), begin(session, li, second)]
    into_cohort(session, cohort_id := queries.cohorts(session)[0][0], runs[1])
    make_contact(session, runs[0], AFTER)
    assert ids(room(session, text="王")) == [runs[0].id]
    assert ids(room(session, text="hy9")) == [runs[1].id]
    assert ids(room(session, exam_id=second.id)) == [runs[1].id]
    assert runs[1].id in ids(room(session, cohort_id=cohort_id))
    assert ids(room(session, quiet=True)) == [runs[1].id]
    assert ids(room(session, text="谁")) == []


@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        ("left", False, [0, 1, 2]),
        ("left", True, [2, 1, 0]),
        ("name", False, [1, 2, 0]),
        ("contact", False, [2, 0, 1]),
        ("start", True, [2, 1, 0]),
    ],
)
def test_the_room_can_be_sorted(session, sort, descending, order):
    people = [make_person(session, name_key=key) for key in ("c", "a", "b")]
    runs = [begin(session, person, now=minutes(n)) for n, person in enumerate(people)]
    for run, contact in zip(runs, (8, 9, 7), strict=True):
        make_contact(session, run, minutes(contact))
    assert ids(room(session, sort=sort, descending=descending)) == [runs[place].id for place in order]


def test_who_has_booked_and_not_started_is_expected(session):
    exam = make_exam(session, places=10)
    for place, starts_at in enumerate((at(2, 9, 0), at(2, 9, 30), at(2, 10, 30), at(2, 11, 30)), start=1):
        make_booking(session, make_sitting(session, exam), starts_at, place)
    begun = begin(session, exam=exam)
    make_booking(session, session.get_one(Sitting, begun.sitting_id), at(2, 9, 30), 9)
    found, total = queries.coming(session, Wanted(), AFTER, 10)
    assert [one.starts_at for one in found] == [at(2, 9, 30), at(2, 10, 30)]
    assert total == 2
    assert len(queries.coming(session, Wanted(), AFTER, 10, ahead=None)[0]) == 3
    assert queries.coming(session, Wanted(exam_id=exam.id + 1), AFTER, 10) == ([], 0)


def test_an_outage_knows_whom_it_hit_and_who_is_still_owed(session):
    trainer = make_person(session, Role.TRAINER)
    early, sat, given = begin(session), begin(session), begin(session)
    attempts.submit(session, early, [], 1, minutes(1))
    outage = make_outage(session, minutes(2), minutes(15))
    handed_in = begin(session, now=minutes(1))
    attempts.submit(session, handed_in, [], 1, minutes(20))
    late = begin(session, now=minutes(16))
    make_outage(session, NOW - timedelta(hours=2), NOW - timedelta(hours=1))  # hit nobody
    (hit,) = queries.outages(session, minutes(21))
    assert (hit.hit, hit.running, hit.owed) == (3, 2, 2)
    actions.give_minutes(session, [given.id], 13, "中断。", trainer, minutes(21), TimeSlip(outage_id=outage.id))
    (hit,) = queries.outages(session, minutes(22))
    assert (hit.running, hit.owed) == (2, 1)
    assert queries.owed(session, outage.id) == (outage, {sat.id: timedelta(minutes=13)})
    rows = {row.attempt_id: queries.lost_to([hit], row) for row in room(session, now=minutes(22))}
    assert rows == {sat.id: timedelta(minutes=13), given.id: timedelta(minutes=13), late.id: timedelta()}


def test_an_outage_is_made_good_by_all_of_its_time_and_by_no_other(session):
    trainer, run = make_person(session, Role.TRAINER), begin(session)
    for began, ended in ((0, 6), (10, 16), (20, 26)):  # the site gives back a quarter of an hour at most
        session.merge(Beat(id=1, at=minutes(began)))
        outage = attempts.beat(session, minutes(ended))
    assert queries.owed(session, outage.id)[1] == {run.id: timedelta(minutes=3)}
    attempts.beat(session, minutes(26.5))
    actions.give_minutes(session, [run.id], 10, "空调坏了。", trainer, minutes(26.9))
    assert queries.owed(session, outage.id)[1] == {run.id: timedelta(minutes=3)}
    assert queries.given_besides(session, outage, [run.id]) == {run.id: timedelta(minutes=10)}
    assert [hit.owed for hit in queries.outages(session, minutes(26.9))] == [1, 0, 0]
    actions.give_minutes(session, [run.id], 3, "中断。", trainer, minutes(26.9), TimeSlip(outage_id=outage.id))
    assert not queries.owed(session, outage.id)[1]


def test_a_long_outage_is_not_made_good_by_a_short_one_after_it(session):
    run = begin(session)
    for began, ended in ((10, 22), (23, 24)):
        session.merge(Beat(id=1, at=minutes(began)))
        attempts.beat(session, minutes(ended))
    short, long = queries.outages(session, minutes(25))
    assert (long.owed, short.owed) == (1, 0)
    assert queries.owed(session, long.outage.id)[1] == {run.id: timedelta(minutes=12)}


def test_what_was_said_stands_once_with_who_has_read_it(session):
    trainer = make_person(session, Role.TRAINER, full_name="周敏")
    runs = [begin(session, make_person(session, name_key=key)) for key in "ab"]
    actions.say(session, [run.id for run in runs], "到十点。", trainer, minutes(5))
    actions.say(session, [runs[0].id], "到十点。", trainer, minutes(6))
    one, many = queries.said_page(session, AFTER, offset=0, limit=20)[0]
    assert (one.to, one.read, one.only) == (1, 0, session.get_one(type(trainer), runs[0].person_id).full_name)
    assert (many.to, many.read, many.only, many.sent_by) == (2, 0, None, "周敏")
    assert queries.said(session, many.first_id) == many
    assert [reader.attempt_id for reader in queries.reader_page(session, many.first_id, offset=0, limit=20)] == [
        run.id for run in runs
    ]
    assert queries.said_page(session, AFTER + timedelta(days=8), offset=0, limit=20) == ([], 0)
    assert queries.said(session, 10**6) is None


def test_the_record_has_everything_in_order_of_time(session):
    trainer = make_person(session, Role.TRAINER, full_name="周敏")
    run = begin(session)
    make_events(session, run, left=minutes(2), returned=minutes(3))
    attempts.open_room(session, run, minutes(4), page="first")
    attempts.open_room(session, run, minutes(5), page="phone")
    make_outage(session, minutes(6), minutes(8))
    actions.give_minutes(session, [run.id], 5, "停电。", trainer, minutes(9))
    actions.say(session, [run.id], "好。", trainer, minutes(10))
    attempts.close_if_due(session, run, minutes(66))
    position = places(run, Kind.SHORT_ANSWER)[0]
    for number in (8, 9):
        session.add(
            LateAnswer(
                attempt_id=run.id, position=position, epoch=2, number=number, response={"text": "迟"},
                arrived_at=minutes(70), written_at=minutes(64), left_ms=60_000, offline_ms=360_000,
            )
        )  # fmt: skip
    session.add(Statement(attempt_id=run.id, text="断网了。", written_at=minutes(75)))
    session.flush()
    late = session.query(LateAnswer).first()
    marking.decide_late(session, late, True, "断网。", trainer, minutes(80))
    found = queries.record(session, run.id, minutes(90))
    assert [line.what for line in found.lines] == [
        "started", "opened", "left", "returned", "opened", "opened", "outage", "time_given", "message", "time_up",
        "late_answer", "late_answer", "statement", "late_decided", "receipt_revised",
    ]  # fmt: skip
    lines = {line.what: line for line in found.lines}
    assert [line.facts["again"] for line in found.lines if line.what == "opened"] == [None, True, False]
    assert lines["returned"].facts["lasted"] == timedelta(minutes=1)
    assert lines["outage"].facts["lost"] == timedelta(minutes=2)
    assert lines["time_given"].by == lines["message"].by == lines["late_decided"].by == "周敏"
    assert lines["late_answer"].facts["offline"] == timedelta(minutes=6)
    assert lines["late_decided"].facts["accepted"]
    assert not found.running


def test_an_attempt_set_aside_says_by_whom_and_why(session):
    trainer, run = make_person(session, Role.TRAINER, full_name="周敏"), begin(session)
    attempts.void(session, run, trainer.id, "停电。", minutes(5))
    last = queries.record(session, run.id, AFTER).lines[-1]
    assert (last.what, last.by, last.facts["text"]) == ("voided", "周敏", "停电。")
    assert queries.record(session, 10**6, AFTER) is None


def test_a_late_answer_refused_stays_refused_in_the_record(session):
    trainer, run = make_person(session, Role.TRAINER), begin(session)
    attempts.close_if_due(session, run, minutes(61))
    position = places(run, Kind.SHORT_ANSWER)[0]
    saved = attempts.save(session, run, position, 1, 5, TextResponse("迟"), minutes(62))
    assert saved.outcome == "after_deadline"
    late = session.query(LateAnswer).one()
    marking.decide_late(session, late, False, "太晚。", trainer, minutes(70))
    assert queries.record(session, run.id, minutes(80)).lines[-1].facts["accepted"] is False
