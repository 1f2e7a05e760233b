"""The contact an open page seeks every few seconds: its word about itself against how the attempt stands."""

from datetime import datetime, timedelta
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from exam import clock
from exam.accounts.rules import Role
from exam.attempts import actions, forms, queries
from exam.attempts.queries import Standing, Written
from exam.attempts.routes.blueprint import bp, own_attempt, posted_json
from exam.attempts.rules import Door, remaining_ms
from exam.db import db
from exam.display import clock as clock_minutes
from exam.display import clock_seconds
from exam.errors import NotFound
from exam.web import roles_required


@bp.post("/attempts/<int:attempt_id>/contact")
@roles_required(Role.NEW_HIRE)
def contact(attempt_id: int) -> ResponseReturnValue:
    """Hear how an open page is doing, and tell it how the attempt stands. A thousand pages ask: it must be cheap."""
    now, session = clock.now(), db.session()
    found = standing_of(attempt_id, now)
    told = forms.read_contact(posted_json())
    # Events first: they lock the attempt's row, and whoever holds part of it already might wait forever.
    actions.keep_events(session, found, told.epoch, [_noticed(one, now) for one in told.events], now)
    actions.hear(session, found, told.epoch, told.waiting, now)
    actions.note_seen(session, found, told.seen, now)
    unread = (found.newest_message or 0) > told.after
    messages = queries.unread_messages(session, attempt_id, told.after) if unread else []
    state = stands(found, now, told.credits) | {
        "messages": [
            {"id": one.id, "text": one.text, "sent_clock": clock_minutes(one.sent_at)}
            for one in messages
            if one.id not in told.seen
        ]
    }
    session.commit()
    return jsonify(state)


def standing_of(attempt_id: int, now: datetime) -> Standing:
    """How the attempt of the person who asks stands, once closed if it is due; anybody else's is a 404."""
    found = queries.standing(db.session(), current_user.id, attempt_id)
    if found and found.closed_at is None and found.door(now) is Door.AFTER_DEADLINE:
        own_attempt(attempt_id)
        found = queries.standing(db.session(), current_user.id, attempt_id)
    if found is None:
        raise NotFound
    return found


def stands(found: Standing, now: datetime, known_credits: int) -> dict[str, Any]:
    """What an open page is told each time. The token is fresh for one whose owner has signed in again elsewhere."""
    session, id = db.session(), found.attempt_id
    credits = queries.credits(session, id)[known_credits:] if found.credits > known_credits else []
    return {
        "remaining_ms": remaining_ms(found.deadline, now),
        "total_ms": remaining_ms(found.deadline, found.started_at),
        "deadline_clock": clock_minutes(found.deadline),
        "door": found.door(now),
        "epoch": found.epoch,
        "overtaken": shown(queries.overtaken(session, id)) if found.epoch > 1 else {},
        "credits": [
            {"seconds": one.seconds, "reason": one.reason, "given_clock": clock_minutes(one.given_at)}
            for one in credits
        ],
        "csrf_token": generate_csrf(),
    }


def shown(answers: dict[int, Written]) -> dict[int, dict[str, Any]]:
    """Answers as a page takes them, by position."""
    return {
        position: {
            "response": one.response,
            "saved_clock": clock_seconds(one.saved_at),
            "epoch": one.epoch,
            "number": one.number,
        }
        for position, one in answers.items()
    }


def _noticed(one: forms.SentEvent, now: datetime) -> actions.Noticed:
    return actions.Noticed(one.kind, one.cause, now - timedelta(milliseconds=one.ago_ms), one.key, one.detail)
