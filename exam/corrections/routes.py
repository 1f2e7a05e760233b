"""Correcting questions that people have sat: the list, a mended key, the preview, the second person."""

from collections.abc import Callable, Generator
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.corrections import actions, queries
from exam.corrections.forms import DecisionForm, KeyForm, ProposalForm, WorthForm
from exam.corrections.models import Correction
from exam.corrections.queries import Preview, Row
from exam.corrections.rules import OPEN, NothingLeft, Policy, Progress, Sat, State
from exam.db import db
from exam.errors import Refused, beside
from exam.marking.rules import alias
from exam.papers.queries import wants_second_person
from exam.steps import told, wants_lines
from exam.web import PAGE_SIZE, Page, page_number, roles_required
from question_bank import bank
from question_bank.items import Item
from question_bank.models import QuestionVersion, VersionState

bp = Blueprint("corrections", __name__)


@bp.get("/corrections")
@roles_required(Role.TRAINER)
def corrections() -> ResponseReturnValue:
    """All corrections, those that wait first."""
    number = page_number()
    rows, total = queries.listed(db.session(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template("corrections/list.html", page=Page(rows, total, number))


@bp.route("/corrections/new/<int:version_id>", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def new(version_id: int) -> ResponseReturnValue:
    """Mend the key of a version that people have sat or what it counts for, or say that the question is faulty."""
    version = _sat_version(version_id)
    if other := queries.open_one(db.session(), version.corrects_id or version.id):
        return redirect(url_for(".correction", correction_id=other.id))
    item = _counting_item(version_id)
    known = {one.exam_id: one for one in queries.worths(db.session(), version.corrects_id or version.id)}
    act = request.form.get("act", "key") if request.method == "POST" else ""
    form = KeyForm() if act == "key" else KeyForm(formdata=None)
    worth = WorthForm() if act == "worth" else WorthForm(formdata=None)
    if act == "faulty" or (act == "key" and form.validate()) or (act == "worth" and worth.validate()):
        mended, worths = form.mended(item) if act == "key" else None, worth.wanted if act == "worth" else None
        try:
            begun = actions.begin(
                db.session(), version, mended, worths=worths, actor_id=current_user.id, now=clock.now()
            )
            db.session.commit()
            return redirect(url_for(".correction", correction_id=begun.id))
        except Refused as refused:
            beside(worth if act == "worth" else form, refused, on_top=True)
            item = _counting_item(version_id)
    if act != "key":
        form.fill(item)
    if act != "worth":
        worth.fill({id: one.worths for id, one in known.items()})
    page = render_template(
        "corrections/new.html", version=version, item=item, form=form, worth=worth, known=known, media=_media(item)
    )
    return page, 422 if form.errors or worth.errors else 200


@bp.get("/corrections/<int:correction_id>")
@roles_required(Role.TRAINER)
def correction(correction_id: int) -> ResponseReturnValue:
    """What a correction would do, or has done."""
    return _show(_row(correction_id))


@bp.post("/corrections/<int:correction_id>/propose")
@roles_required(Role.TRAINER)
def propose(correction_id: int) -> ResponseReturnValue:
    """Ask a second person to look through it; or look at another way, with the reason as far as it is written."""
    row = _row(correction_id)
    form = ProposalForm(queries.policies_of(row.correction))
    if not form.validate() or request.form.get("act") == "look":
        return _show(row, form)
    steps = _steps(
        actions.propose, correction_id, Policy(form.policy.data), form.reason.data or "", seen=form.seen.data or "",
        actor_id=current_user.id, now=clock.now(),
    )  # fmt: skip
    return _gone_through(steps, correction_id, form=form)


@bp.post("/corrections/<int:correction_id>/decide")
@roles_required(Role.TRAINER)
def decide(correction_id: int) -> ResponseReturnValue:
    """The second person carries it out, or refuses it."""
    row, form = _row(correction_id), DecisionForm()
    if not form.validate():
        return _show(row, decision=form)
    note, who, now = form.note.data or "", current_user.id, clock.now()
    if request.form.get("act") == "approve":
        steps = _steps(actions.approve, correction_id, note, seen=form.seen.data or "", actor_id=who, now=now)
        return _gone_through(steps, correction_id, decision=form)
    try:
        actions.refuse(db.session(), row.correction, note, actor_id=who, now=now)
    except Refused as refused:
        return _again(correction_id, refused, decision=form)
    db.session.commit()
    flash(_("It is refused. Nothing has changed."), "good")
    return redirect(url_for(".correction", correction_id=correction_id))


def _steps(
    act: Callable[..., Generator[Progress, None, None]], correction_id: int, *words: Any, **how: Any
) -> Generator[Progress, None, None]:
    """The steps of an action that may run while it is told: it takes its session in its own turn."""
    yield from act(db.session(), _row(correction_id).correction, *words, **how)


def _gone_through(
    steps: Generator[Progress, None, None], correction_id: int, form: Any = None, decision: Any = None
) -> ResponseReturnValue:
    """Go through the steps at once, or tell the page's script how far they are."""
    if wants_lines():
        return told(steps, _say, lambda _made: _end(correction_id), _refuse, Refused)
    try:
        for _step in steps:
            pass
    except Refused as refused:
        return _again(correction_id, refused, form, decision)
    applied = _row(correction_id).correction.state is State.APPLIED
    flash(
        _("It is carried out.") if applied else _("A colleague looks through it now. Nothing has changed yet."), "good"
    )
    return redirect(_end(correction_id))


def _say(step: Progress) -> dict[str, Any]:
    return {"said": _("%(done)s of %(num)s carried out …", done=step.done, num=step.of), "share": step.done / step.of}


def _end(correction_id: int) -> str:
    db.session.commit()
    return url_for(".correction", correction_id=correction_id)


def _refuse(error: Exception) -> str:
    db.session.rollback()
    assert isinstance(error, Refused)
    return str(error.message)


@bp.post("/corrections/<int:correction_id>/drop")
@roles_required(Role.TRAINER)
def drop(correction_id: int) -> ResponseReturnValue:
    """Give up one's own."""
    actions.drop(db.session(), _row(correction_id).correction, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The correction is given up. Nothing has changed."), "good")
    return redirect(url_for(".corrections"))


@bp.post("/corrections/<int:correction_id>/undo")
@roles_required(Role.TRAINER)
def undo(correction_id: int) -> ResponseReturnValue:
    """Begin the correction that takes this one back."""
    begun = actions.undo(db.session(), _row(correction_id).correction, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    return redirect(url_for(".correction", correction_id=begun.id))


def _row(correction_id: int) -> Row:
    return queries.one(db.session(), correction_id) or abort(404)


def _counting_item(version_id: int) -> Item:
    return bank.item_of(bank.counting_versions(db.session(), [version_id])[version_id])


def _sat_version(version_id: int) -> QuestionVersion:
    version = db.session.get(QuestionVersion, version_id)
    if version is None or version.state is VersionState.DRAFT or version.used_at is None:
        abort(404)
    return version


def _again(correction_id: int, refused: Refused, form: Any = None, decision: Any = None) -> ResponseReturnValue:
    """The page once more with what was typed, the refusal at its field."""
    beside(form or decision, refused, on_top=True)
    return _show(_row(correction_id), form, decision, refused.status)


def _show(row: Row, form: Any = None, decision: Any = None, status: int | None = None) -> ResponseReturnValue:
    correction = row.correction
    if correction.state is State.APPLIED:
        return _show_applied(row)
    allowed = queries.policies_of(correction)
    sats = queries.sitters(db.session(), correction) if correction.state in OPEN else []
    previews = _previews(correction, sats)
    chosen = correction.policy or _asked(form.policy.data if form else request.args.get("policy"), allowed, previews)
    if form is None:
        form = ProposalForm(allowed, formdata=None, policy=chosen.value if chosen else None, reason=correction.reason)
    item, shown = queries.item_before(correction), previews.get(chosen) if chosen else None
    tests = queries.statistics(db.session(), correction, shown, sats) if shown else []
    page = render_template(
        "corrections/correction.html", row=row, correction=correction, before=item,
        mended=queries.mended_item(correction), worths=queries.worths_asked(db.session(), correction),
        allowed=allowed, previews=previews, chosen=chosen, shown=shown,
        tests=tests, form=form,
        decision=decision or DecisionForm(formdata=None), name=_namer(correction), media=_media(item),
        alone=not wants_second_person(db.session()), mine=correction.begun_by == current_user.id,
    )  # fmt: skip
    bad = form.errors or (decision and decision.errors)
    return page, status or (422 if bad else 200)


def _show_applied(row: Row) -> ResponseReturnValue:
    number, correction = page_number(), row.correction
    rows, total = queries.changes(db.session(), correction.id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    item = queries.item_before(correction)
    return render_template(
        "corrections/applied.html", row=row, correction=correction, before=item, mended=queries.mended_item(correction),
        figures=actions.figures_of(correction.figures or {}), page=Page(rows, total, number), name=_namer(correction),
        worths=queries.worths_asked(db.session(), correction),
        taken_back=queries.taken_back(db.session(), correction.id),
        stood_on=queries.stands_on(db.session(), correction), media=_media(item),
    )  # fmt: skip


def _previews(correction: Correction, sats: list[Sat]) -> dict[Policy, Preview | None]:
    """What each way would do; None for one that would leave somebody nothing that counts."""
    if correction.state not in OPEN:
        return {}
    wanted = [correction.policy] if correction.policy else queries.policies_of(correction)
    found: dict[Policy, Preview | None] = {}
    for policy in wanted:
        try:
            found[policy] = queries.preview(db.session(), correction, policy, sats)
        except NothingLeft:
            found[policy] = None
    return found


def _asked(asked: str | None, allowed: tuple[Policy, ...], previews: dict[Policy, Preview | None]) -> Policy | None:
    """The way that is looked at: the one asked for, else the first that can be gone."""
    possible = [policy for policy in allowed if previews.get(policy)]
    return next((one for one in possible if one.value == asked), possible[0] if possible else None)


def _namer(correction: Correction) -> Any:
    """Names for attempts, as the desk gives them: nobody who decides sees whom it concerns."""
    secret = str(current_app.secret_key)
    return lambda attempt_id: alias(attempt_id, correction.question_id, secret)[:4].upper()


def _media(item: Any) -> Any:
    return bank.media_facts(db.session(), [item])
