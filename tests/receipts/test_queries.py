"""What a check finds in a database that is as it was, and in one that somebody has laid hands on."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from exam import signing
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.receipts import queries
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import checking
from exam.receipts.rules import Receipt, Signed, Verdict, digests
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.marking.builders import LATER
from tests.receipts.builders import handed_in, issued_to, revised, slip_in, unguarded, unsign
from tests.support.database import count_statements


@pytest.fixture
def attempt(app, session):
    return handed_in(app, session)


@pytest.fixture
def examine(app):
    with app.app_context():
        return signing.keyring().examine


@pytest.fixture
def look(session, examine):
    """Check all receipts of an attempt: their verdicts, with the questions that differ."""

    def check(attempt):
        found = queries.check_attempts(session, [attempt.id], examine)
        return [(one.revision, one.verdict, one.differences.positions) for one in found]

    return check


GENUINE = (1, Verdict.GENUINE, ())


def other_response(response):
    return {"choices": ["c"]} if "choices" in response else {"text": "别的"} if "text" in response else {"value": False}


def test_a_receipt_just_given_is_genuine(attempt, look):
    assert look(attempt) == [GENUINE]


def test_a_running_attempt_has_none_to_check(session, look):
    assert look(begin(session)) == []


@pytest.mark.parametrize("kind", Kind)
def test_a_changed_answer_of_any_kind_is_named(session, attempt, look, kind):
    position = places(attempt, kind)[0]
    answer = session.query(Answer).filter_by(attempt_id=attempt.id, position=position).one()
    with unguarded(session) as run:
        run(update(Answer).where(Answer.id == answer.id).values(response=other_response(answer.response)))
    assert look(attempt) == [(1, Verdict.CHANGED, (position,))]


def test_an_answer_taken_away_moved_or_slipped_in_is_named(session, attempt, look):
    places_of = {kind: places(attempt, kind)[0] for kind in Kind}
    one, two, three = (places_of[kind] for kind in (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE))
    first, second = (
        session.query(Answer.id).filter_by(attempt_id=attempt.id, position=at).scalar() for at in (one, two)
    )
    with unguarded(session) as run:
        run(delete(Answer).where(Answer.id == first))
        run(update(Answer).where(Answer.id == second).values(position=one))
    assert look(attempt) == [(1, Verdict.CHANGED, tuple(sorted((one, two))))]
    session.add(Answer(attempt_id=attempt.id, position=three, epoch=3, number=1, response=None, saved_at=NOW))
    session.flush()
    assert look(attempt) == [(1, Verdict.CHANGED, tuple(sorted((one, two, three))))]


def test_other_facts_of_the_attempt_are_named(session, attempt, examine):
    attempt.person_id, attempt.closed_at = make_person(session).id, LATER + timedelta(seconds=1)
    session.flush()
    [found] = queries.check_attempts(session, [attempt.id], examine)
    assert (found.verdict, found.differences.facts) == (Verdict.CHANGED, ("person", "closed_at"))


def test_a_record_written_over_is_forged_however_well(session, attempt, look):
    """With the salt from the database everything in a receipt can be worked out anew, but not its signature."""
    issued = issued_to(session, attempt)
    receipt, answers = issued.signed.receipt, dict.fromkeys(range(1, 9))
    digest, each = digests(issued.salt, answers)
    forged = Receipt(receipt.facts, 1, receipt.written_at, 8, 0, digest, each, receipt.key)
    with unguarded(session) as run:
        run(delete(Answer).where(Answer.attempt_id == attempt.id))
        run(update(IssuedReceipt).values(content=forged.to_text()))
    assert look(attempt) == [(1, Verdict.FORGED, ())]


@pytest.mark.parametrize("content", ["", "{}", "乱写"])
def test_a_record_that_is_none_is_forged(session, attempt, look, content):
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(content=content))
    assert look(attempt) == [(1, Verdict.FORGED, ())]


def test_a_genuine_receipt_in_the_place_of_another_is_forged(app, session, attempt, look):
    other = handed_in(app, session)
    content, signature = issued_to(session, other).content, issued_to(session, other).signature
    with unguarded(session) as run:
        run(
            update(IssuedReceipt)
            .where(IssuedReceipt.attempt_id == attempt.id)
            .values(content=content, signature=signature)
        )
    assert look(attempt) == [(1, Verdict.FORGED, ())]


def test_without_its_salt_every_answer_differs(session, attempt, look):
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(salt="00" * 16))
    assert look(attempt) == [(1, Verdict.CHANGED, tuple(range(1, 9)))]


def test_a_missing_receipt_is_missed(app, session, attempt, look):
    revised(app, session, attempt)
    with unguarded(session) as run:
        run(delete(IssuedReceipt).where(IssuedReceipt.revision == 1))
    assert look(attempt) == [(1, Verdict.NOT_ON_RECORD, ()), (2, Verdict.GENUINE, ())]
    session.execute(delete(IssuedReceipt))
    assert look(attempt) == [(1, Verdict.NOT_ON_RECORD, ())]


def test_each_revision_is_held_against_what_counted_then(app, session, attempt, look):
    position = revised(app, session, attempt)
    again = revised(app, session, attempt, "更晚的话。")
    assert position == again
    assert look(attempt) == [(n, Verdict.GENUINE, ()) for n in (1, 2, 3)]
    added = issued_to(session, attempt, 2).added_answer_id
    with unguarded(session) as run:
        run(update(Answer).where(Answer.id == added).values(response={"text": "别的"}))
    assert look(attempt) == [
        (1, Verdict.LATER_UNSOUND, ()),
        (2, Verdict.CHANGED, (position,)),
        (3, Verdict.GENUINE, ()),
    ]


def test_an_answer_slipped_in_with_a_receipt_of_its_own_is_named(session, attempt, look, examine):
    """Plain INSERTs, past every trigger: what no signature vouches for takes nothing out of what counts."""
    brought = issued_to(session, attempt).signed
    position = slip_in(session, attempt)
    assert look(attempt) == [(1, Verdict.CHANGED, (position,)), (2, Verdict.FORGED, ())]
    found = queries.check_signed(session, brought, examine)
    assert (found.verdict, found.differences.positions) == (Verdict.CHANGED, (position,))
    found = queries.check(session, attempt.id, brought.receipt.digest, examine)
    assert (found.verdict, found.differences.positions) == (Verdict.CHANGED, (position,))


def test_a_genuine_receipt_does_not_stand_for_a_made_up_one_after_it(session, attempt, look, examine):
    brought = issued_to(session, attempt).signed
    slip_in(session, attempt, answer=False)
    assert look(attempt) == [(1, Verdict.LATER_UNSOUND, ()), (2, Verdict.FORGED, ())]
    assert queries.check_signed(session, brought, examine).verdict is Verdict.LATER_UNSOUND
    assert queries.check(session, attempt.id, brought.receipt.digest, examine).verdict is Verdict.LATER_UNSOUND
    with unguarded(session) as run:
        run(update(IssuedReceipt).filter_by(revision=2).values(content=brought.text, signature=brought.signature))
    assert look(attempt) == [(1, Verdict.LATER_UNSOUND, ()), (2, Verdict.FORGED, ())], "the first once more"


def test_a_number_far_away_is_looked_at_at_once(session, attempt, look):
    slip_in(session, attempt, answer=False)
    with unguarded(session) as run:
        run(update(IssuedReceipt).filter_by(revision=2).values(revision=2**31 - 1))
    assert look(attempt) == [(1, Verdict.LATER_UNSOUND, ()), (2**31 - 1, Verdict.FORGED, ())]


def test_a_revision_without_the_decision_that_made_it_is_told(app, session, attempt, examine):
    revised(app, session, attempt)
    session.query(LateAnswer).update({"accepted": False})
    first, second = queries.check_attempts(session, [attempt.id], examine)
    assert (first.verdict, second.verdict) == (Verdict.LATER_UNSOUND, Verdict.CHANGED)
    assert second.differences.facts == ("late_answer",)


def test_a_revision_gone_together_with_its_answer_is_missed(app, session, attempt, look, examine):
    first = issued_to(session, attempt).signed
    revised(app, session, attempt)
    last = issued_to(session, attempt, 2)
    brought, added = last.signed, last.added_answer_id
    with unguarded(session) as run:
        run(delete(IssuedReceipt).where(IssuedReceipt.revision == 2))
        run(delete(Answer).where(Answer.id == added))
    assert look(attempt) == [(1, Verdict.LATER_UNSOUND, ()), (2, Verdict.NOT_ON_RECORD, ())]
    assert queries.check_signed(session, first, examine).verdict is Verdict.LATER_UNSOUND
    assert queries.check_signed(session, brought, examine).verdict is Verdict.NOT_ON_RECORD
    code = brought.receipt.digest
    assert queries.check(session, attempt.id, code, examine).verdict is Verdict.NOT_ON_RECORD


def test_a_receipt_that_nobody_signed_proves_nothing(session, attempt, look, examine):
    unsign(session, attempt)
    assert [found[:2] for found in look(attempt)] == [(1, Verdict.UNSIGNED)]
    assert queries.check_signed(session, issued_to(session, attempt).signed, examine).verdict is Verdict.UNSIGNED


def test_a_receipt_that_is_brought_counts_more_than_the_record(app, session, attempt, examine):
    brought = Signed(issued_to(session, attempt).content, issued_to(session, attempt).signature)

    def says(signed):
        return queries.check_signed(session, signed, examine).verdict

    assert says(brought) is Verdict.GENUINE
    assert says(Signed(brought.text, issued_to(session, handed_in(app, session)).signature)) is Verdict.FORGED
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(salt="", content="{}"))
    assert says(brought) is Verdict.NOT_ON_RECORD
    session.execute(delete(IssuedReceipt))
    assert says(brought) is Verdict.NOT_ON_RECORD


def test_a_check_code_finds_its_revision(app, session, attempt, examine):
    revised(app, session, attempt)
    for number in (1, 2):
        code = issued_to(session, attempt, number).signed.receipt.digest
        for part in (code, code[:16]):
            found = queries.check(session, attempt.id, part, examine)
            assert (found.revision, found.verdict, found.newest) == (number, Verdict.GENUINE, 2)
    assert queries.check(session, attempt.id, "0" * 16, examine) is None


def test_where_the_record_is_spoilt_no_code_is_called_wrong(session, attempt, examine):
    code = issued_to(session, attempt).signed.receipt.digest
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(content=issued_to(session, attempt).content.replace(code, "0" * 64)))
    assert queries.check(session, attempt.id, code, examine).verdict is Verdict.FORGED
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(content="{}"))
    assert queries.check(session, attempt.id, code, examine).verdict is Verdict.FORGED
    assert queries.newest(session, attempt.id) is None
    session.execute(delete(IssuedReceipt))
    assert queries.check(session, attempt.id, code, examine).verdict is Verdict.NOT_ON_RECORD


def test_all_are_found_in_turn_with_few_statements(app, session, examine, monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    ids = [handed_in(app, session).id for _ in range(3)]
    begin(session)
    assert queries.closed_after(session, 0) == ids[:2]
    assert queries.closed_after(session, ids[1]) == ids[2:]
    assert queries.closed_after(session, ids[2]) == []
    with count_statements(session) as statements:
        found = list(queries.check_attempts(session, ids, examine))
    assert [one.attempt_id for one in found] == ids
    assert len(statements) <= 5


def test_an_attempt_set_aside_keeps_its_receipt(session, attempt, look):
    attempt.voided_at, attempt.void_reason = LATER, "停电"
    session.flush()
    assert look(attempt) == [GENUINE]
    assert session.get_one(Attempt, attempt.id).voided_at
