"""One's own page: who one is to the site, where mails go, the language, the password."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock
from exam.accounts import actions, queries
from exam.accounts.forms import ChangePasswordForm, EmailForm, LanguageForm
from exam.accounts.routes.blueprint import bp
from exam.accounts.session import keep_session
from exam.db import db
from exam.errors import Refused, beside
from exam.web import nav, signed_in

LANGUAGES = [("zh_Hans_CN", "\u4e2d\u6587"), ("en", "English")]
"""Each in its own words."""

nav.add_personal(_l("Profile"), "accounts.profile", 30)


@bp.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Show who one is to the site, and what one can change."""
    return _page()


@bp.post("/profile/email")
@signed_in
def change_email() -> ResponseReturnValue:
    """Have mails sent elsewhere."""
    form = EmailForm()
    if form.validate():
        try:
            actions.change_email(
                db.session(), current_user, form.email.data or None, actor_id=current_user.id, now=clock.now()
            )
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            flash(_("Mails go to the new address from now on.") if form.email.data else _("You get no mails."), "good")
            return redirect(url_for(".profile"))
    return _page(email_form=form), 422


@bp.post("/profile/language")
@signed_in
def change_locale() -> ResponseReturnValue:
    """Read pages and mails in another language."""
    form = LanguageForm(LANGUAGES)
    if not form.validate():
        return _page(language_form=form), 422
    current_user.locale = form.locale.data
    db.session.commit()
    return redirect(url_for(".profile"))


@bp.post("/profile/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password and end all other sessions, but not this one."""
    form = ChangePasswordForm()
    if form.validate():
        try:
            actions.change_password(
                db.session(), current_user, form.old.data or "", form.password.data or "", clock.now()
            )
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            keep_session(current_user)
            flash(_("Your password is changed. On other devices you have to sign in again."), "good")
            return redirect(url_for(".profile"))
    return _page(password_form=form), 422


def _page(**forms: Any) -> str:
    tutor = queries.person(db.session(), current_user.tutor_id) if current_user.tutor_id else None
    shown = {
        "email_form": EmailForm(formdata=None, obj=current_user),
        "language_form": LanguageForm(LANGUAGES, formdata=None, locale=current_user.locale or LANGUAGES[0][0]),
        "password_form": ChangePasswordForm(formdata=None),
    }
    return render_template("accounts/profile.html", tutor=tutor, **{**shown, **forms})
