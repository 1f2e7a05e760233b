"""Attempts for tests: started by the real action on a real paper, two questions of each kind; and what pages send."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts import actions
from exam.attempts.models import Attempt
from exam.attempts.rules import Layout
from exam.papers.models import Exam
from exam.sittings.models import Sitting
from question_bank.items import ChoiceResponse, Kind, Response, TextResponse, TruthResponse
from tests.builders import NOW, make_exam
from tests.sittings.builders import make_sitting
from tests.support.client import CheckingClient

SECOND = timedelta(seconds=1)
LATER = NOW + 60 * SECOND
DEADLINE = NOW + timedelta(minutes=60)
LAST = DEADLINE + 10 * SECOND
"""The last moment of grace of an attempt begun at NOW."""
AFTER = LAST + SECOND
JSON = {"Accept": "application/json"}
SetClock = Callable[[datetime], None]


def make_ready_sitting(session: Session, person: Person | None = None, exam: Exam | None = None) -> Sitting:
    """A sitting that can be started now, of an exam with eight questions."""
    return make_sitting(session, exam or make_exam(session), person)


def begin(
    session: Session, person: Person | None = None, exam: Exam | None = None, now: datetime = NOW, opened: bool = True
) -> Attempt:
    """An attempt just started; `opened`: by a page as well, so that its epoch is 1."""
    attempt = actions.start(session, make_ready_sitting(session, person, exam), now, Random(1))
    if opened:
        actions.open_room(session, attempt, now, page="first")
    return attempt


def places(attempt: Attempt, kind: Kind) -> list[int]:
    """The positions of the questions of a kind."""
    return [position for position, place in Layout.from_data(attempt.layout).places.items() if place.kind is kind]


def token(attempt: Attempt, position: int, id: str) -> str:
    """What the candidate's page calls a choice of the bank."""
    return next(token for token, known in Layout.from_data(attempt.layout).places[position].choices if known == id)


def right_answers(attempt: Attempt) -> dict[int, Response]:
    """An answer to every slot that `make_item` takes for right."""
    answers: dict[Kind, Response] = {
        Kind.SINGLE_CHOICE: ChoiceResponse(frozenset("a")),
        Kind.MULTIPLE_CHOICE: ChoiceResponse(frozenset("ab")),
        Kind.TRUE_FALSE: TruthResponse(True),
        Kind.SHORT_ANSWER: TextResponse("先倾听，再道歉。"),
    }
    return {position: answers[place.kind] for position, place in Layout.from_data(attempt.layout).places.items()}


def answer(session: Session, attempt: Attempt, position: int, response: Any, now: datetime, **key: int) -> Any:
    """Save an answer as the first page would; `epoch` and `number` may be given."""
    epoch, number = key.get("epoch", 1), key.get("number", 1)
    return actions.save(session, attempt, position, epoch, number, response, now)


def count(session: Session, model: type) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def put(client: CheckingClient, attempt: Attempt, position: int, response: Any, **key: Any) -> Any:
    """Send an answer as the first page would; `epoch` and `number` may be given."""
    body = {"epoch": 1, "number": 1, "response": response, **key}
    return client.put(f"/attempts/{attempt.id}/answers/{position}", json=body, headers=JSON)


def post(client: CheckingClient, attempt: Attempt, path: str, **body: Any) -> Any:
    """Send something else to an address of the attempt."""
    return client.post(f"/attempts/{attempt.id}/{path}", json=body, headers=JSON)
