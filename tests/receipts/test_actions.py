"""Giving receipts: with the closing or not at all, once, and anew for a late answer."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from exam.attempts import actions
from exam.attempts.actions import Waiting
from exam.attempts.models import Answer, Attempt
from exam.events import attempts_closed
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import revisions
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import begin, places
from tests.marking.builders import LATER, hand_in
from tests.receipts.builders import issued_to, receipt_of, revised


def test_handing_in_is_whole_or_not_at_all(session):
    attempt = begin(session)
    waiting = [Waiting(places(attempt, Kind.SHORT_ANSWER)[0], 1, TextResponse("还没送出"))]

    def fail(_attempt, **_):
        raise RuntimeError("a listener fails")

    with attempts_closed.connected_to(fail), pytest.raises(RuntimeError), session.begin_nested():
        actions.submit(session, attempt, waiting, 1, LATER)
    session.expire_all()
    assert session.get_one(Attempt, attempt.id).closed_at is None
    assert session.query(Answer).count() == session.query(IssuedReceipt).count() == 0
    actions.submit(session, attempt, waiting, 1, LATER)
    assert receipt_of(session, attempt).answered == 1


def test_each_receipt_has_a_salt_of_its_own(session):
    one, other = hand_in(session), hand_in(session)
    salts = {issued_to(session, attempt).salt for attempt in (one, other)}
    assert len(salts) == 2
    assert {len(salt) for salt in salts} == {32}
    assert set(receipt_of(session, one).answers.values()).isdisjoint(receipt_of(session, other).answers.values())


def test_a_late_answer_makes_a_revision_and_the_first_stays_as_it_was(app, session):
    attempt = hand_in(session, text="")
    before = issued_to(session, attempt).content
    position = revised(app, session, attempt)
    last, first = revisions(session, attempt.id)
    assert first.issued.content == before
    assert (last.position, last.receipt.revision, last.receipt.answered) == (position, 2, first.receipt.answered + 1)
    assert last.receipt.facts == first.receipt.facts
    same = {place for place, digest in first.receipt.answers.items() if last.receipt.answers[place] == digest}
    assert same == set(), "with another salt not even unchanged answers can be told"


def test_there_is_one_receipt_of_a_number_and_revision(session):
    issued = issued_to(session, hand_in(session))
    twin = {"content": "x", "signature": "", "salt": "", "attempt_id": issued.attempt_id, "revision": 1}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(IssuedReceipt).values(**twin))
