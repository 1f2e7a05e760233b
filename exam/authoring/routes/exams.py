"""Exams: their terms, whether the bank can meet their blueprint, publishing and retiring."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring import queries, rules
from exam.authoring.forms.exams import CopyForm, NewExamForm, TermsForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.papers_wording import lack_sentences, standing
from exam.authoring.routes.wording import (
    flaw_sentence,
    papers_sentence,
)
from exam.courses.models import Course
from exam.db import db
from exam.papers import actions
from exam.papers import queries as papers
from exam.papers.models import Exam
from exam.papers.rules import (
    KIND_ORDER,
    BlueprintLine,
    Candidate,
    Cause,
    Lack,
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
