"""Answers saved at once by many, over HTTP on a database of their own, each by a thread as a server has it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.attempts import actions
from exam.attempts.models import Answer, Attempt
from exam.db import db
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.support.client import CheckingClient
from tests.support.database import make_site

MANY = 12
"""Candidates at once."""


@dataclass(frozen=True)
class Hall:
    """Candidates in the room, each with a browser."""

    app: Flask
    clients: list[CheckingClient]
    attempts: list[Attempt]


@pytest.fixture
def hall(database: str, new_database: Callable[[str], str], set_clock: Callable[[datetime], None]) -> Iterator[Hall]:
    """An app on a database that several threads may use."""
    set_clock(NOW)
    with make_site(new_database(database)) as site:
        with Session(site.engine, expire_on_commit=False) as session:
            people = [make_person(session) for _one in range(MANY)]
            attempts = [begin(session, person) for person in people]
            session.commit()
            clients = [CheckingClient(site.app, response_wrapper=site.app.response_class) for _one in people]
            for client, person in zip(clients, people, strict=True):
                client.sign_in(person)
        yield Hall(site.app, clients, attempts)


def test_what_many_save_at_once_is_all_kept_by_the_short_way(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(actions, "save")  # the long way would answer 500
    together = Barrier(MANY)

    def save(index: int) -> list[int]:
        attempt, client = hall.attempts[index], hall.clients[index]
        address = f"/attempts/{attempt.id}/answers/{places(attempt, Kind.SHORT_ANSWER)[0]}"
        together.wait(timeout=10)
        sent = [{"epoch": 1, "number": number, "response": {"text": f"{index}：{number}"}} for number in range(1, 6)]
        return [client.put(address, json=one).status_code for one in sent]

    with ThreadPoolExecutor(MANY) as threads:
        assert list(threads.map(save, range(MANY))) == [[200] * 5] * MANY
    with hall.app.app_context(), Session(db.engine) as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 5 * MANY
        for index, attempt in enumerate(hall.attempts):
            kept = session.scalars(select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.number))
            assert [answer.response for answer in kept] == [{"text": f"{index}：{number}"} for number in range(1, 6)]


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example"])
def test_what_comes_for_an_impossible_host_is_refused_before_anything_is_done(hall: Hall, host: str) -> None:
    """An address of ours can't be built for it."""
    attempt, client = hall.attempts[0], hall.clients[0]
    answer = client.post(f"/attempts/{attempt.id}/submit", json={"epoch": 1, "waiting": []}, headers={"Host": host})
    assert answer.status_code == 400
    with hall.app.app_context(), Session(db.engine) as session:
        assert session.get_one(Attempt, attempt.id).closed_at is None


def test_a_saving_line_that_breaks_again_and_again_leaves_nothing_behind(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, client = hall.attempts[0], hall.clients[0]
    address = f"/attempts/{attempt.id}/answers/{places(attempt, Kind.SHORT_ANSWER)[0]}"
    way: Any = hall.app.wsgi_app
    for number in range(1, 6):
        assert client.put(address, json={"epoch": 1, "number": number, "response": {"text": "好"}}).status_code == 200
        with monkeypatch.context() as broken:
            broken.setattr("exam.attempts.short_way.save_together", lambda *_given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                client.put(address, json={"epoch": 1, "number": 100, "response": {"text": "好"}})
    with hall.app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a QueuePool
    assert way._line is None
