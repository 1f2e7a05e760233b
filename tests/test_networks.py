"""What is kept of where a page came from: whether two are on one network, and only within an exam."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.attempts.actions import forget_networks
from exam.attempts.models import RoomEvent
from exam.networks import DIGITS, digest
from exam.schedule import JOBS
from exam.sittings.rules import NETWORK_KEPT
from tests.attempts.builders import begin
from tests.builders import NOW, make_person
from tests.sittings.builders import make_sitting


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8:0:1::7", "2001:db8:0:1:ffff:1:2:3", True),
        ("2001:db8:0:1::7", "2001:db8:0:2::7", False),
    ],
)
def test_one_network_has_one_digest(one, other, same):
    assert (digest(one, 1, "key") == digest(other, 1, "key")) is same


def test_a_digest_tells_nothing_outside_its_exam_and_site():
    known = {digest("192.0.2.7", exam, key) for exam in (1, 2) for key in ("key", "another")}
    assert len(known) == 4
    assert all(len(one) == DIGITS for one in known)


@pytest.mark.parametrize("address", ["", "unix:", "192.0.2.7:443"])
def test_what_is_no_address_is_not_known(address):
    assert digest(address, 1, "key") is None


def test_each_page_that_opens_the_room_leaves_the_digest_of_its_network(session: Session, client, set_clock):
    person = make_person(session)
    attempt = begin(session, person, opened=False)
    session.commit()
    set_clock(NOW + timedelta(minutes=1))
    client.sign_in(person)
    for page, address in (("a", "192.0.2.7"), ("b", "198.51.100.1")):
        body = {"page": page, "take_over": True}
        opened = client.post(
            f"/attempts/{attempt.id}/epoch",
            json=body,
            headers={"Accept": "application/json"},
            environ_overrides={"REMOTE_ADDR": address},
        )
        assert opened.status_code == 200
    kept = session.execute(select(RoomEvent.kind, RoomEvent.network, RoomEvent.detail).order_by(RoomEvent.id)).all()
    secret = client.application.secret_key
    digests = [digest(address, attempt.exam_id, secret) for address in ("192.0.2.7", "198.51.100.1")]
    assert [(kind, network) for kind, network, _ in kept] == [("started", None), *(("opened", one) for one in digests)]
    assert "192.0.2.7" not in str(kept)


def test_digests_are_cleared_after_their_time_and_the_events_stay(session: Session):
    attempt = begin(session, make_person(session), opened=False)
    for days in (NETWORK_KEPT.days + 1, NETWORK_KEPT.days - 1):
        facts = {"attempt_id": attempt.id, "kind": "opened", "detail": {}, "network": f"{days:016}"}
        session.add(RoomEvent(at=NOW - timedelta(days=days), **facts))
    session.flush()
    assert [forget_networks(session, NOW), forget_networks(session, NOW)] == [1, 0]
    session.expire_all()
    kept = session.scalars(select(RoomEvent.network).where(RoomEvent.kind == "opened").order_by(RoomEvent.at)).all()
    assert kept == [None, f"{NETWORK_KEPT.days - 1:016}"]
    assert forget_networks in {job.run for job in JOBS}


def test_a_candidate_reads_of_it_before_starting(session: Session, client, set_clock):
    set_clock(NOW)
    sitting = make_sitting(session)
    person = sitting.person
    session.commit()
    client.sign_in(person)
    for locale, said in ((None, "180\u00a0天后删除"), ("en", "deleted after 180\u00a0days")):
        person.locale = locale
        session.commit()
        assert said in client.get(f"/exam/{sitting.id}/start").text
