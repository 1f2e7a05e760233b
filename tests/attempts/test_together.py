"""What goes the short way, alike on both databases: what is plainly right. All else is left to `save`."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import PersonRole
from exam.accounts.rules import Role
from exam.attempts import actions
from exam.attempts.actions import Entry, Kept, save_together
from exam.attempts.models import Answer, Attempt
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person

SOON = NOW + timedelta(minutes=1)


def entry(attempt: Attempt, text: str = "先倾听。", **changes: Any) -> Entry:
    """An answer there is nothing against."""
    right = {
        "attempt_id": attempt.id, "person_id": attempt.person_id, "session_epoch": 0, "number": 1, "came_at": SOON,
        "position": places(attempt, Kind.SHORT_ANSWER)[0], "epoch": attempt.epoch, "data": {"text": text},
    }  # fmt: skip
    return Entry(**right | changes)


def count(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(Answer))


def test_what_nothing_speaks_against_is_kept(session: Session) -> None:
    one, other = begin(session), begin(session)
    texts = ['{"}', "全角：ＡＢ\n\t“引号”\\ 𠮷 %s"]
    kept = save_together(session, [entry(one, texts[0]), entry(other, texts[1]), entry(one, data=None, number=2)])
    assert kept == [Kept(SOON, one.deadline), Kept(SOON, other.deadline), Kept(SOON, one.deadline)]
    rows = session.execute(select(Answer.response, Answer.saved_at).order_by(Answer.attempt_id, Answer.number)).all()
    assert [tuple(row) for row in rows] == [({"text": texts[0]}, SOON), (None, SOON), ({"text": texts[1]}, SOON)]


@pytest.mark.parametrize(
    "changes",
    [
        {"person_id": 0},
        {"session_epoch": 1},
        {"epoch": 2},
        {"attempt_id": 0},
        {"came_at": NOW + timedelta(minutes=60, seconds=10, microseconds=1)},
    ],
    ids=["somebody else's", "signed out since", "an unknown page", "no such attempt", "after the grace"],
)
def test_what_is_unusual_is_left_alone(session: Session, changes: dict[str, Any]) -> None:
    one, other = begin(session), begin(session)
    assert save_together(session, [entry(one, **changes), entry(other)]) == [None, Kept(SOON, other.deadline)]
    assert count(session) == 1


def test_the_last_moment_of_grace_counts(session: Session) -> None:
    attempt = begin(session)
    last = attempt.deadline + timedelta(seconds=attempt.grace_seconds)
    assert save_together(session, [entry(attempt, came_at=last)]) == [Kept(last, attempt.deadline)]


def test_an_earlier_page_is_left_alone(session: Session) -> None:
    attempt = begin(session)
    actions.open_room(session, attempt, NOW, page="second")
    assert save_together(session, [entry(attempt, epoch=1)]) == [None]


def test_an_attempt_that_has_ended_is_left_alone(session: Session) -> None:
    closed, void = begin(session), begin(session)
    actions.submit(session, closed, [], 1, NOW)
    actions.void(session, void, make_person(session, Role.TRAINER).id, "停电", NOW)
    assert save_together(session, [entry(closed), entry(void)]) == [None, None]


def test_whoever_may_not_answer_any_more_is_left_alone(session: Session) -> None:
    gone, without_role, own_password = begin(session), begin(session), begin(session)
    people = [make_person(session), make_person(session), make_person(session)]
    for attempt, person in zip((gone, without_role, own_password), people, strict=True):
        attempt.person_id = person.id
    people[0].active = False
    people[2].must_change_password = True
    session.flush()
    row = session.get_one(PersonRole, (people[1].id, Role.NEW_HIRE))
    people[1].role_rows.remove(row)
    session.flush()
    assert save_together(session, [entry(one) for one in (gone, without_role, own_password)]) == [None] * 3


def test_a_number_used_before_is_left_alone(session: Session) -> None:
    attempt = begin(session)
    assert save_together(session, [entry(attempt, "一")]) == [Kept(SOON, attempt.deadline)]
    assert save_together(session, [entry(attempt, "一"), entry(attempt, "二")]) == [None, None]
    assert session.scalars(select(Answer.response)).all() == [{"text": "一"}]


def test_of_two_alike_in_one_group_the_first_is_kept(session: Session) -> None:
    attempt = begin(session)
    kept = save_together(session, [entry(attempt, "一"), entry(attempt, "二")])
    assert kept == [Kept(SOON, attempt.deadline), None]
    assert session.scalars(select(Answer.response)).all() == [{"text": "一"}]
