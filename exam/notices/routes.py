"""Pages of notices: one's own inbox, and the administrator's list of mails."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from exam import clock, words
from exam.accounts.rules import Role
from exam.db import db
from exam.notices import actions, queries
from exam.notices.models import DeliveryState, Notice
from exam.notices.wording import Worded, word
from exam.web import PAGE_SIZE, Page, nav, page_number, query_url, roles_required, safe_next, signed_in

bp = Blueprint("notices", __name__)

nav.add_personal(_l("Notices"), "notices.inbox", 20, count=lambda person: queries.unread(db.session(), person.id))
nav.add(Role.ADMIN, _l("Mails"), "notices.mails", 30, whole=False)


@bp.get("/notices")
@signed_in
def inbox() -> ResponseReturnValue:
    """Show one's notices, unread ones first."""
    number = page_number()
    found, total = queries.inbox(db.session(), current_user.id, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    unread = queries.unread(db.session(), current_user.id)
    entries = [(notice, word(notice.kind, notice.params)) for notice in found]
    return render_template(
        "notices/inbox.html", page=Page(entries, total, number), unread=unread, mail_is_on=_mail_is_on()
    )


@bp.post("/notices/<int:notice_id>/read")
@signed_in
def read(notice_id: int) -> ResponseReturnValue:
    """Mark one notice as read; with `go`, go on to where it leads."""
    notice = queries.own_notice(db.session(), current_user.id, notice_id) or abort(404)
    actions.mark_read(db.session(), notice, clock.now())
    db.session.commit()
    if "go" in request.form and notice.link:
        return redirect(safe_next(notice.link))
    return redirect(safe_next(request.form.get("next") or url_for(".inbox")))


@bp.post("/notices/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    actions.mark_all_read(db.session(), current_user.id, clock.now())
    db.session.commit()
    return redirect(url_for(".inbox"))


@bp.get("/admin/mail")
@roles_required(Role.ADMIN)
def mails() -> ResponseReturnValue:
    """List mails with how far each has come."""
    number = page_number()
    state = next((one for one in DeliveryState if one.value == request.args.get("state")), None)
    found, total = queries.deliveries(db.session(), state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return render_template(
        "notices/mails.html",
        page=Page([(one, word(one.notice.kind, one.notice.params)) for one in found], total, number),
        state=state,
        states=words.options("delivery_state"),
        mail_is_on=_mail_is_on(),
        here=query_url(),
    )


@bp.post("/admin/mail/<int:delivery_id>/again")
@roles_required(Role.ADMIN)
def try_again(delivery_id: int) -> ResponseReturnValue:
    """Put a mail that failed back into the outbox."""
    delivery = queries.delivery(db.session(), delivery_id) or abort(404)
    actions.try_again(db.session(), delivery, current_user.id, clock.now())
    db.session.commit()
    flash(_("The mail is about to be sent again."), "good")
    return redirect(safe_next(request.form.get("next") or url_for(".mails")))


@bp.app_template_filter("notice_words")
def notice_words(notice: Notice) -> Worded:
    """A notice in the reader's language, for pages of later features."""
    return word(notice.kind, notice.params)


def _mail_is_on() -> bool:
    """Whether a mail server is configured."""
    return bool(current_app.config["JIEYE"].mail_host)
