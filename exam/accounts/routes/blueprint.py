"""The blueprint of all pages about people's accounts, and what those pages share."""

from flask import Blueprint, abort
from flask_wtf import FlaskForm

from exam.accounts import queries
from exam.accounts.models import Person
from exam.db import db
from exam.errors import Refused

bp = Blueprint("accounts", __name__)


def beside(form: FlaskForm, refusal: Refused) -> None:
    """Put a refusal beside the field it is about, and undo what was begun; one without a field goes on as it came."""
    name = refusal.detail.get("field")
    if name not in form:
        raise refusal
    db.session.rollback()
    form[name].errors = [*form[name].errors, str(refusal.message)]


def somebody(person_id: int) -> Person:
    """The person of this number, or 404."""
    return queries.person(db.session(), person_id) or abort(404)
