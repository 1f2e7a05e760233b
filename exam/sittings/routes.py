"""The exam's page of a new hire, from the gate to the start; reopening by HR; who starts when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock, display
from exam.accounts.rules import Role
from exam.company import zone
from exam.courses import queries as courses
from exam.courses.rules import Outline
from exam.db import db
from exam.errors import Refused
from exam.papers import queries as papers
from exam.papers.models import Exam
from exam.papers.rules import possible, questions
from exam.sittings import actions, queries, rules
from exam.sittings.forms import SLOT_FORMAT, BookForm, ReopenForm
from exam.sittings.models import Sitting
from exam.sittings.queries import Standing
from exam.sittings.rules import Day, DayState, HalfHour, SlotState, Stage
from exam.web import PAGE_SIZE, Page, nav, page_number, roles_required, safe_next
from question_bank.items import Kind

bp = Blueprint("sittings", __name__)
nav.add(Role.NEW_HIRE, _l("Exam"), "sittings.exam", 30, also=("attempts.", "receipts.receipt", "results.mine"))
nav.add(Role.HR, _l("Bookings"), "sittings.bookings", 40)

WEEK = 7
NOON = 12
BOOKING = (Stage.OPEN, Stage.NO_SHOW)
"""Where the calendar is what the page is about."""


@dataclass(frozen=True)
class Terms:
    """What a candidate is told of an exam beforehand."""

    exam: Exam
    questions: int
    points: Fraction
    kinds: Mapping[Kind, tuple[int, Fraction]]
    minutes: int
    """This person's whole time, extra time counted."""


@dataclass(frozen=True)
class Column:
    """A day as the calendar shows it; times that are past or too late are left out."""

    date: date
    state: DayState
    morning: Sequence[HalfHour]
    afternoon: Sequence[HalfHour]


@dataclass(frozen=True)
class Calendar:
    """The week of the window that is shown, and the day that a phone shows of it."""

    days: Sequence[Column]
    today: date
    open_day: date
    before: date | None
    after: date | None
    chosen: datetime | None


@bp.get("/exam")
@roles_required(Role.NEW_HIRE)
def exam() -> ResponseReturnValue:
    """The exam of a new hire: the gate, the calendar, the booking, what became of it, and the rules."""
    now = clock.now()
    found = queries.standings(db.session(), queries.of_person(db.session(), current_user.id), now)
    chosen = wanted_standing(found)
    return render_standing(chosen, found) if chosen else render_gate()


def wanted_standing(found: Sequence[Standing]) -> Standing | None:
    """The sitting named in the query, else the one that counts now. Refuses one that isn't the person's with 404."""
    wanted = request.args.get("sitting")
    if wanted is None:
        return queries.pick_current(found)
    return next((one for one in found if str(one.sitting.id) == wanted), None) or abort(404)


def render_gate() -> str:
    """Before completion: what is missing, and what awaits afterwards."""
    enrolments = courses.enrolments(db.session(), current_user.id)
    enrolment = next((one for one in enrolments if not one.completed_at), None) or next(iter(enrolments), None)
    outline: Outline | None = courses.outline(db.session(), enrolment) if enrolment else None
    published = queries.published_exams(db.session(), enrolment.course_id) if enrolment else []
    return render_template("sittings/gate.html", outline=outline, terms=terms_of(published))


def render_standing(chosen: Standing, found: Sequence[Standing], problem: str = "") -> str:
    """The page about one sitting; `found` are all of the person's, for the history."""
    changing = chosen.stage is Stage.BOOKED and (bool(problem) or "change" in request.args)
    calendar = calendar_of(chosen) if changing or chosen.stage in BOOKING else None
    return render_template(
        "sittings/exam.html",
        one=chosen,
        sitting=chosen.sitting,
        stage=chosen.stage.value,
        calendar=calendar,
        changing=changing,
        refusal=queries.start_refusal(db.session(), chosen, zone()),
        problem=problem,
        terms=terms_of([chosen.exam])[0],
        left=rules.tries_left(chosen.sitting.try_number, chosen.exam.max_retakes),
        history=found,
        half_hour=rules.HALF_HOUR,
        place_until=chosen.booked + rules.HALF_HOUR if chosen.booked else None,
    )


def calendar_of(one: Standing) -> Calendar:
    """The week with the day asked for, else with the booked day, else with the first day that has room."""
    days = queries.calendar(db.session(), one, zone())
    today = display.local(one.now).date()
    booked = one.booked if one.booked and one.booked > one.now else None
    free = next((day.date for day in days if day.state is DayState.OPEN), days[-1].date)
    open_day = asked_day(days) or (display.local(booked).date() if booked else free)
    first = (open_day - days[0].date).days // WEEK * WEEK
    return Calendar(
        days=[column(day) for day in days[first : first + WEEK]],
        today=today,
        open_day=open_day,
        before=days[first - 1].date if first else None,
        after=days[first + WEEK].date if first + WEEK < len(days) else None,
        chosen=booked,
    )


def column(day: Day) -> Column:
    """A day parted at noon."""
    shown = [one for one in day.half_hours if one.bookable or one.state is SlotState.FULL]
    morning = [one for one in shown if display.local(one.starts_at).hour < NOON]
    return Column(day.date, day.state, morning, shown[len(morning) :])


def asked_day(days: Sequence[Day]) -> date | None:
    """The day in the query, if it is one of the window's."""
    wanted = request.args.get("day")
    return next((day.date for day in days if day.date.isoformat() == wanted), None)


def terms_of(exams: Sequence[Exam]) -> list[Terms]:
    """The terms of these exams for this person: one statement."""
    lines = papers.lines_of(db.session(), [one.id for one in exams])
    return [
        Terms(
            exam=one,
            questions=questions(lines[one.id]),
            points=possible(lines[one.id]),
            kinds=papers.kinds(lines[one.id]),
            minutes=int(rules.time_given(one.minutes, current_user.time_factor).total_seconds() // 60),
        )
        for one in exams
    ]


def own_or_404(sitting_id: int) -> Sitting:
    return queries.own_sitting(db.session(), current_user.id, sitting_id) or abort(404)


@bp.post("/sittings/<int:sitting_id>/book")
@roles_required(Role.NEW_HIRE)
def book(sitting_id: int) -> ResponseReturnValue:
    """Book a start time, or change the one booked."""
    sitting, form = own_or_404(sitting_id), BookForm()
    if not form.validate():
        return show_problem(sitting_id, form.problem), 422
    try:
        booking = actions.book(db.session(), sitting, form.moment, now=clock.now())
    except Refused as refusal:
        db.session.rollback()
        return show_problem(sitting_id, str(refusal.message)), refusal.status
    db.session.commit()
    flash(_("Booked: %(time)s.", time=display.moment(booking.starts_at)), "good")
    return redirect(url_for(".exam", sitting=sitting_id))


def show_problem(sitting_id: int, problem: str) -> str:
    """The calendar again, with what went wrong on top of it."""
    found = queries.standings(db.session(), queries.of_person(db.session(), current_user.id), clock.now())
    return render_standing(next(one for one in found if one.sitting.id == sitting_id), found, problem)


@bp.post("/sittings/<int:sitting_id>/cancel")
@roles_required(Role.NEW_HIRE)
def cancel(sitting_id: int) -> ResponseReturnValue:
    """Give the booked time back."""
    actions.cancel_booking(db.session(), own_or_404(sitting_id), now=clock.now())
    db.session.commit()
    flash(_("Your booking is cancelled. You can book another time."), "good")
    return redirect(url_for(".exam", sitting=sitting_id))


@bp.get("/exam/<int:sitting_id>/start")
@roles_required(Role.NEW_HIRE)
def start(sitting_id: int) -> ResponseReturnValue:
    """The last page before the clock runs: the rules in nine lines, the device, the button."""
    one = queries.standing(db.session(), own_or_404(sitting_id), clock.now())
    if one.stage is Stage.RUNNING and one.run:
        return redirect(url_for("attempts.room", attempt_id=one.run.attempt_id))
    refusal = queries.start_refusal(db.session(), one, zone())
    return render_template(
        "sittings/start.html",
        network_days=rules.NETWORK_KEPT.days,
        one=one,
        sitting=one.sitting,
        refusal=actions.REFUSALS[refusal] if refusal else None,
        ends_at=one.deadline_from(one.now),
        terms=terms_of([one.exam])[0],
        left=rules.tries_left(one.sitting.try_number, one.exam.max_retakes),
    )


@bp.route("/sittings/<int:sitting_id>/reopen", methods=["GET", "POST"])
@roles_required(Role.HR)
def reopen(sitting_id: int) -> ResponseReturnValue:
    """Give a missed window a later end, with a reason."""
    sitting, form, now = queries.sitting(db.session(), sitting_id) or abort(404), ReopenForm(), clock.now()
    problem = ""
    if form.validate_on_submit():
        try:
            closes_at = rules.end_of_day(form.day, zone())
            actions.reopen(db.session(), sitting, closes_at, form.reason.data or "", current_user.id, now)
        except Refused as refusal:
            db.session.rollback()
            problem = str(refusal.message)
        else:
            db.session.commit()
            flash(_("The window is open until %(time)s.", time=display.moment(closes_at)), "good")
            return redirect(safe_next(request.form.get("next")))
    fresh = queries.sitting(db.session(), sitting_id) or abort(404)
    one = queries.standing(db.session(), fresh, now)
    if request.method == "GET":
        form.last_day.data = display.local(rules.window_end(now, one.exam.window_days, zone())).date().isoformat()
    status = 422 if request.method == "POST" else 200
    return render_template("sittings/reopen.html", form=form, one=one, problem=problem, **reopen_days(one)), status


def reopen_days(one: Standing) -> dict[str, Any]:
    """The earliest and the latest day that may be chosen, and the page to go back to."""
    first = max(display.local(one.now).date(), display.local(one.sitting.closes_at).date() + timedelta(days=1))
    last = display.local(one.now + rules.LONGEST_REOPENING).date() - timedelta(days=1)
    return {"first_day": first, "last_day": last, "back": safe_next(request.values.get("next"))}


@bp.get("/bookings")
@roles_required(Role.TRAINER, Role.HR)
def bookings() -> ResponseReturnValue:
    """Who starts when, from today on."""
    now, number = clock.now(), page_number()
    since = display.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    total = queries.count_bookings(db.session(), since)
    items = queries.bookings_from(db.session(), since, now, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    return render_template("sittings/bookings.html", page=Page(items, total, number))


@bp.app_template_filter("weekday")
def weekday(day: date, width: str = "EEE") -> str:
    """Wed; with the width EEEEE the letter of the day, for the strip of days on a phone."""
    return format_date(day, width, locale=get_locale())


@bp.app_template_filter("slot_value")
def slot_value(half_hour: HalfHour) -> str:
    """A start time as the calendar's form sends it."""
    return half_hour.starts_at.strftime(SLOT_FORMAT)
