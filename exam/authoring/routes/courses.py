"""Course pages and their knowledge checks, as trainers edit them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, markdown
from exam.accounts.rules import Role
from exam.authoring import actions, queries, rules
from exam.authoring.forms.courses import LONGEST_BODY, PageForm
from exam.authoring.forms.questions import CHECK_FORMS, add_spare_rows
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.media import put_in_medium
from exam.cleaning import clean_text
from exam.courses.models import KnowledgeCheck, Page
from exam.db import db
from exam.errors import Refused
from exam.web import roles_required
from question_bank import bank
from question_bank.items import Item, Kind, from_data
from question_bank.problems import problems


def _page(page_id: int) -> Page:
    """Load a page that is in its course; 404 when there is none."""
    page = queries.page(db.session(), page_id)
    return page if page and page.retired_at is None else abort(404)


def _check(check_id: int) -> KnowledgeCheck:
    """Load a knowledge check that stands on its page; 404 when there is none."""
    check = queries.check(db.session(), check_id)
    return check if check and check.retired_at is None else abort(404)


@bp.get("/authoring/courses")
@roles_required(Role.TRAINER)
def courses() -> ResponseReturnValue:
    """All courses with their pages."""
    return render_template("authoring/courses.html", courses=queries.course_views(db.session()))


@bp.route("/authoring/pages/<int:page_id>", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def page(page_id: int) -> ResponseReturnValue:
    """Write a page, and see its history and its knowledge checks."""
    shown = _page(page_id)
    form = PageForm(data={"version": shown.revision}, obj=shown)
    if not form.is_submitted():
        return _show_page(form, shown)
    if not form.validate():
        return _show_page(form, shown, status=422)
    try:
        changed = actions.edit_page(
            db.session(),
            shown,
            title=form.title.data or "",
            standfirst=form.standfirst.data or "",
            body=form.body.data or "",
            minutes=form.minutes.data or 0,
            actor_id=current_user.id,
            now=clock.now(),
            based_on=_number(form.version.data),
        )
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        shown = _page(page_id)
        form.version.data = str(shown.revision)
        form.form_errors.append(str(refusal.message))
        return _show_page(form, shown, status=refusal.status)
    flash(_("The page is saved; readers see it at once.") if changed else _("Nothing has been changed."), "good")
    return redirect(url_for(".page", page_id=page_id))


def _number(typed: object) -> int | None:
    """The revision that the page sent back; None for anything else."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _show_page(form: PageForm, shown: Page, status: int = 200) -> ResponseReturnValue:
    revisions = queries.revisions(db.session(), shown.id)
    checks = [(check, from_data(check.content)) for check in shown.checks if check.retired_at is None]
    return render_template(
        "authoring/page.html",
        form=form,
        page=shown,
        rendered=markdown.render(form.body.data or ""),
        revisions=revisions,
        checks=checks,
        media=bank.media_facts(db.session(), [item for _check, item in checks]),
        check_kinds=rules.OBJECTIVE,
        names=queries.names(db.session(), [shown.changed_by, *(one.changed_by for one in revisions)]),
    ), status


@bp.post("/authoring/pages/preview")
@roles_required(Role.TRAINER)
def page_preview() -> ResponseReturnValue:
    """The text as readers would see it, as a piece of a page."""
    body = (clean_text(request.form.get("body")) or "")[:LONGEST_BODY]
    return render_template("authoring/page_preview.html", rendered=markdown.render(body))


@bp.get("/authoring/pages/<int:page_id>/revisions/<int:number>")
@roles_required(Role.TRAINER)
def page_revision(page_id: int, number: int) -> ResponseReturnValue:
    """What the page said once, and what the next edit changed, or every edit since."""
    shown = _page(page_id)
    texts: dict[int, Any] = {one.revision: one for one in queries.revisions(db.session(), page_id)}
    texts[shown.revision] = shown
    old = texts.get(number) or abort(404)
    later = sorted(one for one in texts if one > number)
    against = request.args.get("against", type=int, default=later[0] if later else number)
    new = texts.get(against) or abort(404)
    return render_template(
        "authoring/page_revision.html",
        page=shown,
        old=old,
        new=new,
        numbers=sorted(texts),
        lines=rules.changed_lines(_whole(old), _whole(new)),
        rendered=markdown.render(old.body),
        names=queries.names(db.session(), [old.changed_by]),
    )


def _whole(text: Any) -> str:
    return f"{text.title}\n{text.standfirst}\n\n{text.body}"


# Knowledge checks


@bp.route("/authoring/pages/<int:page_id>/checks/new", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def check_new(page_id: int) -> ResponseReturnValue:
    """Add a knowledge check of the kind asked for."""
    shown = _page(page_id)
    kind = next((one for one in rules.OBJECTIVE if one == request.args.get("kind")), None) or abort(404)
    form = CHECK_FORMS[kind]()
    to_be_shown = put_in_medium(form) or not form.is_submitted()
    item = rules.build(form.given())
    if not to_be_shown and _is_complete(form, item):
        actions.add_check(db.session(), shown, item, actor_id=current_user.id, now=clock.now())
        db.session.commit()
        flash(_("The knowledge check is on the page."), "good")
        return redirect(url_for(".page", page_id=page_id, _anchor="checks"))
    return _show_check(form, item, shown, None)


@bp.route("/authoring/checks/<int:check_id>", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def check(check_id: int) -> ResponseReturnValue:
    """Change a knowledge check."""
    shown = _check(check_id)
    before = from_data(shown.content)
    form = CHECK_FORMS[before.kind]()
    if not form.is_submitted():
        form.fill(before)
        return _show_check(form, before, shown.page, shown)
    came, known = put_in_medium(form), rules.part_ids(before)
    item = rules.build(form.given(), known, known)
    if not came and _is_complete(form, item):
        actions.edit_check(db.session(), shown, item, actor_id=current_user.id, now=clock.now())
        db.session.commit()
        flash(_("The knowledge check is saved."), "good")
        return redirect(url_for(".page", page_id=shown.page_id, _anchor="checks"))
    return _show_check(form, item, shown.page, shown)


@bp.post("/authoring/checks/<int:check_id>/retire")
@roles_required(Role.TRAINER)
def check_retire(check_id: int) -> ResponseReturnValue:
    """Take it out of its page."""
    shown = _check(check_id)
    actions.retire_check(db.session(), shown, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The knowledge check is taken out."), "good")
    return redirect(url_for(".page", page_id=shown.page_id, _anchor="checks"))


@bp.post("/authoring/checks/preview")
@roles_required(Role.TRAINER)
def check_preview() -> ResponseReturnValue:
    """What a reader would see of what is typed so far, as a piece of a page."""
    kind = next((one for one in rules.OBJECTIVE if one == request.args.get("kind")), None) or abort(404)
    item = rules.build(CHECK_FORMS[Kind(kind)]().given())
    return render_template("authoring/preview.html", item=item, media=bank.media_facts(db.session(), [item]))


def _is_complete(form: Any, item: Item) -> bool:
    """Whether a knowledge check can be kept; it has no drafts. What stands in the way is put beside the fields."""
    well_formed = form.validate()
    found = problems(item)
    form.show(found, item)
    if not item.explanation:
        form.refuse("explanation", _("Write the feedback: it shows after an answer, right or wrong."))
    return bool(well_formed and not found and item.explanation)


def _show_check(form: Any, item: Item, shown: Page, check: KnowledgeCheck | None) -> ResponseReturnValue:
    add_spare_rows(form)
    status = 422 if form.errors else 200
    media = bank.media_facts(db.session(), [item])
    return render_template("authoring/check.html", form=form, item=item, media=media, page=shown, check=check), status
