"""The invigilator's pages: who is in the room, giving time, saying something, and the record of one attempt.

The live page is read again every few seconds by `exam/static/invigilation/live.js`, which asks for `refresh`.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.attempts import queries as attempts
from exam.attempts.actions import state
from exam.attempts.models import Attempt
from exam.db import db
from exam.display import clock as clock_time
from exam.errors import _l
from exam.invigilation import actions, forms, queries, rules
from exam.invigilation.actions import Reached, TimeSlip
from exam.invigilation.queries import Chosen, Wanted
from exam.web import PAGE_SIZE, Page, clean_line, nav, page_number, roles_required, row_number, safe_next, wanted_sort

ROOM_PAGE = 50
"""Candidates on one page of the list: an invigilator looks at many at once."""
AT_A_GLANCE = 10
"""Lines of those who come and of those who have gone."""

bp = Blueprint("invigilation", __name__)
nav.add(
    Role.TRAINER,
    _l("Invigilation"),
    "invigilation.live",
    35,
    count=lambda person: queries.running(db.session()),
    counts=_l(", in the room: "),
)


@bp.get("/invigilation")
@roles_required(Role.TRAINER)
def live() -> ResponseReturnValue:
    """Who is in the room now, who comes, who has just finished."""
    return render_template("invigilation/live.html", **_room())


@bp.get("/invigilation/now")
@roles_required(Role.TRAINER)
def refresh() -> ResponseReturnValue:
    """The same without the frame, for the page's script."""
    return render_template("invigilation/_live.html", **_room())


@bp.route("/invigilation/time", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def give_time() -> ResponseReturnValue:
    """Give those chosen some minutes, after saying how many and who they are."""
    chosen, form = _chosen(), forms.TimeForm()
    if not chosen:
        return _nobody_chosen()
    if not form.validate_on_submit():
        return _ask("invigilation/time.html", chosen, form, **_for_outage(form, chosen))
    reached = actions.give_minutes(
        db.session(), [one.attempt_id for one in chosen], form.minutes.data or 0, form.reason.data or "",
        current_user, clock.now(), TimeSlip(form.key.data or "", _outage_id(), form.known.data or 0),
    )  # fmt: skip
    db.session.commit()
    done = _n("%(num)d person has more time now.", "%(num)d people have more time now.", len(reached.attempts))
    _tell(reached, chosen, done)
    return redirect(_back())


@bp.route("/invigilation/message", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def message() -> ResponseReturnValue:
    """Tell those chosen something."""
    chosen, form = _chosen(), forms.MessageForm()
    if not chosen:
        return _nobody_chosen()
    if not form.validate_on_submit():
        return _ask("invigilation/message.html", chosen, form)
    ids = [one.attempt_id for one in chosen]
    reached = actions.say(db.session(), ids, form.text.data or "", current_user, clock.now())
    db.session.commit()
    _tell(reached, chosen, _n("Sent to %(num)d person.", "Sent to %(num)d people.", len(reached.attempts)))
    return redirect(_back())


@bp.get("/invigilation/messages")
@roles_required(Role.TRAINER)
def messages() -> ResponseReturnValue:
    """What was said in the last days, and whether it was read."""
    number = page_number()
    rows, total = queries.said_page(db.session(), clock.now(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template("invigilation/messages.html", page=Page(rows, total, number))


@bp.get("/invigilation/messages/<int:message_id>")
@roles_required(Role.TRAINER)
def readers(message_id: int) -> ResponseReturnValue:
    """To whom something was said, and who has read it when."""
    said, number = queries.said(db.session(), message_id) or abort(404), page_number()
    rows = queries.reader_page(db.session(), message_id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template("invigilation/readers.html", said=said, page=Page(rows, said.to, number))


@bp.get("/invigilation/attempts/<int:attempt_id>")
@roles_required(Role.TRAINER, Role.HR)
def record(attempt_id: int) -> ResponseReturnValue:
    """Everything that happened in one attempt, in order of time."""
    now = clock.now()
    found = queries.record(db.session(), attempt_id, now) or abort(404)
    return render_template("invigilation/record.html", record=found, attempt=found.attempt, now=now)


@bp.route("/attempts/<int:attempt_id>/record", methods=["GET", "POST"])
@roles_required(Role.NEW_HIRE)
def own_record(attempt_id: int) -> ResponseReturnValue:
    """What the room has recorded of one's own run, and what one has to say to it."""
    attempt = attempts.own_attempt(db.session(), current_user.id, attempt_id) or abort(404)
    now, form = clock.now(), forms.StatementForm()
    if form.validate_on_submit():
        state(db.session(), attempt, form.text.data or "", now)
        db.session.commit()
        flash(_("Added to the record. The trainers read it with your exam."), "good")
        return redirect(url_for(".own_record", attempt_id=attempt_id))
    found = queries.record(db.session(), attempt_id, now)
    page = render_template("invigilation/own_record.html", record=found, attempt=attempt, form=form)
    return page, 422 if form.errors else 200


def _room() -> dict[str, Any]:
    """What both forms of the live page show."""
    session, now, number = db.session(), clock.now(), page_number()
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    wanted, sort = _wanted(), wanted_sort(queries.SORTS, "left")
    rows, total, quiet = queries.in_room(
        session, wanted, now, sort.key, sort.descending, offset=(number - 1) * ROOM_PAGE, limit=ROOM_PAGE
    )
    coming, coming_total = queries.coming(session, wanted, now, AT_A_GLANCE, ahead=rules.SOON if total else None)
    closed, closed_total = queries.closed_lately(session, wanted, now, AT_A_GLANCE)
    outages = queries.outages(session, now)
    return {
        "page": Page(rows, total, number, ROOM_PAGE),
        "quiet": quiet,
        "wanted": wanted,
        "sort": sort,
        "exams": queries.exams(session),
        "cohorts": queries.cohorts(session),
        "coming": coming,
        "coming_total": coming_total,
        "closed": closed,
        "closed_total": closed_total,
        "outages": outages,
        "lost": {row.attempt_id: queries.lost_to(outages, row) for row in rows},
        "now": now,
        "here": url_for(".live", **asked),
    }


def _wanted() -> Wanted:
    return Wanted(
        text=(clean_line(request.args.get("q")) or "")[:120],
        exam_id=request.args.get("exam", type=row_number),
        cohort_id=request.args.get("cohort", type=row_number),
        quiet=request.args.get("only") == "quiet",
    )


def _chosen() -> list[Chosen]:
    """Those a form names, or, before there is one, those ticked, all of an exam, or all whom an outage hit."""
    if request.method == "POST":
        wanted = [_number(typed) for typed in request.form.get("ids", "").split(",")[: rules.MOST_AT_ONCE]]
    elif exam_id := request.args.get("exam", type=row_number):
        wanted = list(queries.running_ids(db.session(), exam_id))
    elif outage_id := _outage_id():
        wanted = list(queries.owed(db.session(), outage_id)[1])
    else:
        wanted = [_number(typed) for typed in request.args.getlist("id")[: rules.MOST_AT_ONCE]]
    found = queries.chosen(db.session(), wanted)
    return [one for one in found if request.method == "POST" or not one.ended]


def _number(typed: str) -> int:
    """A row's number; 0, which none has, for anything that isn't one."""
    try:
        return row_number(typed)
    except ValueError:
        return 0


def _outage_id() -> int | None:
    """The outage that a form, or the way to it, is for."""
    return _number(request.values.get("outage", "")) or None


def _for_outage(form: forms.TimeForm, chosen: list[Chosen]) -> dict[str, Any]:
    """Make the form one that gives once; for an outage, propose what is missing, and find who has had time besides."""
    form.key.data = form.key.data or secrets.token_urlsafe(16)
    outage_id = _outage_id()
    outage, missing = queries.owed(db.session(), outage_id) if outage_id else (None, {})
    if outage is None:
        return {"outage": None, "besides": []}
    if not form.is_submitted():
        form.known.data = queries.last_given(db.session(), outage.id)
        form.minutes.data = rules.minutes_to_give(max(missing.values(), default=outage.ended_at - outage.began_at))
        form.reason.data = _(
            "The site could not be reached from %(began)s to %(ended)s.",
            began=clock_time(outage.began_at),
            ended=clock_time(outage.ended_at),
        )
    given = queries.given_besides(db.session(), outage, [one.attempt_id for one in chosen])
    return {"outage": outage, "besides": [(one, given[one.attempt_id]) for one in chosen if one.attempt_id in given]}


def _ask(template: str, chosen: list[Chosen], form: Any, **more: Any) -> ResponseReturnValue:
    others = [one for one in chosen if one.person_id != current_user.id]
    page = render_template(template, chosen=others, own=len(others) < len(chosen), form=form, back=_back(), **more)
    return page, 422 if form.errors else 200


def _tell(reached: Reached, chosen: list[Chosen], done: str) -> None:
    """Say for how many it worked, for whom it came too late, and who had it already."""
    if reached.attempts:
        flash(done, "good")
    if reached.again:
        flash(
            _n("%(num)d person had this time already: the form came twice.",
               "%(num)d people had this time already: the form came twice.", len(reached.again)),
            "good",
        )  # fmt: skip
    if reached.served:
        flash(
            _n("%(num)d person has had time for this outage meanwhile, and was left out: %(names)s",
               "%(num)d people have had time for this outage meanwhile, and were left out: %(names)s",
               len(reached.served), names=_listed(reached.served, chosen)),
            "wait",
        )  # fmt: skip
    if reached.ended:
        flash(
            _n("%(num)d exam had ended meanwhile: %(names)s", "%(num)d exams had ended meanwhile: %(names)s",
               len(reached.ended), names=_listed(reached.ended, chosen)),
            "wait",
        )  # fmt: skip
    if reached.own_left_out:
        flash(_("Your own exam was left out: another trainer has to do that."), "wait")


def _listed(attempts: Sequence[Attempt], chosen: list[Chosen]) -> str:
    """The first of them by name."""
    names = {one.attempt_id: one.name for one in chosen}
    return str(_(", ")).join(names[attempt.id] for attempt in attempts[:AT_A_GLANCE])


def _nobody_chosen() -> ResponseReturnValue:
    outage_id = _outage_id()
    if outage_id and queries.owed(db.session(), outage_id)[0]:
        flash(_("Everybody who sits now and whom this outage hit has had time for it."), "good")
    else:
        flash(_("Tick people in the list first; somebody's exam may have ended meanwhile."), "wait")
    return redirect(_back())


def _back() -> str:
    """The live page as it was, or the record it was asked from."""
    asked = safe_next(request.values.get("next"))
    return asked if asked.startswith(url_for(".live")) else url_for(".live")
