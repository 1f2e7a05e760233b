"""The receipt over HTTP: read it, download it, have it checked."""

from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import signing
from exam.accounts.rules import Role
from exam.attempts import queries as attempts
from exam.attempts.models import Attempt
from exam.attempts.rules import Layout
from exam.db import db
from exam.errors import NotFound, _l
from exam.receipts import queries
from exam.receipts.forms import CheckForm
from exam.receipts.models import IssuedReceipt
from exam.receipts.routes.blueprint import bp
from exam.receipts.rules import Seal, number_of, seal
from exam.security import roles_of
from exam.web import nav, roles_required, signed_in
from question_bank.items import Kind

nav.add_personal(_l("Check a receipt"), "receipts.check", 25)

STAFF = frozenset({Role.TRAINER, Role.HR, Role.ADMIN})
"""Who may check anybody's receipt; new hires only their own."""


@bp.get("/attempts/<int:attempt_id>/receipt")
@roles_required(Role.NEW_HIRE)
def receipt(attempt_id: int) -> ResponseReturnValue:
    """What was handed in, when, and how it can be checked later. While the exam runs, or is due, the room."""
    attempt = _own_attempt(attempt_id)
    if not (attempt.closed_at or attempt.voided_at):
        return redirect(url_for("attempts.room", attempt_id=attempt_id))
    revisions = queries.revisions(db.session(), attempt_id)
    on_record = bool(revisions) and all(_is_sealed(one.issued) for one in revisions)
    return render_template(
        "receipts/receipt.html" if on_record or not attempt.closed_at else "receipts/lost.html",
        attempt=attempt,
        number=number_of(attempt_id),
        sitting=attempt.sitting,
        exam=attempt.sitting.exam,
        revisions=revisions,
        to_be_read=Layout.from_data(attempt.layout).count(Kind.SHORT_ANSWER),
        late=queries.late_left(db.session(), attempt_id),
        credits=attempts.credits(db.session(), attempt_id),
    )


@bp.get("/attempts/<int:attempt_id>/receipt/<int:revision>")
@roles_required(Role.NEW_HIRE)
def download(attempt_id: int, revision: int) -> ResponseReturnValue:
    """The receipt as a file to keep, with its signature."""
    issued = queries.revision(db.session(), _own_attempt(attempt_id).id, revision)
    if issued is None or not _is_sealed(issued):
        raise NotFound
    response = make_response(issued.signed.to_file())
    name = f"{number_of(attempt_id)}-{revision}.json"
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/receipts/check")
@signed_in
def check() -> ResponseReturnValue:
    """Ask for a receipt to check."""
    return _check_page(CheckForm(formdata=None))


@bp.post("/receipts/check")
@signed_in
def check_post() -> ResponseReturnValue:
    """Hold a receipt against its signature and the database, and say what comes of it. Changes nothing."""
    form = CheckForm()
    if not form.validate():
        return _check_page(form), 422
    staff, attempt = _is_staff(), _reachable(form.attempt_id)
    if attempt is None and not (staff and form.signed):
        return _check_page(form, missing=True), 404
    session, examine = db.session(), signing.keyring().examine
    found = (
        queries.check_signed(session, form.signed, examine)
        if form.signed
        else queries.check(session, form.attempt_id, form.wanted_code, examine)
    )
    return _check_page(form, attempt=attempt, found=found, newest=queries.newest(session, form.attempt_id))


def _check_page(form: CheckForm, **shown: Any) -> str:
    blank = {"missing": False, "attempt": None, "found": None, "newest": None}
    return render_template("receipts/check.html", form=form, staff=_is_staff(), **{**blank, **shown})


def _is_staff() -> bool:
    return bool(roles_of(current_user) & STAFF)


def _reachable(attempt_id: int) -> Attempt | None:
    """A closed attempt whose receipt this person may check: for staff anybody's, else their own."""
    find = attempts.anybodys_attempt(db.session(), attempt_id)
    if find is None or find.closed_at is None:
        return None
    return find if _is_staff() or find.person_id == current_user.id else None


def _is_sealed(issued: IssuedReceipt) -> bool:
    """Whether the site has signed what is on record: nothing else is shown or given away as a receipt of its own."""
    return issued.receipt is not None and seal(issued.signed, signing.keyring().examine) is Seal.OURS


def _own_attempt(attempt_id: int) -> Attempt:
    """The attempt of the person who asks, with its exam; anybody else's is a 404."""
    attempt = attempts.own_attempt_with_exam(db.session(), current_user.id, attempt_id)
    if attempt is None:
        raise NotFound
    return attempt
