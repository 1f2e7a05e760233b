"""An import question by question: what the file has on the left, what was understood on the right."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.authoring.actions import imports as actions
from exam.authoring.actions.imports.reading import TABLES
from exam.authoring.actions.imports.states import item_of
from exam.authoring.forms.imports import DefaultsForm, RemedyForm
from exam.authoring.models import Import, ImportEntry, ImportRow
from exam.authoring.queries import imports as queries
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.sizes import for_trainers
from exam.authoring.routes.imports.wording import Problem, format_words, problem_words, problems_of
from exam.authoring.rules.imports import IMPORTABLE, LEFT, Decision, Remedy, RowState, remedies
from exam.db import db
from exam.errors import Refused
from exam.steps import last_of, told, wants_lines
from exam.web import PAGE_SIZE, Page, page_number, row_number
from question_bank import bank
from question_bank.formats.options import joined

FILTERS: dict[str, tuple[RowState, ...]] = {
    "ready": IMPORTABLE,
    "warning": (RowState.WARNING,),
    "error": (RowState.ERROR,),
    "unsupported": (RowState.UNSUPPORTED,),
    "duplicate": (RowState.DUPLICATE,),
    "skipped": (RowState.SKIPPED,),
    "imported": (RowState.IMPORTED,),
}


@dataclass(frozen=True)
class Shown:
    """One question on the page, with what is said of it and what it is like."""

    row: ImportRow
    problems: list[Problem]
    remedies: list[Remedy]
    like: dict[str, Any] | None

    @property
    def splits(self) -> dict[str, int]:
        """In how many choices each choice can be split, by its id; 0 for one that is one."""
        choices = (self.row.content or {}).get("choices", ())
        return {one["id"]: len(joined(one["text"])) for one in choices}


def import_or_404(import_id: int) -> Import:
    """An import that is still there."""
    return queries.import_of(db.session(), import_id) or abort(404)


def row_or_404(import_id: int, position: int) -> tuple[Import, ImportRow]:
    """One question of an import."""
    made = import_or_404(import_id)
    return made, queries.row_of(db.session(), import_id, position) or abort(404)


@bp.get("/questions/import/<int:import_id>")
@for_trainers
def import_show(import_id: int) -> ResponseReturnValue:
    """The questions of an import, a page of them, with what holds for all above."""
    return _page(import_or_404(import_id), DefaultsForm(formdata=None))


def _page(made: Import, form: DefaultsForm, status: int = 200) -> ResponseReturnValue:
    session, number = db.session(), page_number()
    chosen = request.args.get("show", "")
    rows, total = queries.rows(
        session, made.id, FILTERS.get(chosen, ()), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    topics = bank.topics(session)
    form.offer([(topic.id, topic.name) for topic in topics])
    if not form.is_submitted():
        form.topic.data, form.difficulty.data = str(made.topic_id or ""), str(made.difficulty)
    named = queries.topics_named(session, made.id)
    known = {word for topic in topics for word in (topic.name, topic.slug)}
    shown = _shown(made, rows)
    items = [item for one in shown for item in (item_of(one.row.content), item_of(one.like)) if item]
    return render_template(
        "authoring/imports/show.html",
        media=bank.media_facts(session, items),
        made=made,
        problem_words=problem_words,
        format_words=format_words,
        form=form,
        page=Page(shown, total, number),
        counts=queries.counts_of(session, [made.id]).get(made.id, {}),
        chosen=chosen if chosen in FILTERS else "",
        brought=request.args.get("brought", type=row_number),
        came="came" in request.args,
        has_columns=made.format in TABLES and queries.has_file(session, made.id),
        filters=FILTERS,
        importable=IMPORTABLE,
        left=LEFT,
        named=named,
        new_topics=[name for name in named if name not in known],
        nameless=queries.nameless(session, made.id),
    ), status


def _shown(made: Import, rows: Any) -> list[Shown]:
    session = db.session()
    in_bank = queries.contents_of(session, [row.like_id for row in rows if row.like_id])
    in_file = queries.by_positions(session, made.id, [row.like_position for row in rows if row.like_position])
    found = []
    for row in rows:
        earlier = in_file.get(row.like_position)
        like = in_bank.get(row.like_id) if row.like_id else earlier.content if earlier else None
        codes = {one["code"] for one in row.problems}
        mend_by = remedies(row.state, row.content, codes, may_be_short=row.instead is not None)
        found.append(Shown(row, problems_of(row), mend_by, like))
    return found


@bp.post("/questions/import/<int:import_id>/defaults")
@for_trainers
def import_defaults(import_id: int) -> ResponseReturnValue:
    """Say where questions go whose file names no topic."""
    made, form = import_or_404(import_id), DefaultsForm()
    form.offer([(topic.id, topic.name) for topic in bank.topics(db.session())])
    if not form.validate():
        return _page(made, form, 422)
    topic_id = int(form.topic.data) if form.topic.data else None
    actions.set_defaults(db.session(), made, topic_id=topic_id, difficulty=int(form.difficulty.data), now=clock.now())
    db.session.commit()
    flash(_("Kept."), "good")
    return _back(import_id)


@bp.post("/questions/import/<int:import_id>/rows/<int:position>/mend")
@for_trainers
def import_mend(import_id: int, position: int) -> ResponseReturnValue:
    """Take a remedy: another kind, a key, choices split, or what becomes of a duplicate."""
    made, row = row_or_404(import_id, position)
    form, session, now = RemedyForm(), db.session(), clock.now()
    wanted = form.remedy.data
    if form.decision.data in list(Decision):
        actions.decide(session, made, row, Decision(form.decision.data), now=now)
    elif wanted == Remedy.KEY:
        actions.take_key(session, made, row, form.key.data or [], now=now)
    elif wanted == Remedy.SPLIT:
        actions.split_choices(session, made, row, form.choice.data or "", now=now)
    elif wanted in list(Remedy):
        actions.mend(session, made, row, Remedy(wanted), now=now)
    else:
        abort(422)
    db.session.commit()
    return _back(import_id, position)


@bp.post("/questions/import/<int:import_id>/bring-in")
@for_trainers
def import_bring_in(import_id: int) -> ResponseReturnValue:
    """Bring what is ready into the bank, all of it or none."""
    steps = _steps(import_or_404(import_id).id)
    if wants_lines():
        return told(steps, _say, _end, _refuse, Refused)
    return redirect(_end(last_of(steps)))


def _steps(import_id: int) -> Generator[tuple[int, int], None, tuple[int, ImportEntry | None]]:
    """The steps of an action that may run while it is told: it loads what it needs in its own turn."""
    session = db.session()
    made = session.get_one(Import, import_id)
    return import_id, (yield from actions.bring_in(session, made, actor_id=current_user.id, now=clock.now()))


def _say(step: tuple[int, int]) -> dict[str, Any]:
    done, of = step
    return {"said": _("%(done)s of %(total)s", done=done, total=of), "share": done / of}


def _end(made: tuple[int, ImportEntry | None]) -> str:
    db.session.commit()
    import_id, entry = made
    # In the address, for the headers of an answer that is told line by line are gone when it ends.
    query: dict[str, Any] = {"brought": entry.number} if entry else {"show": RowState.DUPLICATE.value, "came": 1}
    return url_for(".import_show", import_id=import_id, **query)


def _refuse(error: Exception) -> str:
    db.session.rollback()
    assert isinstance(error, Refused)
    return str(error.message)


@bp.post("/questions/import/<int:import_id>/discard")
@for_trainers
def import_discard(import_id: int) -> ResponseReturnValue:
    """Throw away what is left of an import."""
    actions.discard(db.session(), import_or_404(import_id), now=clock.now())
    db.session.commit()
    flash(_("The import is gone. What came of it stays in the bank."), "good")
    return redirect(url_for(".imports"))


def _back(import_id: int, position: int | None = None) -> ResponseReturnValue:
    """To the page of the list that was looked at, and the question on it."""
    anchor = f"row-{position}" if position else None
    return redirect(url_for(".import_show", import_id=import_id, _anchor=anchor, **kept_query()))


def kept_query() -> dict[str, Any]:
    """What of the query says which part of the list is looked at."""
    return {name: request.args[name] for name in ("show", "page") if name in request.args}
