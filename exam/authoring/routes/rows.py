"""The blueprint of an exam: its rows with what the bank has for each, and a paper as it might be."""

from random import Random
from secrets import randbelow
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring.forms.exams import BlueprintForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.exams import Building, building
from exam.authoring.routes.papers_wording import lack_sentence
from exam.db import db
from exam.errors import Refused
from exam.papers import actions
from exam.papers import queries as papers
from exam.papers.rules import FULL_POINTS, BlueprintLine, Lack, NotEnough, possible, questions
from exam.web import roles_required
from question_bank import bank

MOST_SAMPLES = 1_000_000


@bp.route("/exams/<int:exam_id>/blueprint", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def exam_blueprint(exam_id: int) -> ResponseReturnValue:
    """Say how many questions of which topic, kind and difficulty a paper has."""
    built = building(exam_id)
    form = BlueprintForm()
    if not form.is_submitted():
        form.fill(built.lines)
        return _blueprint(built, form, built.lines)
    form.offer(list(built.topics.items()))
    if not form.validate():
        return _blueprint(built, form, [], status=422)
    lines = form.lines()
    try:
        actions.set_blueprint(
            db.session(), built.exam, lines, seen=form.edition.data, actor_id=current_user.id, now=clock.now()
        )
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
        return _blueprint(built, form, lines, status=refusal.status)
    flash(_("The blueprint is saved."), "good")
    return redirect(url_for(".exam", exam_id=exam_id))


def _blueprint(
    built: Building, form: BlueprintForm, lines: list[BlueprintLine], status: int = 200
) -> ResponseReturnValue:
    form.add_spare_rows(list(built.topics.items()))
    form.edition.data, form.edition.raw_data = built.exam.blueprint_edition, None
    found = iter(lines)
    short = {id(lines[one.number - 1]): one for one in built.lacks_of(lines)} if lines else {}
    notes = []
    for entry in form.rows.entries:
        line = None if entry.form.is_empty else next(found, None)
        notes.append(_row_note(line, short.get(id(line)), built) if line else None)
    return render_template(
        "authoring/exam_blueprint.html",
        form=form,
        exam=built.exam,
        rows=list(zip(form.rows.entries, notes, strict=True)),
        total=possible(lines),
        number=questions(lines),
        full=FULL_POINTS,
    ), status


def _row_note(line: BlueprintLine, short: Lack | None, built: Building) -> dict[str, Any]:
    """What the bank has for one row."""
    has = sum(
        number
        for (topic, kind, difficulty), number in built.counts.items()
        if (topic, kind) == (line.topic, line.kind) and line.difficulty in (None, difficulty)
    )
    return {"has": has, "short": lack_sentence(short, built.topics) if short else None}


@bp.get("/exams/<int:exam_id>/sample")
@roles_required(Role.TRAINER)
def exam_sample(exam_id: int) -> ResponseReturnValue:
    """A paper as it might be drawn; nothing is kept."""
    built = building(exam_id)
    seed = request.args.get("seed", type=int, default=1) % MOST_SAMPLES
    try:
        slots = papers.sample(db.session(), built.lines, Random(seed)) if built.lines else []
    except NotEnough:
        slots = []
    return render_template(
        "authoring/exam_sample.html",
        exam=built.exam,
        slots=slots,
        media=bank.media_facts(db.session(), [slot.item for slot in slots]),
        obstacles=built.obstacles,
        next_seed=randbelow(MOST_SAMPLES),
    )
