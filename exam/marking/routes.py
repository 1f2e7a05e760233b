"""The marking desk: what is left, one answer after another with names hidden, what has been marked, late answers.

An answer is addressed by its question and its alias (`rules.alias`): no number in an address leads to a person.
"""

from datetime import timedelta
from fractions import Fraction

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.errors import Refused, _l
from exam.marking import actions, queries, rules
from exam.marking.forms import LateForm, MarkForm, points_given
from exam.marking.queries import DeskAnswer
from exam.papers.queries import exams
from exam.web import PAGE_SIZE, Page, nav, page_number, roles_required, row_number

JUST_NOW = timedelta(hours=1)
"""How long the desk shows when the last mark was saved."""

bp = Blueprint("marking", __name__)
nav.add(
    Role.TRAINER,
    _l("Marking"),
    "marking.desk",
    40,
    count=lambda person: queries.left(db.session(), person.id),
    also=("results.release",),
)


@bp.get("/marking")
@roles_required(Role.TRAINER)
def desk() -> ResponseReturnValue:
    """What is left, question by question."""
    exam_id = request.args.get("exam", type=row_number)
    work = queries.work(db.session(), current_user.id, exam_id)
    return render_template(
        "marking/desk.html",
        work=work,
        left=sum(one.left for one in work),
        for_others=sum(one.for_others for one in work),
        first=next((one for one in work if one.left), None),
        exam_id=exam_id,
        exams=[(row.exam.id, row.exam.title) for row in exams(db.session())],
        late=queries.late_left(db.session()),
    )


@bp.get("/marking/questions/<int:question_id>")
@roles_required(Role.TRAINER)
def question(question_id: int) -> ResponseReturnValue:
    """Go on with this question; when nothing is left of it, with the next one, and in the end back to the list."""
    return redirect(_way_on(question_id, request.args.get("exam", type=row_number), request.args.get("after")))


@bp.get("/marking/questions/<int:question_id>/<name>")
@roles_required(Role.TRAINER)
def answer(question_id: int, name: str) -> ResponseReturnValue:
    """One answer."""
    found = _answer(question_id, name)
    form = MarkForm(formdata=None, comment=found.opinion.comment if found.opinion else "")
    points = found.opinion.key_points if found.opinion else {}
    return _show(found, form, {id: Fraction(text) for id, text in points.items()})


@bp.post("/marking/questions/<int:question_id>/<name>")
@roles_required(Role.TRAINER)
def mark(question_id: int, name: str) -> ResponseReturnValue:
    """Keep the marker's points and go on with the next answer."""
    found = _answer(question_id, name)
    form = MarkForm()
    points = points_given(request.form.to_dict(flat=False), found.item)
    if not form.validate():
        return _show(found, form, points), 422
    try:
        actions.give_opinion(
            db.session(), found.attempt, found.position, current_user, points, form.comment.data or "", clock.now(),
            reason=form.reason.data or "",
        )  # fmt: skip
    except Refused as refusal:
        if refusal.detail.get("field") != "reason":
            raise
        db.session.rollback()
        form.reason.errors = [str(refusal.message)]
        return _show(_answer(question_id, name), form, points), 422
    db.session.commit()
    return redirect(_way_on(question_id, request.args.get("exam", type=row_number), name))


@bp.get("/marking/marked")
@roles_required(Role.TRAINER)
def marked() -> ResponseReturnValue:
    """What has been marked, to check it; one's own marks can be corrected from here."""
    number = page_number()
    question_id, exam_id = request.args.get("question", type=row_number), request.args.get("exam", type=row_number)
    rows, total = queries.marked(
        db.session(), question_id=question_id, exam_id=exam_id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    work = queries.work(db.session(), current_user.id)
    return render_template(
        "marking/marked.html",
        page=Page(rows, total, number),
        alias=_alias,
        question_id=question_id,
        exam_id=exam_id,
        questions=[(one.question_id, one.stem[:40]) for one in work],
        exams=[(row.exam.id, row.exam.title) for row in exams(db.session())],
    )


@bp.get("/marking/late")
@roles_required(Role.TRAINER)
def late() -> ResponseReturnValue:
    """Answers that came after the deadline and wait for a decision."""
    return _show_late(LateForm(formdata=None), None)


@bp.post("/marking/late/<int:late_id>")
@roles_required(Role.TRAINER)
def decide_late(late_id: int) -> ResponseReturnValue:
    """Let a late answer count, or not."""
    found = next((one for one in queries.late_slots(db.session(), current_user.id) if one.late.id == late_id), None)
    if found is None:
        flash(_("Somebody has decided on this answer already."), "wait")
        return redirect(url_for(".late"))
    form = LateForm()
    if not form.validate():
        return _show_late(form, late_id), 422
    accepted = form.accept.data == "yes"
    actions.decide_late(db.session(), found.late, accepted, form.reason.data or "", current_user, clock.now())
    db.session.commit()
    flash(_("The late answer counts now.") if accepted else _("The late answer doesn't count."), "good")
    return redirect(url_for(".late"))


def _alias(attempt_id: int, question_id: int) -> str:
    return rules.alias(attempt_id, question_id, str(current_app.secret_key))


def _attempt_id(name: str, question_id: int) -> int:
    try:
        return rules.attempt_behind(name, question_id, str(current_app.secret_key))
    except ValueError:
        abort(404)


def _answer(question_id: int, name: str) -> DeskAnswer:
    """The answer of this name, or 404."""
    attempt_id = _attempt_id(name, question_id)
    return queries.answer(db.session(), current_user.id, question_id, attempt_id) or abort(404)


def _way_on(question_id: int, exam_id: int | None, name: str | None) -> str:
    """Where the next answer is: of this question, else of the next one with work, else the list."""
    after = _attempt_id(name, question_id) if name else None
    session, me = db.session(), current_user.id
    wanted, attempt_id = question_id, queries.next_attempt(session, me, question_id, exam_id, after)
    if attempt_id is None:
        work = queries.work(session, me, exam_id)
        here = next((place for place, one in enumerate(work) if one.question_id == question_id), 0)
        wanted = next((one.question_id for one in work[here:] + work[:here] if one.left), 0)
        attempt_id = queries.next_attempt(session, me, wanted, exam_id) if wanted else None
    if attempt_id is None:
        return url_for(".desk", exam=exam_id)
    return url_for(".answer", question_id=wanted, name=_alias(attempt_id, wanted), exam=exam_id)


def _show(found: DeskAnswer, form: MarkForm, points: dict[str, Fraction]) -> str:
    exam_id = request.args.get("exam", type=row_number)
    before = found.opinion.id if found.opinion and found.opinion.marker_id == current_user.id else None
    last = queries.last_marked_by(db.session(), current_user.id, found.question_id)
    earlier = queries.last_marked_by(db.session(), current_user.id, found.question_id, before) if before else last
    proposal = found.proposal
    return render_template(
        "marking/answer.html",
        found=found,
        form=form,
        points=points,
        name=_alias(found.attempt.id, found.question_id),
        alias=_alias,
        earlier=earlier,
        saved=last if last and clock.now() - last.given_at < JUST_NOW else None,
        exam_id=exam_id,
        work=queries.work(db.session(), current_user.id, exam_id),
        findings={finding.key_point.id: finding for finding in proposal.findings},
        segments=rules.segments(found.text, proposal),
        parts=rules.parts,
        total=sum(points.values(), Fraction(0)),
        may_mark=not found.refusal and not found.is_blank and (not found.mark or bool(before)),
        refusal=actions.REFUSALS[found.refusal] if found.refusal else None,
    )


def _show_late(form: LateForm, late_id: int | None) -> str:
    slots = queries.late_slots(db.session(), current_user.id)
    return render_template(
        "marking/late.html", slots=slots, form=form, late_id=late_id, alias=_alias, refusals=actions.REFUSALS
    )
