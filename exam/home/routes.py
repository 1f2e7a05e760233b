"""The page everybody lands on: the one next step for a new hire, what waits for everybody else."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.home import queries, rules
from exam.web import has_endpoint, nav, public

bp = Blueprint("home", __name__)
nav.add(Role.NEW_HIRE, _l("Home"), "home.index", 10)

ALONE = {Role.HR: "results.overview", Role.ADMIN: "accounts.admin"}
"""Where somebody with this role alone begins: their page says already what waits."""


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The landing page of whoever asks."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    roles = current_user.roles
    start = ALONE.get(next(iter(roles))) if len(roles) == 1 else None
    if start and has_endpoint(start):
        return redirect(url_for(start))
    now, session = clock.now(), db.session()
    work = {
        "trainer": queries.trainer_work(session, current_user.id, now) if Role.TRAINER in roles else None,
        "hr": queries.hr_work(session, now) if Role.HR in roles else None,
        "admin": Role.ADMIN in roles,
    }
    if Role.NEW_HIRE not in roles:
        return render_template("home/work.html", work=work)
    home = queries.new_hire_home(session, current_user, now)
    if home.outline is None and len(roles) > 1:
        return render_template("home/work.html", work=work)
    step = rules.next_step(home.facts)
    return render_template(
        "home/new_hire.html",
        home=home,
        step=step.value,
        path=rules.path(step),
        until=lambda moment: rules.countdown(moment - now),
        reading=rules.reading_time(home.outline.minutes_left) if home.outline else None,
        urls=ways_on(home),
        work=work if len(roles) > 1 else None,
    )


def ways_on(home: queries.NewHireHome) -> dict[str, str | None]:
    """Where the button of the next step may lead; None where there is nothing for this person."""
    run = home.standing.run if home.standing else None
    attempt = run.attempt_id if run else None
    return {
        "exam": way("sittings.exam") if home.standing else None,
        "room": way("attempts.room", attempt_id=attempt) if attempt else None,
        "receipt": way("receipts.receipt", attempt_id=attempt) if attempt else None,
        "result": way("results.mine", attempt_id=attempt) if attempt and home.score is not None else None,
        "plan": way("retakes.my_plan") if home.facts.plan else None,
    }


def way(endpoint: str, **values: Any) -> str | None:
    """The address of a page, if it is there."""
    return url_for(endpoint, **values) if has_endpoint(endpoint) else None
