"""Exams: their terms, their blueprint and whether the bank can meet it, publishing and retiring."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from secrets import randbelow
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring import queries, rules
from exam.authoring.forms.exams import BlueprintForm, CopyForm, NewExamForm, TermsForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.papers_wording import lack_sentence, lack_sentences, standing
from exam.authoring.routes.wording import (
    flaw_sentence,
    papers_sentence,
)
from exam.courses.models import Course
from exam.db import db
from exam.errors import Refused
from exam.papers import actions
from exam.papers import queries as papers
from exam.papers.models import Exam
from exam.papers.rules import (
    FULL_POINTS,
    KIND_ORDER,
    BlueprintLine,
    Candidate,
    Cause,
    Lack,
    NotEnough,
    Origin,
    Task,
    Terms,
    disjoint_papers,
    lacks,
    possible,
    questions,
    shortfalls,
)
from exam.web import roles_required
from question_bank import bank

MOST_SAMPLES = 1_000_000
MOST_COHORTS = 6
"""Named on the page of an exam; the page of its papers has all."""


@dataclass
class Building:
    """An exam being built: its blueprint, and what the bank has for it."""

    exam: Exam
    course: Course

    @cached_property
    def lines(self) -> list[BlueprintLine]:
        return papers.lines(db.session(), self.exam.id)

    @cached_property
    def counts(self) -> dict[Any, int]:
        return bank.counts(db.session())

    @cached_property
    def topics(self) -> dict[int, str]:
        return {topic.id: topic.name for topic in bank.topics(db.session())}

    @cached_property
    def candidates(self) -> list[Candidate]:
        return papers.candidates(db.session(), self.lines)

    @cached_property
    def enemies(self) -> set[tuple[int, int]]:
        return papers.enemies(db.session(), self.candidates)

    @cached_property
    def lacks(self) -> list[Lack]:
        return self.lacks_of(self.lines)

    def lacks_of(self, lines: Sequence[BlueprintLine]) -> list[Lack]:
        """What the bank lacks for one paper of these rows."""
        known = papers.candidates(db.session(), lines)
        return lacks(Task(lines, known, enemies=papers.enemies(db.session(), known)))

    @property
    def obstacles(self) -> list[str]:
        """What keeps it from being published, in words."""
        flaw = flaw_sentence(self.lines)
        counted = [one for one in self.lacks if one.cause is Cause.COUNT]
        return [*([flaw] if flaw else []), *lack_sentences(counted, self.topics)]

    @property
    def clashes(self) -> list[str]:
        """Rows that can be filled only with questions that shouldn't meet, in words."""
        return lack_sentences([one for one in self.lacks if one.cause is not Cause.COUNT], self.topics)

    @property
    def papers(self) -> int:
        """How many papers without a common question the bank gives one person."""
        return disjoint_papers(self.lines, self.counts)


def building(exam_id: int) -> Building:
    """Load an exam; 404 when there is none."""
    found = queries.exam(db.session(), exam_id) or abort(404)
    return Building(*found)


@bp.get("/exams")
@roles_required(Role.TRAINER)
def exams() -> ResponseReturnValue:
    """All exams, and whether the bank can meet them."""
    rows = papers.exams(db.session())
    counts = bank.counts(db.session())
    return render_template(
        "authoring/exams.html",
        rows=[
            (row, questions(row.lines), flaw_sentence(row.lines), len(shortfalls(row.lines, counts))) for row in rows
        ],
    )


@bp.route("/exams/new", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def exam_new() -> ResponseReturnValue:
    """Begin an exam with its terms."""
    form = NewExamForm()
    form.offer([(course.id, course.title) for course in queries.courses(db.session())])
    if not form.is_submitted():
        form.fill(Terms(""))
    elif form.validate():
        course = db.session.get_one(Course, int(form.course.data))
        exam = actions.make_exam(db.session(), course, form.terms(), actor_id=current_user.id, now=clock.now())
        db.session.commit()
        flash(_("The exam is a draft. Now say what its papers consist of."), "good")
        return redirect(url_for(".exam_blueprint", exam_id=exam.id))
    return render_template("authoring/exam_terms.html", form=form, exam=None), 422 if form.errors else 200


@bp.get("/exams/<int:exam_id>")
@roles_required(Role.TRAINER)
def exam(exam_id: int) -> ResponseReturnValue:
    """An exam at a glance."""
    built = building(exam_id)
    return _overview(built, CopyForm(data={"title": _("%(title)s (copy)", title=built.exam.title)}))


def _overview(built: Building, copy_form: CopyForm, status: int = 200) -> ResponseReturnValue:
    grid = rules.grid(built.lines)
    return render_template(
        "authoring/exam.html",
        built=built,
        exam=built.exam,
        grid=grid,
        totals=[sum(row.counts[column] for row in grid) for column in range(len(KIND_ORDER))],
        kinds=KIND_ORDER,
        by_kind=papers.kinds(built.lines),
        number=questions(built.lines),
        total=possible(built.lines),
        obstacles=built.obstacles,
        reach=papers_sentence(built.papers),
        cohorts=_cohorts(built.exam),
        copy_form=copy_form,
    ), status


def _cohorts(exam: Exam) -> list[tuple[papers.CohortPapers, tuple[str, str, str]]]:
    """How the papers of cohorts stand: first those whose candidates got drawn ones, then the newest."""
    found = [(one, standing(one, exam.blueprint_edition)) for one in papers.cohort_papers(db.session(), exam)]
    drawn = [bool(one.begun[Origin.DRAWN]) or tone == "bad" for one, (_words, _icon, tone) in found]
    ordered = sorted(zip(drawn, found, strict=True), key=lambda pair: not pair[0])
    return [one for _drawn, one in ordered[:MOST_COHORTS]]


@bp.route("/exams/<int:exam_id>/terms", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def exam_terms(exam_id: int) -> ResponseReturnValue:
    """Change the terms."""
    built = building(exam_id)
    form = TermsForm()
    if not form.is_submitted():
        form.fill(actions.terms_of(built.exam))
    elif form.validate():
        actions.edit_terms(db.session(), built.exam, form.terms(), actor_id=current_user.id, now=clock.now())
        db.session.commit()
        flash(_("The terms are saved. Who is sitting the exam or has sat it keeps the old ones."), "good")
        return redirect(url_for(".exam", exam_id=exam_id))
    return render_template("authoring/exam_terms.html", form=form, exam=built.exam), 422 if form.errors else 200


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
    if form.edition.data not in (None, built.exam.blueprint_edition):
        form.form_errors.append(
            _(
                "Somebody has saved this blueprint since you opened it. Below is yours: save again to put it in "
                "its place."
            )
        )
        return _blueprint(built, form, lines, status=409)
    try:
        actions.set_blueprint(db.session(), built.exam, lines, actor_id=current_user.id, now=clock.now())
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


@bp.post("/exams/<int:exam_id>/publish")
@roles_required(Role.TRAINER)
def exam_publish(exam_id: int) -> ResponseReturnValue:
    """Let it be taken."""
    actions.publish(db.session(), building(exam_id).exam, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The exam is published: who completes the course gets a window for it."), "good")
    return redirect(url_for(".exam", exam_id=exam_id))


@bp.post("/exams/<int:exam_id>/retire")
@roles_required(Role.TRAINER)
def exam_retire(exam_id: int) -> ResponseReturnValue:
    """Open no new windows."""
    actions.retire(db.session(), building(exam_id).exam, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The exam is retired: no new windows open. Windows that are open stay."), "good")
    return redirect(url_for(".exam", exam_id=exam_id))


@bp.post("/exams/<int:exam_id>/copy")
@roles_required(Role.TRAINER)
def exam_copy(exam_id: int) -> ResponseReturnValue:
    """Make another draft like it."""
    built, form = building(exam_id), CopyForm()
    if not form.validate():
        return _overview(built, form, status=422)
    made = actions.copy(
        db.session(), built.exam, title=form.title.data or "", actor_id=current_user.id, now=clock.now()
    )
    db.session.commit()
    flash(_("The copy is a draft with the same terms and blueprint."), "good")
    return redirect(url_for(".exam", exam_id=made.id))
