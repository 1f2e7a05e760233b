"""The blueprint with the word of the header, and the names that answers go by in addresses."""

from flask import Blueprint, abort, current_app

from exam.accounts.rules import Role
from exam.db import db
from exam.errors import _l
from exam.marking import queries, rules
from exam.web import nav

bp = Blueprint("marking", __name__)
nav.add(
    Role.TRAINER,
    _l("Marking"),
    "marking.desk",
    40,
    count=lambda person: queries.left(db.session(), person.id),
    also=("results.release",),
)


def alias(attempt_id: int, question_id: int) -> str:
    """What an answer is called at the desk: no number in an address leads to a person."""
    return rules.alias(attempt_id, question_id, str(current_app.secret_key))


def attempt_behind(name: str, question_id: int) -> int:
    """The attempt whose answer has this name, or 404."""
    try:
        return rules.attempt_behind(name, question_id, str(current_app.secret_key))
    except ValueError:
        abort(404)
