"""The blueprint of all pages about people's accounts, and what those pages share."""

from flask import Blueprint, abort

from exam.accounts import queries
from exam.accounts.models import Person
from exam.db import db

bp = Blueprint("accounts", __name__)


def somebody(person_id: int) -> Person:
    """The person of this number, or 404."""
    return queries.person(db.session(), person_id) or abort(404)
