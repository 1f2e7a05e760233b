"""A candidate's own result."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.results import queries, rules
from exam.results.routes.blueprint import bp
from exam.sittings.rules import tries_left
from exam.web import roles_required


@bp.get("/attempts/<int:attempt_id>/result")
@roles_required(Role.NEW_HIRE)
def mine(attempt_id: int) -> ResponseReturnValue:
    """The result once it is released, before that how far the marking is."""
    now = clock.now()
    own = queries.own_result(db.session(), current_user.id, attempt_id, now) or abort(404)
    others = [one for one in queries.own_attempts(db.session(), current_user.id) if one.attempt_id != attempt_id]
    if own.result is None:
        return render_template("results/pending.html", own=own, others=others)
    where = queries.standing(db.session(), own.enrolment.id, now)
    lines = (own.attempt.pass_percent, own.attempt.distinction_percent)
    return render_template(
        "results/mine.html",
        own=own,
        others=others,
        to_pass=rules.missing_to(lines[0], own.result.earned, own.result.possible),
        to_distinction=rules.missing_to(lines[1], own.result.earned, own.result.possible),
        weak=sum(topic.weak for topic in own.topics),
        retakes=tries_left(own.sitting.try_number, own.exam.max_retakes),
        is_last=where is not None and where.attempt_id == attempt_id,
        where=where,
        decision=where.decision if where and where.decision and where.attempt_id == attempt_id else None,
        questions=queries.reviewed(db.session(), own),
    )
