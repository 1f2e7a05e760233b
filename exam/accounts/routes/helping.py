"""What HR and administrators do at once for somebody who can't get in; the buttons stand on pages about the person."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts import actions
from exam.accounts.routes.blueprint import bp, somebody
from exam.accounts.rules import LINK_LASTS, Role
from exam.db import db
from exam.web import roles_required, safe_next


@bp.post("/people/<int:person_id>/sign-in-link")
@roles_required(Role.HR, Role.ADMIN)
def make_link(person_id: int) -> ResponseReturnValue:
    """Make a one-time link and show it, this once: it is kept nowhere."""
    person, now = somebody(person_id), clock.now()
    token = actions.make_sign_in_link(db.session(), person, current_user.id, now)
    db.session.commit()
    path = url_for(".welcome", token=token)
    return render_template(
        "accounts/link_made.html",
        person=person,
        link=current_app.config["JIEYE"].base_url + path,
        expires_at=now + LINK_LASTS,
        back=_back(),
    )


@bp.post("/people/<int:person_id>/one-time-password")
@roles_required(Role.HR, Role.ADMIN)
def make_password(person_id: int) -> ResponseReturnValue:
    """Make a one-time password and show it, this once."""
    person = somebody(person_id)
    password = actions.make_one_time_password(db.session(), person, current_user.id, clock.now())
    db.session.commit()
    return render_template("accounts/password_made.html", person=person, password=password, back=_back())


@bp.post("/people/<int:person_id>/lift-lock")
@roles_required(Role.HR, Role.ADMIN)
def lift_lock(person_id: int) -> ResponseReturnValue:
    """Let a locked person try again at once."""
    person = somebody(person_id)
    actions.lift_lock(db.session(), person, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=person.full_name), "good")
    return redirect(_back())


@bp.post("/people/<int:person_id>/active")
@roles_required(Role.HR, Role.ADMIN)
def set_active(person_id: int) -> ResponseReturnValue:
    """Close somebody's account, or open it again."""
    person = somebody(person_id)
    if request.form.get("active") == "1":
        actions.let_in(db.session(), person, actor_id=current_user.id, now=clock.now())
        said = _("The account of %(name)s is open again.", name=person.full_name)
    else:
        actions.close_out(db.session(), person, actor_id=current_user.id, now=clock.now())
        said = _("The account of %(name)s is closed. All they did is kept.", name=person.full_name)
    db.session.commit()
    flash(said, "good")
    return redirect(_back())


def _back() -> str:
    """The page with the button that was pressed."""
    return safe_next(request.form.get("next"))
