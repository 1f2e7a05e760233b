"""What the routes of an attempt share: the blueprint, the way to one's own attempt, and what a page has sent."""

from flask import Blueprint, request
from flask_login import current_user

from exam import clock
from exam.attempts import actions, queries
from exam.attempts.models import Attempt
from exam.db import begin_writing, db
from exam.errors import NotFound

bp = Blueprint("attempts", __name__)


def own_attempt(attempt_id: int) -> Attempt:
    """The attempt of the person who asks; anybody else's is a 404. One that is due is closed before anything else.

    That closing has a commit of its own: what is refused afterwards must not take it back.
    """
    attempt, now = _load(attempt_id), clock.now()
    if not actions.is_due(attempt, now):
        return attempt
    begin_writing()
    actions.close_if_due(db.session(), attempt, now)
    db.session.commit()
    return _load(attempt_id)


def _load(attempt_id: int) -> Attempt:
    attempt = queries.own_attempt(db.session(), current_user.id, attempt_id)
    if attempt is None:
        raise NotFound
    return attempt


def posted_json() -> object:
    """The JSON that came; None if it is none, or is nested too deeply to be any of ours."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None
