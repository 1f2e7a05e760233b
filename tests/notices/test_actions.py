"""Telling people, and the book of deliveries."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam.accounts import actions as accounts
from exam.accounts import queries as people
from exam.accounts.models import AuditEvent, SignInLink
from exam.accounts.rules import RESET_LASTS, Role
from exam.errors import Refused
from exam.notices import actions, queries
from exam.notices.models import Delivery, DeliveryState, Notice
from exam.notices.rules import CLAIM, Failed, NoticeKind, Sent
from tests.builders import make_person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(session):
    return make_person(session, full_name="林晓雨", email="lin@example.com")


def tell(session, person, now, key="1", kind=NoticeKind.RESULT_RELEASED, **changes):
    return actions.notify(
        session, person.id, kind, **{"key": key, "now": now, "link": "/exam", "exam": "结业测试", **changes}
    )


def delivery_of(session, notice):
    return session.scalars(select(Delivery).where(Delivery.notice_id == notice.id)).one()


def test_a_notice_is_told_in_the_site_and_waits_to_be_mailed(session, now, person):
    notice = tell(session, person, now, closes_at=now)
    session.expire_all()
    assert (notice.kind, notice.link, notice.read_at) == ("result_released", "/exam", None)
    assert notice.params == {"exam": "结业测试", "closes_at": now.isoformat()}
    delivery = delivery_of(session, notice)
    assert (delivery.state, delivery.address, delivery.next_try_at) == (DeliveryState.WAITING, "lin@example.com", now)


def test_the_same_event_is_told_once_but_to_each_person_and_of_each_kind(session, now, person):
    assert tell(session, person, now)
    assert tell(session, person, now) is None
    assert tell(session, person, now, key="2")
    assert tell(session, person, now, kind=NoticeKind.LATE_ANSWER_DECIDED)
    assert tell(session, make_person(session), now)
    assert len(session.scalars(select(Notice)).all()) == 4


def test_who_has_no_address_is_told_in_the_site_only(session, now):
    delivery = delivery_of(session, tell(session, make_person(session), now))
    assert (delivery.state, delivery.address, delivery.next_try_at) == (DeliveryState.KEPT, None, None)


def test_who_was_closed_out_or_isnt_there_is_not_told(session, now):
    assert tell(session, make_person(session, active=False), now) is None
    assert actions.notify(session, 999999, NoticeKind.CONFIRMED, key="1", now=now) is None


def test_a_notice_that_could_not_be_worded_is_refused(session, now, person):
    with pytest.raises(ValueError, match="closes_at, minutes"):
        tell(session, person, now, kind=NoticeKind.WINDOW_OPEN)


def test_reading_keeps_its_first_time(session, now, person):
    notice = tell(session, person, now)
    assert queries.unread(session, person.id) == 1
    actions.mark_read(session, notice, now)
    actions.mark_read(session, notice, now + MINUTE)
    assert notice.read_at == now
    assert queries.unread(session, person.id) == 0


def test_reading_all_leaves_other_peoples_notices(session, now, person):
    other = make_person(session)
    for whom in (person, other):
        tell(session, whom, now)
        tell(session, whom, now, key="2")
    actions.mark_all_read(session, person.id, now)
    assert (queries.unread(session, person.id), queries.unread(session, other.id)) == (0, 2)


def test_the_inbox_has_unread_ones_first_then_the_newest(session, now, person):
    for number in range(4):
        tell(session, person, now + number * MINUTE, key=str(number))
    newest, *_rest = queries.inbox(session, person.id, 20, 0)[0]
    actions.mark_read(session, newest, now)
    session.expire_all()
    found, total = queries.inbox(session, person.id, 20, 0)
    assert ([notice.key[-1] for notice in found], total) == (["2", "1", "0", "3"], 4)


# Mail


def test_a_mail_is_claimed_once_and_again_if_whoever_took_it_died(session, now, person):
    notice = tell(session, person, now)
    letter = actions.claim(session, now)
    assert (letter.address, letter.kind, letter.link, letter.name) == (
        "lin@example.com",
        notice.kind,
        "/exam",
        "林晓雨",
    )
    assert actions.claim(session, now) is None
    assert actions.claim(session, now + CLAIM).delivery_id == letter.delivery_id
    assert delivery_of(session, notice).tries == 2


def test_the_mail_that_is_due_longest_goes_first(session, now, person):
    tell(session, person, now, key="late")
    tell(session, person, now - MINUTE, key="early")
    assert actions.claim(session, now).created_at == now - MINUTE


def test_a_sent_mail_is_done(session, now, person):
    notice = tell(session, person, now)
    delivery = actions.record(session, actions.claim(session, now), Sent(), now)
    assert (delivery.state, delivery.sent_at, delivery.next_try_at) == (DeliveryState.SENT, now, None)
    assert delivery_of(session, notice) is delivery
    assert actions.claim(session, now + timedelta(days=1)) is None


def test_a_failed_mail_is_tried_five_times_then_given_up(session, now, person):
    tell(session, person, now)
    waits, at = [], now
    while (letter := actions.claim(session, at)) is not None:
        delivery = actions.record(session, letter, Failed("451 later"), at)
        if delivery.next_try_at is None:
            break
        waits.append(delivery.next_try_at - at)
        assert actions.claim(session, delivery.next_try_at - timedelta(seconds=1)) is None
        at = delivery.next_try_at
    assert [wait / MINUTE for wait in waits] == [1, 5, 30, 120]
    assert (delivery.state, delivery.tries, delivery.last_error) == (DeliveryState.FAILED, 5, "451 later")


def test_a_mail_refused_for_good_is_given_up_at_once(session, now, person):
    tell(session, person, now)
    delivery = actions.record(session, actions.claim(session, now), Failed("550 no such user", permanent=True), now)
    assert (delivery.state, delivery.tries) == (DeliveryState.FAILED, 1)


def test_without_a_mail_server_what_waits_is_kept(session, now, person):
    notice = tell(session, person, now)
    actions.keep_waiting(session)
    session.expire_all()
    assert delivery_of(session, notice).state is DeliveryState.KEPT


def test_a_failed_mail_is_sent_again_to_the_present_address(session, now, person):
    admin = make_person(session, Role.ADMIN)
    notice = tell(session, person, now)
    delivery = actions.record(session, actions.claim(session, now), Failed("550", permanent=True), now)
    person.email = "new@example.com"
    actions.try_again(session, delivery, admin.id, now)
    assert (delivery.state, delivery.tries, delivery.address) == (DeliveryState.WAITING, 0, "new@example.com")
    assert actions.claim(session, now).address == "new@example.com"
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.about_id) == ("mail.tried_again", person.id)
    assert notice.person_id == person.id


def test_sending_again_what_waits_or_was_sent_is_refused(session, now, person):
    delivery = delivery_of(session, tell(session, person, now))
    with pytest.raises(Refused):
        actions.try_again(session, delivery, person.id, now)
    actions.record(session, actions.claim(session, now), Sent(), now)
    with pytest.raises(Refused):
        actions.try_again(session, delivery, person.id, now)


def test_sending_again_to_nobodys_address_is_refused(session, now):
    person = make_person(session)
    delivery = delivery_of(session, tell(session, person, now))
    with pytest.raises(Refused) as refusal:
        actions.try_again(session, delivery, person.id, now)
    assert refusal.value.code == "no_address"


def test_a_link_that_was_asked_for_is_made_only_when_its_mail_leaves(session, now, person):
    accounts.ask_for_link(session, person.username, "192.0.2.7", now)
    assert session.scalars(select(SignInLink)).all() == []
    letter = actions.claim(session, now)
    token = letter.link.removeprefix("/welcome/")
    stored = (
        f"{[notice.params for notice in session.scalars(select(Notice))]}{session.scalars(select(Notice)).one().link}"
    )
    assert token not in stored
    assert people.open_link(session, accounts.hash_token(token), now)
    assert people.open_link(session, accounts.hash_token(token), now + RESET_LASTS) is None
