"""The bank: finding questions, and changing many of them at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, words
from exam.accounts.rules import Role
from exam.authoring import actions, queries
from exam.authoring.forms.bank import BulkForm
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.wording import bulk_sentences, undone_sentence, uneven_sentence
from exam.authoring.rules import BulkAct
from exam.company import zone
from exam.db import db
from exam.web import PAGE_SIZE, Page, clean_line, page_number, roles_required, row_number
from question_bank import bank, tags
from question_bank.bank import Order, QuestionState, Row
from question_bank.hints import uneven_keys
from question_bank.items import Kind
from question_bank.models import Topic

OVERDUE = "overdue"
"""What the filter of states offers besides them: somebody should have looked at the question again by now."""

ASKED = ("q", "topic", "kind", "difficulty", "state", "tag", "order", "page")
UNDO_OFFERED = timedelta(hours=24)
"""How long the bank's page offers to take back one's last change of many questions."""


@bp.get("/questions", endpoint="bank")
@roles_required(Role.TRAINER)
def list_questions() -> ResponseReturnValue:
    """The bank, filtered and in the order asked for."""
    session = db.session()
    topics = bank.topics(session)
    chosen = _chosen(topics)
    number = page_number()
    rows, total = _search(chosen, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    ids = [row.question.id for row in rows]
    return render_template(
        "authoring/bank.html",
        page=Page(rows, total, number),
        counts=queries.state_counts(session),
        uses=queries.uses(session, ids),
        tags=tags.tags_of(session, ids),
        waiting=queries.waiting_for_review(session, current_user.id),
        overdue=queries.overdue(session, today()),
        today=today(),
        topics=topics,
        kinds=words.options("kind"),
        difficulties=words.options("difficulty"),
        chosen=chosen,
        filtered=any(chosen.values()),
        form=_bulk_form(topics),
        most=actions.MOST,
        asked=_asked(),
        uneven=uneven_sentence(uneven_keys(bank.key_places(session))),
        last=queries.last_edit(session, current_user.id, clock.now() - UNDO_OFFERED),
    )


def _chosen(topics: Sequence[Topic]) -> dict[str, str]:
    """The filters that were asked for; one that isn't known is none."""
    asked = request.args
    return {
        "q": clean_line(asked.get("q")) or "",
        "topic": known(asked.get("topic"), [str(topic.id) for topic in topics]),
        "kind": known(asked.get("kind"), list(Kind)),
        "difficulty": known(asked.get("difficulty"), list(words.DIFFICULTIES)),
        "state": known(asked.get("state"), [*QuestionState, OVERDUE]),
        "tag": clean_line(asked.get("tag")) or "",
        "order": known(asked.get("order"), list(Order)),
    }


def _asked() -> dict[str, Any]:
    """What the list was asked for, to come back to it: never a word that `url_for` keeps for itself."""
    return {name: request.args[name] for name in ASKED if name in request.args}


def _search(chosen: dict[str, str], limit: int, offset: int = 0) -> tuple[list[Row], int]:
    return bank.search(
        db.session(),
        text=chosen["q"][:120],
        topic_ids=[int(chosen["topic"])] if chosen["topic"] else (),
        kind=Kind(chosen["kind"]) if chosen["kind"] else None,
        difficulty=int(chosen["difficulty"] or 0) or None,
        state=QuestionState(chosen["state"]) if chosen["state"] not in ("", OVERDUE) else None,
        tag=tags.normal(chosen["tag"]),
        due_before=today() if chosen["state"] == OVERDUE else None,
        order=Order(chosen["order"] or Order.CHANGED),
        limit=limit,
        offset=offset,
    )


def known(value: str | None, allowed: list[Any]) -> str:
    """The value asked for, or nothing when the list doesn't have it."""
    return value if value is not None and value in [str(one) for one in allowed] else ""


# Changing many


@bp.post("/questions/edit")
@roles_required(Role.TRAINER)
def bank_edit() -> ResponseReturnValue:
    """Change the ticked questions, or all that fit the filters."""
    session = db.session()
    topics = bank.topics(session)
    form = _bulk_form(topics)
    ids = _ticked(topics)
    change = _change(form) if form.validate() else None
    if change and ids:
        done = actions.edit_many(session, ids, change, actor_id=current_user.id, now=clock.now())
        session.commit()
        for text, tone in bulk_sentences(done):
            flash(text, tone)
    else:
        flash(_("Choose what to change it to.") if ids else _("Tick the questions first."), "bad")
    return redirect(url_for(".bank", **_asked()))


@bp.post("/questions/edits/<int:edit_id>/undo")
@roles_required(Role.TRAINER)
def bank_undo(edit_id: int) -> ResponseReturnValue:
    """Take one's own change of many questions back."""
    edit = queries.own_edit(db.session(), edit_id, current_user.id) or abort(404)
    back, left = actions.undo(db.session(), edit, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(undone_sentence(back, left), "wait" if left else "good")
    return redirect(url_for(".bank", **_asked()))


def _bulk_form(topics: Sequence[Topic]) -> BulkForm:
    form = BulkForm()
    form.offer([(topic.id, topic.name) for topic in topics])
    return form


def _ticked(topics: Sequence[Topic]) -> list[int]:
    if request.form.get("everything"):
        rows, _total = _search(_chosen(topics), actions.MOST)
        return [row.question.id for row in rows]
    return request.form.getlist("id", type=row_number)


def _change(form: BulkForm) -> actions.Change | None:
    """What is meant by the button that was pressed; None where its field is empty."""
    act = request.form.get("act")
    if act == "topic" and form.topic.data:
        return actions.Change(BulkAct.TOPIC, topic=db.session().get_one(Topic, int(form.topic.data)))
    if act == "difficulty" and form.difficulty.data:
        return actions.Change(BulkAct.DIFFICULTY, difficulty=int(form.difficulty.data))
    if act in ("add_tag", "remove_tag") and (tag := tags.normal(form.tag.data or "")):
        return actions.Change(BulkAct(act), tag=tag)
    if act == "state" and form.state.data:
        return actions.Change(BulkAct(form.state.data))
    return None


def today() -> date:
    """The day it is for the company."""
    return clock.now().astimezone(zone()).date()
