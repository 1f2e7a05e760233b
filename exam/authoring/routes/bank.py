"""The bank: finding questions."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exam import clock, words
from exam.accounts.rules import Role
from exam.authoring import queries
from exam.authoring.routes.blueprint import bp
from exam.company import zone
from exam.db import db
from exam.web import PAGE_SIZE, Page, clean_line, page_number, roles_required
from question_bank import bank, tags
from question_bank.bank import Order, QuestionState
from question_bank.items import Kind

OVERDUE = "overdue"
"""What the filter of states offers besides them: somebody should have looked at the question again by now."""


@bp.get("/questions", endpoint="bank")
@roles_required(Role.TRAINER)
def list_questions() -> ResponseReturnValue:
    """The bank, filtered and in the order asked for."""
    session, asked = db.session(), request.args
    topics = bank.topics(session)
    chosen = {
        "q": clean_line(asked.get("q")) or "",
        "topic": known(asked.get("topic"), [str(topic.id) for topic in topics]),
        "kind": known(asked.get("kind"), list(Kind)),
        "difficulty": known(asked.get("difficulty"), list(words.DIFFICULTIES)),
        "state": known(asked.get("state"), [*QuestionState, OVERDUE]),
        "tag": clean_line(asked.get("tag")) or "",
        "order": known(asked.get("order"), list(Order)),
    }
    number = page_number()
    rows, total = bank.search(
        session,
        text=chosen["q"][:120],
        topic_ids=[int(chosen["topic"])] if chosen["topic"] else (),
        kind=Kind(chosen["kind"]) if chosen["kind"] else None,
        difficulty=int(chosen["difficulty"] or 0) or None,
        state=QuestionState(chosen["state"]) if chosen["state"] not in ("", OVERDUE) else None,
        tag=chosen["tag"],
        due_before=today() if chosen["state"] == OVERDUE else None,
        order=Order(chosen["order"] or Order.CHANGED),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
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
    )


def known(value: str | None, allowed: list[Any]) -> str:
    """The value asked for, or nothing when the list doesn't have it."""
    return value if value in [str(one) for one in allowed] else ""


def today() -> date:
    """The day it is for the company."""
    return clock.now().astimezone(zone()).date()
