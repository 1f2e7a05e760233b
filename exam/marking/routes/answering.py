"""The desk: one answer and those like it, with names hidden; giving points, taking them back, kept comments.

An answer is addressed by its question and its alias (`rules.alias`): no number in an address leads to a person.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from fractions import Fraction

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.db import db
from exam.errors import Refused
from exam.marking import actions, queries, rules
from exam.marking.forms import MarkForm, names_sent, points_given
from exam.marking.models import Opinion
from exam.marking.queries import DeskAnswer
from exam.marking.routes.blueprint import alias, attempt_behind, bp
from exam.web import roles_required, row_number

JUST_NOW = timedelta(hours=1)
"""How long the desk shows when the last mark was saved."""
TODAY = timedelta(hours=12)
"""How long the desk offers to take it back: in the morning, a slip of the finger shan't undo yesterday's."""


@bp.get("/marking/questions/<int:question_id>")
@roles_required(Role.TRAINER)
def question(question_id: int) -> ResponseReturnValue:
    """Go on with this question; when nothing is left of it, with the next one, and in the end back to the list."""
    return redirect(_way_on(question_id, request.args.get("after")))


@bp.get("/marking/questions/<int:question_id>/<name>")
@roles_required(Role.TRAINER)
def answer(question_id: int, name: str) -> ResponseReturnValue:
    """One answer, with those like it. What its marker took back is where they begin again."""
    found = _answer(question_id, name)
    begun = found.mine or queries.taken_back(db.session(), current_user.id, found)
    form = MarkForm(formdata=None, comment=begun.comment if begun else "")
    return _show(found, form, _points(begun), queries.together(db.session(), begun) if begun else None)


@bp.post("/marking/questions/<int:question_id>/<name>")
@roles_required(Role.TRAINER)
def mark(question_id: int, name: str) -> ResponseReturnValue:
    """Give the answer and those that go with it these points, or those given before, and go on with the next."""
    found = _answer(question_id, name)
    form, again = MarkForm(), _again(found)
    points = _points(again) if again else points_given(request.form.to_dict(flat=False), found.item)
    attempt_ids = {attempt_behind(one, question_id) for one in names_sent(request.form.getlist("with"))}
    if not form.validate():
        return _show(found, form, points, attempt_ids), 422
    if form.seen.data is not None and form.seen.data != (found.mine.id if found.mine else 0):
        if found.mine and (_points(found.mine), found.mine.comment) == (points, form.comment.data or ""):
            return redirect(_way_on(question_id, name))  # sent again because the answer to the first got lost
        told = _("You marked this answer in another window meanwhile. Nothing was saved here: look at it again.")
        flash(told, "wait")
        return _show(found, form, points, attempt_ids), 409
    try:
        given = actions.give_together(
            db.session(), question_id, attempt_ids, current_user, points,
            again.comment if again else form.comment.data or "", clock.now(),
            shown=found.attempt.id, reason=form.reason.data or "",
        )  # fmt: skip
    except Refused as refusal:
        db.session.rollback()
        if refusal.code == "marked":  # by a colleague, at the same time: no reason to leave the desk
            flash(str(refusal.message), "wait")
            return redirect(_way_on(question_id, name))
        if refusal.detail.get("field") != "reason":
            raise
        form.reason.errors = [str(refusal.message)]
        return _show(_answer(question_id, name), form, points, attempt_ids), 422
    db.session.commit()
    _tell_of(given.left_out)
    return redirect(_way_on(question_id, name))


@bp.post("/marking/undo")
@roles_required(Role.TRAINER)
def undo() -> ResponseReturnValue:
    """Take one's last act back, and show its answer again."""
    taken = actions.take_back(db.session(), current_user, clock.now())
    db.session.commit()
    flash(ngettext("%(num)d mark is taken back.", "%(num)d marks are taken back.", taken.answers), "good")
    name = alias(taken.attempt_id, taken.question_id)
    return redirect(url_for(".answer", question_id=taken.question_id, name=name, exam=_exam_id()))


@bp.post("/marking/questions/<int:question_id>/<name>/snippets")
@roles_required(Role.TRAINER)
def keep_snippet(question_id: int, name: str) -> ResponseReturnValue:
    """Keep the comment for this question, to use it again; a refusal stands beside what was typed."""
    found, form = _answer(question_id, name), MarkForm()
    try:
        if not form.validate():
            raise Refused(" ".join(map(str, form.comment.errors)), code="snippet")
        actions.keep_snippet(db.session(), current_user, question_id, form.comment.data or "", clock.now())
    except Refused as refusal:
        form.comment.errors = [str(refusal.message)]
        attempt_ids = {attempt_behind(one, question_id) for one in names_sent(request.form.getlist("with"))}
        return _show(found, form, points_given(request.form.to_dict(flat=False), found.item), attempt_ids), 422
    db.session.commit()
    return redirect(url_for(".answer", question_id=question_id, name=name, exam=_exam_id()))


@bp.post("/marking/questions/<int:question_id>/<name>/snippets/<int:snippet_id>/drop")
@roles_required(Role.TRAINER)
def drop_snippet(question_id: int, name: str, snippet_id: int) -> ResponseReturnValue:
    """Keep a comment no longer."""
    snippets = queries.snippets(db.session(), current_user.id, question_id)
    actions.drop_snippet(db.session(), next((one for one in snippets if one.id == snippet_id), None) or abort(404))
    db.session.commit()
    return redirect(url_for(".answer", question_id=question_id, name=name, exam=_exam_id()))


def _exam_id() -> int | None:
    return request.args.get("exam", type=row_number)


def _answer(question_id: int, name: str) -> DeskAnswer:
    """The answer of this name, or 404."""
    attempt_id = attempt_behind(name, question_id)
    return queries.answer(db.session(), current_user.id, question_id, attempt_id) or abort(404)


def _points(opinion: Opinion | None) -> dict[str, Fraction]:
    return {id: Fraction(text) for id, text in opinion.key_points.items()} if opinion else {}


def _again(found: DeskAnswer) -> Opinion | None:
    """The earlier opinion on the same text that is to be given again; None where the form has points of its own."""
    wanted = request.form.get("again", type=row_number)
    if wanted is None:
        return None
    texts = queries.texts(db.session(), found.question_id)
    earlier = queries.earlier(db.session(), current_user.id, found, texts)
    if earlier is None or earlier.id != wanted:
        raise Refused(_("You have changed that mark meanwhile. Look at it again."), code="again")
    return earlier


def _tell_of(left_out: Mapping[int, Refused]) -> None:
    """Say which of a group were left as they are; the reasons are the same for most."""
    for message in sorted({str(refusal.message) for refusal in left_out.values()}):
        number = sum(str(refusal.message) == message for refusal in left_out.values())
        told = ngettext("%(num)d answer was left as it is.", "%(num)d answers were left as they are.", number)
        flash(f"{told} {message}", "wait")


def _way_on(question_id: int, name: str | None) -> str:
    """Where the next answer is: of this question, else of the next one with work, else the list."""
    after, exam_id = attempt_behind(name, question_id) if name else None, _exam_id()
    session, me = db.session(), current_user.id
    wanted, attempt_id = question_id, queries.next_attempt(session, me, question_id, exam_id, after)
    if attempt_id is None:
        work = queries.work(session, me, exam_id)
        here = next((place for place, one in enumerate(work) if one.question_id == question_id), 0)
        wanted = next((one.question_id for one in work[here:] + work[:here] if one.left), 0)
        attempt_id = queries.next_attempt(session, me, wanted, exam_id) if wanted else None
    if attempt_id is None:
        return url_for(".desk", exam=exam_id)
    return url_for(".answer", question_id=wanted, name=alias(attempt_id, wanted), exam=exam_id)


def _show(found: DeskAnswer, form: MarkForm, points: dict[str, Fraction], ticked: Collection[int] | None = None) -> str:
    """The desk with one answer; `ticked` are those of its group that go with it, None for all."""
    session, me, exam_id, now = db.session(), current_user.id, _exam_id(), clock.now()
    mine = found.mine.id if found.mine else None
    last = queries.last_act(session, me)
    proposal, texts = found.proposal, queries.texts(session, found.question_id)
    waiting = queries.waiting(session, me, found.question_id, exam_id) if found.is_to_mark else {}
    return render_template(
        "marking/answer.html",
        found=found,
        form=form,
        points=points,
        name=alias(found.attempt.id, found.question_id),
        alias=alias,
        group=queries.group(session, found, texts, waiting),
        ticked=ticked,
        again=queries.earlier(session, me, found, texts) if found.is_to_mark else None,
        before=queries.last_marked_by(session, me, found.question_id, mine),
        last=last if last and now - last.act.made_at < TODAY else None,
        saved=last if last and now - last.act.made_at < JUST_NOW else None,
        snippets=queries.snippets(session, me, found.question_id),
        followed=queries.how_followed(session, me, found),
        exam_id=exam_id,
        work=queries.work(session, me, exam_id),
        media=queries.media(session, found),
        findings={finding.key_point.id: finding for finding in proposal.findings},
        segments=rules.segments(found.text, proposal),
        parts=rules.parts,
        total=sum(points.values(), Fraction(0)),
        task=found.task.value,
        may_mark=found.task is not rules.Task.NOTHING,
        refusal=actions.REFUSALS[found.refusal] if found.refusal else None,
    )
