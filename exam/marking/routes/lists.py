"""Lists: what is left question by question, what has been marked, late answers and the decisions on them, agreement."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.marking import actions, queries, rules
from exam.marking.forms import LateForm
from exam.marking.routes.blueprint import alias, bp
from exam.papers.queries import exams
from exam.web import PAGE_SIZE, Page, page_number, roles_required, row_number


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
        for_nobody=sum(one.for_nobody for one in work),
        first=next((one for one in work if one.left), None),
        exam_id=exam_id,
        exams=[(row.exam.id, row.exam.title) for row in exams(db.session())],
        late=queries.late_left(db.session()),
        alone=not queries.trainers_besides(db.session(), current_user.id),
    )


@bp.get("/marking/marked")
@roles_required(Role.TRAINER)
def marked() -> ResponseReturnValue:
    """What has been marked, to check it; one's own marks can be corrected from here."""
    number = page_number()
    question_id, exam_id = request.args.get("question", type=row_number), request.args.get("exam", type=row_number)
    rows, total = queries.marked(
        db.session(),
        current_user.id,
        question_id=question_id,
        exam_id=exam_id,
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )  # fmt: skip
    work = queries.work(db.session(), current_user.id)
    return render_template(
        "marking/marked.html",
        page=Page(rows, total, number),
        alias=alias,
        question_id=question_id,
        exam_id=exam_id,
        questions=[(one.question_id, one.stem[:40]) for one in work],
        exams=[(row.exam.id, row.exam.title) for row in exams(db.session())],
    )


@bp.get("/marking/agreement")
@roles_required(Role.TRAINER, Role.HR)
def agreement() -> ResponseReturnValue:
    """How well markers agree who didn't see each other's marks, and whether anybody drifts."""
    exam_id = request.args.get("exam", type=row_number)
    found = queries.agreements(db.session(), exam_id)
    return render_template(
        "marking/agreement.html",
        found=found,
        enough_pairs=rules.ENOUGH_PAIRS,
        enough_decisions=rules.ENOUGH_DECISIONS,
        exam_id=exam_id,
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


def _show_late(form: LateForm, late_id: int | None) -> str:
    slots = queries.late_slots(db.session(), current_user.id)
    return render_template(
        "marking/late.html", slots=slots, form=form, late_id=late_id, alias=alias, refusals=actions.REFUSALS
    )
