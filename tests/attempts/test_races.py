"""Two requests at once, on databases with real commits: each pair ends as if one had come after the other."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.rules import Role
from exam.app import create_app
from exam.attempts import actions, queries
from exam.attempts.actions import Noticed, Waiting
from exam.attempts.models import Answer, Attempt, Prepared, RoomEvent
from exam.attempts.rules import Cause, PageEvent
from exam.beats import Beat, Outage
from exam.db import db
from exam.errors import Refused
from exam.events import attempts_closed
from exam.marking.models import Mark
from exam.papers.models import Paper, Slot
from exam.receipts.models import IssuedReceipt
from exam.receipts.rules import digests
from exam.results.models import Result
from exam.sittings.queries import own_sitting
from question_bank.items import Kind, TextResponse
from tests.attempts.builders import begin, make_ready_sitting, places
from tests.builders import NOW, make_exam, make_person
from tests.receipts.builders import receipt_of
from tests.support.database import testing_config

AT_ONCE = 8
LATER = NOW + timedelta(minutes=1)
AFTER = NOW + timedelta(minutes=60, seconds=11)


@pytest.fixture(scope="module")
def racing(database: str, new_database: Callable[[str], str]) -> Iterator[Flask]:
    """An app on a database of its own, where every commit is one."""
    app = create_app(testing_config(new_database(database)))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, acts: list[Callable[[Session], Any]]) -> list[Any]:
    """What came of acts that all begin in the same moment, each in its own transaction: a value or a refusal's code."""
    ready = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> Any:
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            ready.wait()
            try:
                value = act(session)
                session.commit()
            except Refused as refusal:
                return refusal.code
            return value

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def press(key: tuple[int, int]) -> Callable[[Session], Any]:
    """Press start, as this person for this sitting."""
    return lambda session: actions.start_own(session, *key, LATER)


def running(session: Session) -> tuple[int, int]:
    """A committed attempt with an open room: its id, and the position of a short answer."""
    attempt = begin(session)
    session.commit()
    return attempt.id, places(attempt, Kind.SHORT_ANSWER)[0]


def test_pressing_start_many_times_makes_one_attempt(racing: Flask) -> None:
    with Session(db.engine) as session:
        sitting = make_ready_sitting(session)
        session.commit()
        key, exam_id = (sitting.person_id, sitting.id), sitting.exam_id

    def press(session: Session) -> int:
        sitting = own_sitting(session, *key)
        assert sitting
        return actions.start(session, sitting, LATER).id

    ids = at_once(racing, [press] * AT_ONCE)
    assert len(set(ids)) == 1
    with Session(db.engine) as session:
        assert session.scalar(select(func.count()).where(Attempt.sitting_id == key[1])) == 1
        assert session.scalar(select(func.count()).where(Paper.exam_id == exam_id)) == 1


def test_pressing_start_many_times_takes_the_prepared_paper_once(racing: Flask) -> None:
    with Session(db.engine) as session:
        sitting = make_ready_sitting(session)
        actions.prepare(session, NOW)
        session.commit()
        key, exam_id = (sitting.person_id, sitting.id), sitting.exam_id

    ids = at_once(racing, [press(key)] * AT_ONCE)
    assert len(set(ids)) == 1
    with Session(db.engine) as session:
        prepared = session.get_one(Prepared, key[1])
        assert session.get_one(Attempt, ids[0]).paper_id == prepared.paper_id
        assert session.scalar(select(func.count()).where(Paper.exam_id == exam_id)) == 1


def test_a_paper_being_started_and_thrown_away_at_once_is_one_or_the_other(racing: Flask) -> None:
    """To the job it is a week later: the window has passed."""
    for _ in range(5):
        with Session(db.engine) as session:
            sitting = make_ready_sitting(session)
            actions.prepare(session, NOW)
            session.commit()
            key = (sitting.person_id, sitting.id)
            prepared = session.get_one(Prepared, sitting.id).paper_id
        id, thrown = at_once(racing, [press(key), lambda s: actions.discard_stale(s, NOW + timedelta(days=9))])
        with Session(db.engine) as session:
            attempt = session.get_one(Attempt, id)
            assert session.scalar(select(func.count()).where(Slot.paper_id == attempt.paper_id)) == 8
            assert (attempt.paper_id == prepared) == (session.get(Paper, prepared) is not None)
            assert thrown or session.get(Prepared, key[1])


def test_the_last_places_of_a_half_hour_go_to_as_many_as_there_are(racing: Flask) -> None:
    with Session(db.engine) as session:
        exam = make_exam(session, places=3)
        keys = [(one.person_id, one.id) for one in (make_ready_sitting(session, exam=exam) for _ in range(AT_ONCE))]
        actions.prepare(session, NOW)
        session.commit()

    came = at_once(racing, [press(key) for key in keys])
    assert came.count("no_place") == AT_ONCE - 3


def test_every_page_that_opens_gets_an_epoch_of_its_own(racing: Flask) -> None:
    with Session(db.engine) as session:
        id, _ = running(session)
    epochs = at_once(racing, [lambda s: actions.open_room(s, s.get_one(Attempt, id), LATER)] * AT_ONCE)
    assert sorted(epochs) == list(range(2, AT_ONCE + 2))


def test_the_same_answer_sent_many_times_at_once_is_kept_once(racing: Flask) -> None:
    with Session(db.engine) as session:
        id, text = running(session)

    def send(session: Session) -> str:
        return actions.save(session, session.get_one(Attempt, id), text, 1, 1, TextResponse("因为"), LATER).outcome

    assert at_once(racing, [send] * AT_ONCE) == ["saved"] * AT_ONCE
    with Session(db.engine) as session:
        assert session.scalar(select(func.count()).where(Answer.attempt_id == id)) == 1


def test_the_same_events_sent_many_times_at_once_are_kept_once(racing: Flask) -> None:
    with Session(db.engine) as session:
        attempt = begin(session)
        session.commit()
        id, person_id = attempt.id, attempt.person_id
    events = [Noticed(PageEvent.LEFT, Cause.PASSIVE, NOW, f"key-{number}", {}) for number in range(20)]

    def send(session: Session) -> None:
        standing = queries.standing(session, person_id, id)
        assert standing
        actions.keep_events(session, standing, 1, events, LATER)

    at_once(racing, [send] * AT_ONCE)
    with Session(db.engine) as session:
        kept = select(func.count()).where(RoomEvent.attempt_id == id, RoomEvent.kind == PageEvent.LEFT)
        assert session.scalar(kept) == len(events)


def test_an_attempt_closes_once_and_its_receipt_holds_every_acknowledged_answer(racing: Flask) -> None:
    told: list[int] = []

    def note(attempts: Sequence[Attempt], **_: Any) -> None:
        told.extend(attempt.id for attempt in attempts)

    def send(number: int) -> Callable[[Session], Any]:
        return lambda s: (
            actions.save(s, s.get_one(Attempt, id), text, 1, number, TextResponse(f"第 {number} 稿"), LATER).outcome
        )

    def hand_in(session: Session) -> str:
        attempt = session.get_one(Attempt, id)
        actions.submit(session, attempt, [], 1, LATER)
        return receipt_of(session, attempt).digest

    with attempts_closed.connected_to(note):
        for _ in range(5):
            with Session(db.engine) as session:
                id, text = running(session)
            results = at_once(racing, [*map(send, range(1, AT_ONCE)), hand_in, hand_in])
            with Session(db.engine) as session:
                final = queries.final_answers(session, [id])[id]
                [issued] = session.scalars(select(IssuedReceipt).where(IssuedReceipt.attempt_id == id))
                kept = set(session.scalars(select(Answer.number).where(Answer.attempt_id == id)))
            acknowledged = {number for number, result in enumerate(results[:-2], start=1) if result == "saved"}
            assert set(results[:-2]) <= {"saved", "closed"}
            assert acknowledged == kept
            assert results[-1] == results[-2] == digests(issued.salt, final)[0]
            assert told == [id]
            told.clear()


def test_handing_in_many_times_at_once_is_once(racing: Flask) -> None:
    with Session(db.engine) as session:
        id, text = running(session)

    def hand_in(session: Session) -> str:
        attempt = session.get_one(Attempt, id)
        actions.submit(session, attempt, [Waiting(text, 1, TextResponse("还没送出"))], 1, LATER)
        return receipt_of(session, attempt).to_text()

    [said] = set(at_once(racing, [hand_in] * AT_ONCE))
    with Session(db.engine) as session:
        assert session.scalars(select(IssuedReceipt.content).where(IssuedReceipt.attempt_id == id)).all() == [said]
        assert session.scalar(select(func.count()).where(Answer.attempt_id == id)) == 1


def test_the_closing_job_and_the_candidate_close_once(racing: Flask) -> None:
    told: list[int] = []

    def note(attempts: Sequence[Attempt], **_: Any) -> None:
        told.extend(attempt.id for attempt in attempts)

    with Session(db.engine) as session:
        id, _ = running(session)

    def hand_in(session: Session) -> Any:
        actions.submit(session, session.get_one(Attempt, id), [], 1, AFTER)

    with attempts_closed.connected_to(note):
        at_once(racing, [*[lambda s: actions.close_due(s, AFTER)] * 4, *[hand_in] * 4])
    assert told.count(id) == 1


def test_all_ways_of_ending_at_once_end_it_once_with_one_mark_a_question(racing: Flask) -> None:
    with Session(db.engine) as session:
        ids = [running(session)[0] for _ in range(3)]
        people = dict(session.execute(select(Attempt.id, Attempt.person_id).where(Attempt.id.in_(ids))).all())

    def leave(session: Session) -> list[bool]:
        return actions.hand_in_together(session, [actions.Leaving(id, people[id], 0, 1) for id in ids], LATER)

    def hand_in(session: Session) -> None:
        actions.submit(session, session.get_one(Attempt, ids[0]), [], 1, LATER)

    at_once(racing, [leave, leave, hand_in, lambda s: actions.close_due(s, AFTER)] * 2)
    with Session(db.engine) as session:
        for id in ids:
            assert session.scalar(select(func.count()).where(Mark.attempt_id == id)) == 8
            assert session.scalar(select(func.count()).where(IssuedReceipt.attempt_id == id)) == 1
            assert session.scalar(select(func.count()).where(Result.attempt_id == id)) == 1


def test_whoever_comes_first_after_an_outage_gives_it_back_once_and_nobody_waits_in_a_circle(racing: Flask) -> None:
    for _ in range(3):
        with Session(db.engine) as session:
            ids = [running(session)[0] for _ in range(3)]
            trainer = make_person(session, Role.TRAINER).id
            session.merge(Beat(id=1, at=AFTER - timedelta(minutes=2)))
            session.commit()
            before = session.scalar(select(func.count(Outage.id))) or 0

        def hand_in(id: int) -> Callable[[Session], Any]:
            return lambda s: actions.submit(s, s.get_one(Attempt, id), [], 1, AFTER)

        def give(id: int, actor_id: int) -> Callable[[Session], Any]:
            return lambda s: (
                actions.give_time(s, s.get_one(Attempt, id), 60, AFTER, actor_id=actor_id, reason="停电").id
            )

        others = [lambda s: actions.close_due(s, AFTER), lambda s: actions.beat(s, AFTER)]
        at_once(racing, [*map(hand_in, ids[1:]), *[give(id, trainer) for id in ids], *others, *others])
        with Session(db.engine) as session:
            assert (session.scalar(select(func.count(Outage.id))) or 0) == before + 1
            for id in ids:
                credits = queries.credits(session, id)
                assert [one.seconds for one in credits if one.outage_id] == [120]
            assert session.get_one(Attempt, ids[0]).closed_at is None
            assert [session.get_one(Attempt, id).closed_at for id in ids[1:]] == [AFTER, AFTER]
