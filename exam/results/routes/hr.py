"""HR's pages: everybody's results, one person's, the overview, the list of the outstanding."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.charts import histogram
from exam.db import db
from exam.display import local
from exam.errors import Refused
from exam.results import actions, queries
from exam.results.forms import DecisionForm
from exam.results.queries import Filters, Standing
from exam.results.routes.blueprint import bp
from exam.results.rules import Outcome, Step, Verdict
from exam.web import PAGE_SIZE, Page, clean_line, page_number, roles_required, row_number, safe_next, wanted_sort

TRIES = 6
"""The greatest number of a try to filter by."""


@bp.get("/results")
@roles_required(Role.HR)
def table() -> ResponseReturnValue:
    """Everybody who has handed in or missed their window; `open` shows one of them beside the table."""
    now, number, filters = clock.now(), page_number(), wanted_filters()
    rows, total = queries.table(db.session(), filters, now, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    open_id = request.args.get("open", type=row_number)
    return render_template(
        "results/table.html",
        page=Page(rows, total, number),
        filters=filters,
        sort=wanted_sort(queries.SORTS, "-date"),
        filtered=filters != Filters(sort=filters.sort, descending=filters.descending),
        cohorts=queries.cohorts(db.session()),
        tries=range(1, TRIES + 1),
        to_decide=queries.waiting_for_hr(db.session(), now, filters.cohort_id),
        **(one_person(open_id, DecisionForm(formdata=None)) if open_id else {"where": None}),
    )


@bp.get("/results/<int:enrolment_id>")
@roles_required(Role.HR)
def person(enrolment_id: int) -> ResponseReturnValue:
    """One person: every attempt and decision, and the decision that is due."""
    return render_template("results/person.html", **one_person(enrolment_id, DecisionForm(formdata=None)))


@bp.post("/results/<int:enrolment_id>/decision")
@roles_required(Role.HR)
def decide(enrolment_id: int) -> ResponseReturnValue:
    """Confirm in post, don't, or give one more try."""
    form = DecisionForm()
    where: Standing = queries.standing(db.session(), enrolment_id, clock.now()) or abort(404)
    if form.verdict.data not in list(Verdict):
        abort(422)
    if not form.validate():
        return render_template("results/person.html", **one_person(enrolment_id, form)), 422
    try:
        actions.decide(
            db.session(), where.enrolment, Verdict(form.verdict.data), outstanding=form.outstanding.data,
            reason=form.reason.data or "", actor_id=current_user.id, now=clock.now(),
            seen=request.form.get("seen", type=int),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.detail.get("field") != "reason":
            raise
        db.session.rollback()
        form.reason.errors = [str(refusal.message)]
        return render_template("results/person.html", **one_person(enrolment_id, form)), refusal.status
    db.session.commit()
    flash(_("The decision is kept, and %(name)s is told.", name=where.person.full_name), "good")
    return redirect(safe_next(request.form.get("next") or url_for(".person", enrolment_id=enrolment_id)))


@bp.get("/results/overview")
@roles_required(Role.HR)
def overview() -> ResponseReturnValue:
    """How many stand where, and how the scores lie."""
    cohort_id = request.args.get("cohort", type=row_number)
    everybody = queries.all_standings(db.session(), clock.now(), cohort_id)
    known = [one for one in everybody if one.released_at and one.result]
    lines = max(((one.pass_percent or 80, one.distinction_percent or 90) for one in known), default=(80, 90))
    outcomes = [one.result.outcome for one in known if one.result]
    return render_template(
        "results/overview.html",
        total=len(everybody),
        steps={step: sum(one.step is step for one in everybody) for step in Step},
        known=len(known),
        outcomes={outcome: outcomes.count(outcome) for outcome in Outcome},
        chart=histogram([one.score for one in known if one.score is not None], *lines),
        cohorts=queries.cohorts(db.session()),
        cohort_id=cohort_id,
        to_decide=sum(one.to_decide for one in everybody),
    )


@bp.get("/results/outstanding")
@roles_required(Role.HR)
def outstanding() -> ResponseReturnValue:
    """The outstanding new employees, to be printed."""
    now = clock.now()
    people = queries.outstanding(db.session(), now)
    return render_template("results/outstanding.html", people=people, today=local(now).date().isoformat())


def wanted_filters() -> Filters:
    """What the address asks for; what can't be read looks for everything."""
    sort = wanted_sort(queries.SORTS, "-date")
    outcome, state = request.args.get("outcome", ""), request.args.get("state", "")
    return Filters(
        text=(clean_line(request.args.get("q")) or "")[:120],
        cohort_id=request.args.get("cohort", type=row_number),
        outcome=Outcome(outcome) if outcome in list(Outcome) else None,
        try_number=request.args.get("try", type=row_number),
        state=state if state in queries.STATES else "",
        sort=sort.key,
        descending=sort.descending,
    )


def one_person(enrolment_id: int, form: DecisionForm) -> dict[str, Any]:
    """What the drawer and a person's page show; 404 for nobody."""
    where: Standing = queries.standing(db.session(), enrolment_id, clock.now()) or abort(404)
    return {
        "where": where,
        "attempts": queries.results_of(db.session(), enrolment_id),
        "changes": queries.told_changes(db.session(), enrolment_id),
        "decisions": queries.decisions(db.session(), enrolment_id),
        "form": form,
    }
