"""The ways in and out: signing in, one-time links, a first password, a forgotten one."""

from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from exam import clock, display
from exam.accounts import actions, queries
from exam.accounts.forms import ForgottenForm, NewPasswordForm, SignInForm, read_sign_in
from exam.accounts.routes.blueprint import bp
from exam.accounts.rules import NAME_DOOR
from exam.accounts.session import begin_session, end_session, keep_session, try_password
from exam.db import db
from exam.errors import Refused, beside
from exam.web import public, safe_next, signed_in

DEMO_PASSWORD = "jieye-demo"


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who it is."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@public
def sign_in_post() -> ResponseReturnValue:
    """Let in whoever knows the password."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    try:
        person = try_password(
            form.username.data or "", form.password.data or "", request.remote_addr or "", clock.now()
        )
    except Refused as refusal:
        db.session.rollback()
        form.password.errors = [_refusal_words(refusal)]
        return _sign_in_page(form), 429 if "until" in refusal.detail else 422
    begin_session(person, remember=form.remember.data)
    return redirect(safe_next(request.values.get("next")))


@bp.post("/sign-in/again")
@public
def sign_in_again() -> ResponseReturnValue:
    """Let somebody back in without leaving the page, as JSON: the person that the page is about, and nobody else."""
    person_id, password = read_sign_in(request.get_json(silent=True))
    known, address = queries.person(db.session(), person_id), request.remote_addr or ""
    try:
        person = try_password(known.username if known else f"#{person_id}", password, address, clock.now())
    except Refused as refusal:
        db.session.rollback()
        status = 429 if "until" in refusal.detail else 422
        return jsonify(code=refusal.code, message=str(_refusal_words(refusal))), status
    begin_session(person)
    return jsonify(csrf_token=generate_csrf(), must_change_password=person.must_change_password)


def _sign_in_page(form: SignInForm) -> str:
    demo = current_app.config["JIEYE"].demo
    people = queries.demo_people(db.session()) if demo else []
    return render_template(
        "accounts/sign_in.html", form=form, next=request.values.get("next"), people=people, demo_password=DEMO_PASSWORD
    )


def _refusal_words(refusal: Refused) -> Any:
    """Why somebody isn't let in, the consequence of the next try included."""
    minutes = int(NAME_DOOR.closed_for.total_seconds() // 60)
    until = refusal.detail.get("until")
    if refusal.code == "locked":
        return _(
            "The account is locked until %(time)s. Is an exam about to start? HR can lift the lock at once.",
            time=display.clock(until),
        )
    if refusal.code == "too_many":
        return _(
            "Too many wrong passwords came from this network. Try again after %(time)s.", time=display.clock(until)
        )
    if refusal.code != "wrong_password":
        return refusal.message
    left = refusal.detail["left"]
    if left == 0:
        return _(
            "The password is wrong. The account is now locked for %(minutes)s minutes; HR can lift the lock at once.",
            minutes=minutes,
        )
    return _n(
        "The password is wrong. After %(num)d more wrong try the account is locked for %(minutes)s minutes.",
        "The password is wrong. After %(num)d more wrong tries the account is locked for %(minutes)s minutes.",
        left,
        minutes=minutes,
    )


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Leave. Public, so that a session that has ended elsewhere can be left as well."""
    end_session()
    flash(_("You are signed out."), "good")
    return redirect(url_for(".sign_in"))


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> ResponseReturnValue:
    """Choose a password by a one-time link, and be in. Looking at the page doesn't use the link up."""
    now = clock.now()
    link = queries.open_link(db.session(), actions.hash_token(token), now)
    if link is None:
        return render_template("accounts/link_gone.html"), 410
    person = queries.person(db.session(), link.person_id)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            newcomer = actions.use_sign_in_link(db.session(), token, form.password.data or "", now)
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            begin_session(newcomer)
            flash(_("Your password is set, and you are signed in."), "good")
            return redirect(safe_next(None))
    return _with_status(form, "accounts/welcome.html", person=person)


@bp.route("/first-password", methods=["GET", "POST"])
@signed_in
def first_password() -> ResponseReturnValue:
    """Replace a one-time password by one's own."""
    following = safe_next(request.values.get("next"))
    if not current_user.must_change_password:
        return redirect(following)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            actions.replace_one_time_password(db.session(), current_user, form.password.data or "", clock.now())
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            keep_session(current_user)
            flash(_("Your password is set."), "good")
            return redirect(following)
    return _with_status(form, "accounts/first_password.html", next=request.values.get("next"))


@bp.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same for everybody, so that nothing is learnt about accounts."""
    form = ForgottenForm()
    if form.validate_on_submit():
        try:
            actions.ask_for_link(db.session(), form.username.data or "", request.remote_addr or "", clock.now())
        except Refused as refusal:
            db.session.rollback()
            form.username.errors = [
                _("Too many links were asked for from this network. Try again after %(time)s.",
                  time=display.clock(refusal.detail["until"]))
            ]  # fmt: skip
            return render_template("accounts/forgotten.html", form=form), 429
        db.session.commit()
        return redirect(url_for(".link_asked"))
    return _with_status(form, "accounts/forgotten.html")


@bp.get("/forgotten/asked")
@public
def link_asked() -> ResponseReturnValue:
    """Say what happens next, the same to everybody."""
    return render_template("accounts/link_asked.html")


def _with_status(form: Any, template: str, **values: Any) -> ResponseReturnValue:
    """The page of a form: 422 when it comes back with something to change."""
    return render_template(template, form=form, **values), 422 if form.errors else 200
