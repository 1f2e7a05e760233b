"""The parallel papers of an exam: whether the bank can give them, having them assembled, and the parity sheet."""

from collections.abc import Generator
from secrets import randbelow
from time import monotonic

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.authoring.forms.papers import ParallelForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.exams import Building, building
from exam.authoring.routes.papers_wording import (
    lack_sentences,
    origin_words,
    outlook_sentence,
    progress_words,
    standing,
    unfit_sentence,
)
from exam.authoring.routes.parity import Parity
from exam.db import db
from exam.errors import Refused
from exam.papers import actions
from exam.papers import queries as papers
from exam.papers.models import Exam
from exam.papers.rules import (
    ALIKE,
    Cause,
    NoPapers,
    Progress,
    SetState,
    Task,
    assemble_beside,
    lacks,
    least_cap,
    outlook,
    with_room,
)
from exam.steps import last_of, told, wants_lines
from exam.web import roles_required

MOST_SEEDS = 2**31


@bp.route("/exams/<int:exam_id>/papers", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def exam_papers(exam_id: int) -> ResponseReturnValue:
    """The cohorts of an exam and their papers; how many each gets."""
    built, form = building(exam_id), ParallelForm()
    if not form.is_submitted():
        form.papers.data, form.cap.data = built.exam.parallel_papers, built.exam.exposure_cap
        return _page(built, form)
    if not form.validate():
        return _page(built, form, 422)
    actions.set_parallel(db.session(), built.exam, **form.values(), actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("Kept. Papers that are out stay as they are."), "good")
    return redirect(url_for(".exam_papers", exam_id=exam_id))


def _page(built: Building, form: ParallelForm, status: int = 200) -> ResponseReturnValue:
    session, exam = db.session(), built.exam
    cohorts = papers.cohort_papers(session, exam)
    lacking, best = _feasibility(built, cohorts[0].people if cohorts else 0)
    return render_template(
        "authoring/exam_papers.html",
        exam=exam,
        form=form,
        limits=ALIKE,
        lacking=lacking,
        best=outlook_sentence(best, exam.parallel_papers) if best else None,
        cohorts=[
            (one, standing(one, exam.blueprint_edition), origin_words(one.begun), _refusal(one, exam))
            for one in cohorts
        ],
        empty=not built.lines,
    ), status


def _feasibility(built: Building, people: int) -> tuple[list[str], tuple[int, int] | None]:
    """What the bank lacks for the papers of a cohort of so many people, in sentences; else what it allows at best."""
    exam = built.exam
    if not built.lines:
        return [], None
    number, cap = exam.parallel_papers, exam.exposure_cap
    task = Task(built.lines, with_room(built.candidates, cap, people, number), number, built.enemies)
    found = lacks(task)
    needed = None
    if cap and any(one.cause is Cause.CAP for one in found):
        needed = least_cap(task, cap, people)
    return lack_sentences(found, built.topics, needed), None if found else outlook(task)


def _refusal(one: papers.CohortPapers, exam: Exam) -> str | None:
    latest = one.latest
    if latest is None or latest.state is not SetState.REFUSED or one.current or latest.why is None:
        return None
    return unfit_sentence(latest.why) if latest.edition == exam.blueprint_edition else None


@bp.post("/exams/<int:exam_id>/papers/<int:cohort_id>/assemble")
@roles_required(Role.TRAINER)
def exam_assemble(exam_id: int, cohort_id: int) -> ResponseReturnValue:
    """Assemble the parallel papers of a cohort, in place of those it has."""
    exam = building(exam_id).exam
    cohort = papers.cohort_of(db.session(), exam, cohort_id) or abort(404)
    steps = _steps(exam.id, cohort.id)
    if wants_lines():
        return told(steps, progress_words, lambda set_id: _end(exam_id, set_id), _refuse, Refused)
    return redirect(_end(exam_id, last_of(steps)))


def _steps(exam_id: int, cohort_id: int) -> Generator[Progress, None, int]:
    """Look at the bank, assemble, keep; gives the id of the set. It loads what it needs in its own turn."""
    session = db.session()
    looked = actions.survey(session, session.get_one(Exam, exam_id), cohort_id)
    db.session.commit()  # on SQLite everybody who saves would wait for what follows
    seed, begun = randbelow(MOST_SEEDS), monotonic()
    try:
        made, beside = yield from assemble_beside(looked.task, seed)
    except NoPapers as none:
        raise Refused(unfit_sentence(none.why), code=none.why.value) from none
    how = actions.Making(seed, monotonic() - begun, current_user.id)
    return actions.keep_set(session, looked, made, how, beside=beside, now=clock.now()).id


def _end(exam_id: int, set_id: int) -> str:
    db.session.commit()
    return url_for(".exam_parity", exam_id=exam_id, set_id=set_id)


def _refuse(error: Exception) -> str:
    db.session.rollback()
    assert isinstance(error, Refused)
    return str(error.message)


@bp.get("/exams/<int:exam_id>/papers/sets/<int:set_id>")
@roles_required(Role.TRAINER)
def exam_parity(exam_id: int, set_id: int) -> ResponseReturnValue:
    """How alike the parallel papers of a cohort are: a sheet to print."""
    built = building(exam_id)
    sheet = papers.sheet(db.session(), built.exam, set_id) or abort(404)
    return render_template(
        "authoring/exam_parity.html",
        exam=built.exam,
        course=built.course,
        sheet=sheet,
        parity=Parity(sheet, built.exam.minutes),
    )
