"""How exams and their questions do. For trainers only: HR decides on persons, and these are questions."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.analysis import actions, queries
from exam.analysis.routes.blueprint import bp
from exam.analysis.routes.wording import hardness, network_words, number, said_sentence, share, test_sentences, why_not
from exam.analysis.rules import FEW_ON_NETWORK, FEWEST, FEWEST_TO_DECIDE
from exam.charts import histogram
from exam.db import db
from exam.papers.models import Exam
from exam.web import PAGE_SIZE, Page, page_number, roles_required
from question_bank.statistics.copying import MOST_PERSONS


@bp.get("/exams/<int:exam_id>/statistics")
@roles_required(Role.TRAINER)
def exam(exam_id: int) -> ResponseReturnValue:
    """How an exam and its questions do, those first of which something is to be said."""
    view = queries.exam_view(db.session(), exam_id) or abort(404)
    at = page_number()
    shown = view.questions[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return render_template(
        "analysis/exam.html",
        view=view,
        page=Page(shown, len(view.questions), at),
        sentences=test_sentences(view),
        chart=histogram(view.scores, view.exam.pass_percent, view.exam.distinction_percent),
        fewest=FEWEST,
        fewest_to_decide=FEWEST_TO_DECIDE,
        number=number,
        said=said_sentence,
        share=share,
        why_not=why_not,
    )


@bp.get("/exams/<int:exam_id>/statistics/<int:question_id>")
@roles_required(Role.TRAINER)
def question(exam_id: int, question_id: int) -> ResponseReturnValue:
    """How one question does at one exam: in words, its figures by version, and who chose what."""
    found = queries.known(db.session(), exam_id, question_id) or abort(404)
    return render_template(
        "analysis/question.html",
        known=found,
        view=queries.question_view(db.session(), exam_id, question_id),
        fewest=FEWEST,
        hardness=hardness,
        number=number,
        said=said_sentence,
        share=share,
        why_not=why_not,
    )


@bp.get("/exams/<int:exam_id>/alike")
@roles_required(Role.TRAINER)
def alike(exam_id: int) -> ResponseReturnValue:
    """Pairs of people whose answers are alike beyond chance; only for who has said that they look."""
    exam = db.session.get(Exam, exam_id) or abort(404)
    may_look = queries.may_look(db.session(), exam_id, current_user.id, clock.now())
    pairs = queries.alike_pairs(db.session(), exam_id) if may_look else None
    outstanding = sum(pair.stands_out for pair in pairs or ())
    shown = {"pairs": pairs, "outstanding": outstanding, "most": MOST_PERSONS, "few": FEW_ON_NETWORK}
    return render_template("analysis/alike.html", exam=exam, number=number, network=network_words, **shown)


@bp.post("/exams/<int:exam_id>/alike")
@roles_required(Role.TRAINER)
def alike_look(exam_id: int) -> ResponseReturnValue:
    """Put on the trail that this trainer looks, and show the pairs."""
    exam = db.session.get(Exam, exam_id) or abort(404)
    actions.look_at_alike(db.session(), exam, current_user.id, clock.now())
    db.session.commit()
    return redirect(url_for(".alike", exam_id=exam_id))
