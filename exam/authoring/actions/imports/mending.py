"""Questions of an import mended: by one click where there is a remedy, or in the editor."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam.authoring.actions.imports.states import settle
from exam.authoring.models import Import, ImportRow
from exam.authoring.rules.imports import ABOUT_KEY, ABOUT_KIND, Decision, Remedy, RowState
from exam.errors import Refused, _l
from question_bank.formats.items import with_kind
from question_bank.formats.options import joined
from question_bank.items import Item, to_data
from question_bank.responses import Kind

NOT_POSSIBLE = _l("This can't be done with this question any more. Look at it again.")


def set_defaults(session: Session, made: Import, *, topic_id: int | None, difficulty: int, now: datetime) -> None:
    """Say where questions go whose file names no topic, and how difficult they are."""
    made.topic_id, made.difficulty, made.changed_at = topic_id, difficulty, now
    session.flush()


def mend(session: Session, made: Import, row: ImportRow, remedy: Remedy, *, now: datetime) -> None:
    """Take a remedy that needs no more than its name. Refuses one that doesn't fit."""
    _hold(session, made, row)
    content = dict(row.content) if row.content else None
    match remedy:
        case Remedy.SHORT if content is None and row.instead:
            row.content, solved = row.instead, ABOUT_KIND
        case Remedy.SINGLE | Remedy.MULTIPLE | Remedy.SHORT if content:
            row.content, solved = with_kind(content, Kind(remedy.value)), ABOUT_KIND
        case Remedy.TRUE | Remedy.FALSE if content:
            row.content = {**with_kind(content, Kind.TRUE_FALSE), "correct": remedy is Remedy.TRUE}
            solved = ABOUT_KEY | ABOUT_KIND
        case _:
            raise Refused(NOT_POSSIBLE, code="no_such_remedy")
    _solved(row, solved)
    _changed(session, made, row, now)


def take_key(session: Session, made: Import, row: ImportRow, ids: Collection[str], *, now: datetime) -> None:
    """Mark these choices as the right ones. Refuses ids that the question doesn't have."""
    _hold(session, made, row)
    choices: list[dict[str, Any]] = list((row.content or {}).get("choices", ()))
    if not ids or not set(ids) <= {one["id"] for one in choices}:
        raise Refused(_l("Tick the right answer first."), code="no_key")
    row.content = {**(row.content or {}), "choices": [{**one, "correct": one["id"] in ids} for one in choices]}
    if len(ids) > 1 and row.content["kind"] == Kind.SINGLE_CHOICE.value:
        row.content = with_kind(row.content, Kind.MULTIPLE_CHOICE)
    _solved(row, ABOUT_KEY)
    _changed(session, made, row, now)


def split_choices(session: Session, made: Import, row: ImportRow, id: str, *, now: datetime) -> None:
    """Make several choices of one in which several stand together. Refuses one that can't be divided."""
    _hold(session, made, row)
    choices: list[dict[str, Any]] = list((row.content or {}).get("choices", ()))
    place = next((place for place, one in enumerate(choices) if one["id"] == id), None)
    texts = joined(choices[place]["text"]) if place is not None else []
    if place is None or len(texts) < 2:
        raise Refused(NOT_POSSIBLE, code="no_such_remedy")
    divided = [
        {"text": text, "correct": choices[place]["correct"] and number == 0} for number, text in enumerate(texts)
    ]
    choices = [*choices[:place], *divided, *choices[place + 1 :]][:26]
    row.content = {
        **(row.content or {}),
        "choices": [{**one, "id": chr(ord("a") + number)} for number, one in enumerate(choices)],
    }
    _changed(session, made, row, now)


def mend_row(
    session: Session,
    made: Import,
    row: ImportRow,
    item: Item,
    *,
    topic: str | None,
    difficulty: int | None,
    now: datetime,
) -> None:
    """Take what was written in the editor. What the reader had to say is settled by that."""
    _hold(session, made, row)
    row.content, row.topic, row.difficulty, row.problems = to_data(item), topic, difficulty, []
    _changed(session, made, row, now)


def decide(session: Session, made: Import, row: ImportRow, decision: Decision, *, now: datetime) -> None:
    """Say what becomes of a question. A new version needs a question of the bank that is of the same kind."""
    _hold(session, made, row)
    if decision is Decision.VERSION and row.like_id is None:
        raise Refused(NOT_POSSIBLE, code="nothing_like_it")
    row.decision = decision
    _changed(session, made, row, now)


def _hold(session: Session, made: Import, row: ImportRow) -> None:
    """Let nobody import, mend or discard meanwhile. Refuses what is in the bank already, and what is gone."""
    session.refresh(made, with_for_update=True)
    now = select(ImportRow).where(ImportRow.id == row.id).execution_options(populate_existing=True)
    if session.scalar(now) is None:
        raise Refused(NOT_POSSIBLE, code="gone")
    if row.state is RowState.IMPORTED:
        raise Refused(_l("This question is in the bank already. Change it there."), code="imported")


def _solved(row: ImportRow, codes: Collection[str]) -> None:
    row.problems = [one for one in row.problems if one["code"] not in codes]


def _changed(session: Session, made: Import, row: ImportRow, now: datetime) -> None:
    settle(row)
    made.changed_at = now
    session.flush()
