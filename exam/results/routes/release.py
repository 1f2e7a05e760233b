"""Trainers let candidates see their results."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.marking.queries import trainers_besides
from exam.results import actions, queries
from exam.results.routes.blueprint import bp
from exam.web import PAGE_SIZE, Page, page_number, roles_required, row_number


@bp.get("/marking/release")
@roles_required(Role.TRAINER)
def release_list() -> ResponseReturnValue:
    """What can be released, and what the others still lack."""
    number = page_number()
    rows, total = queries.unreleased(db.session(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template(
        "results/release.html",
        page=Page(rows, total, number),
        ready=len(queries.ready_ids(db.session())),
        alone=not trainers_besides(db.session(), current_user.id),
    )


@bp.post("/marking/release")
@roles_required(Role.TRAINER)
def release() -> ResponseReturnValue:
    """Release the result of one attempt, or of all that are ready."""
    attempt_id = request.form.get("attempt", type=row_number)
    wanted = [attempt_id] if attempt_id else queries.ready_ids(db.session())
    attempts = queries.attempts_to_release(db.session(), wanted)
    if not attempts and attempt_id:
        abort(404)
    count = actions.release(db.session(), attempts, current_user.id, clock.now())
    db.session.commit()
    if count:
        flash(ngettext("%(num)d result is released.", "%(num)d results are released.", count), "good")
    else:
        flash(_("Nothing was left to release."), "wait")
    return redirect(url_for(".release_list"))
