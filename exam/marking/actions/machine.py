"""Marking by rule: what needs nobody's judgement, for one attempt or for a whole hall that closes at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, column, func, insert, literal, select
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.attempts.rules import Data
from exam.events import attempt_marked, attempts_marked_by_rule
from exam.marking import queries
from exam.marking.models import Mark
from exam.marking.queries import Place
from exam.marking.rules import MarkSource, by_rule
from question_bank.orm import JsonType

MARK = Mark.metadata.tables[Mark.__tablename__]
Answers = Mapping[int, Mapping[int, Data | None]]
"""By attempt and position the response that counts, as `attempts.queries.final_answers` gives it."""

COLUMNS = ("attempt_id", "position", "question_version_id", "points", "reason", "source", "given_at")


def _append_from(elements: Any) -> Any:
    """The INSERT that takes its rows out of one JSON array: a third of the cost of a parameter for every value."""
    row = elements(bindparam("rows", type_=JsonType)).table_valued(column("value", JsonType)).c.value
    ids = [row[number].as_integer() for number in range(3)]
    words = [row[number].as_string() for number in (3, 4)]
    fixed = [literal(MarkSource.RULE, MARK.c.source.type), bindparam("given_at", type_=MARK.c.given_at.type)]
    return insert(MARK).from_select(COLUMNS, select(*ids, *words, *fixed))


APPEND = {"postgresql": _append_from(func.jsonb_array_elements), "sqlite": _append_from(func.json_each)}


def on_attempts_closed(attempts: Sequence[Attempt], *, session: Session, now: datetime, answers: Answers) -> None:
    """Listens to `attempts_closed`: mark by rule what can be, objective questions and short answers without text.

    Once, as an attempt closes once. Sends `attempt_marked` for each of which that was all; that work is waiting in the
    others, trainers are told by a job.
    """
    places = queries.places(session, [attempt.id for attempt in attempts])
    unfinished = {place.attempt_id for place in mark_by_rule(session, attempts, places, answers, now)}
    for attempt in attempts:
        if attempt.id not in unfinished:
            attempt_marked.send(attempt, session=session, now=now)
    attempts_marked_by_rule.send(attempts, session=session, now=now)


def mark_by_rule(
    session: Session,
    attempts: Iterable[Attempt],
    places: Iterable[Place],
    answers: Answers,
    now: datetime,
) -> list[Place]:
    """Append the marks of these places that need nobody's judgement, in one statement; gives the places that do."""
    rules = {attempt.id: attempt.credit_rule for attempt in attempts}
    rows, waiting = [], []
    for place in places:
        answer = answers[place.attempt_id][place.position]
        given = by_rule(place.item, answer, rules[place.attempt_id], place.worth)
        if given is None:
            waiting.append(place)
        else:
            rows.append([place.attempt_id, place.position, place.version_id, str(given.points), given.reason])
    if rows:
        session.execute(APPEND[session.get_bind().dialect.name], {"rows": rows, "given_at": now})
    return waiting
