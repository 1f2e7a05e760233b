"""The beginning of an import: a file or a text is sent and read. And the list of those begun, and what came of them."""

from collections.abc import Generator
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.authoring.actions import imports as actions
from exam.authoring.actions.imports import Unimportable
from exam.authoring.actions.imports.reading import TABLES
from exam.authoring.forms.imports import SendForm
from exam.authoring.models import Import
from exam.authoring.queries import imports as queries
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.sizes import for_trainers
from exam.authoring.routes.imports.wording import format_options, problem_words, stage_words
from exam.authoring.rules.imports import Stage
from exam.db import db
from exam.steps import last_of, refused_line, told, wants_lines
from exam.web import PAGE_SIZE, Page, page_number
from question_bank.formats import FORMATS, LARGEST
from question_bank.formats.codes import ReadCode
from question_bank.formats.templates import TEMPLATES

LATEST = 5
"""Imports of the history that stand on the first page."""


@bp.get("/questions/import")
@for_trainers
def imports() -> ResponseReturnValue:
    """Ask for a file or a text; show what is under way."""
    return _page(SendForm(formdata=None))


def _page(form: SendForm, status: int = 200) -> ResponseReturnValue:
    number = page_number()
    form.offer(format_options(writing=False))
    under_way, total = queries.imports(db.session(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    entries, many = queries.entries(db.session(), limit=LATEST, offset=0)
    return render_template(
        "authoring/imports/start.html",
        form=form,
        under_way=Page(under_way, total, number),
        entries=entries,
        more=many > len(entries),
        largest=LARGEST // 2**20,
        templates=TEMPLATES,
    ), status


@bp.post("/questions/import")
@for_trainers
def import_send() -> ResponseReturnValue:
    """Read what was sent. The page's script is told step by step, others are led to the questions."""
    form = SendForm()
    if not form.validate():
        return _refused(form, next(str(one) for errors in form.errors.values() for one in errors))
    if wants_lines():
        return told(_steps(form), _say, _end, _refuse, Unimportable)
    try:
        address = _end(last_of(_steps(form)))
    except Unimportable as error:
        form.file.errors = [_refuse(error)]
        return _page(form, 422)
    return redirect(address)


def _say(stage: Stage) -> dict[str, Any]:
    return {"said": stage_words(stage)}


def _end(made: Import) -> str:
    db.session.commit()
    # A table of which nothing was understood: its columns have to be named first.
    unnamed = made.format in TABLES and any(one["code"] == ReadCode.NO_HEADINGS for one in made.notes)
    return url_for(".import_columns" if unnamed else ".import_show", import_id=made.id)


def _refuse(error: Exception) -> str:
    db.session.rollback()
    assert isinstance(error, Unimportable)
    return problem_words(error.problem.code, error.problem.detail)


def _refused(form: SendForm, sentence: str) -> ResponseReturnValue:
    return refused_line(sentence) if wants_lines() else _page(form, 422)


def _steps(form: SendForm) -> Generator[Stage, None, Import]:
    file = form.file.data if form.file.data and form.file.data.filename else None
    content = file.read() if file else (form.text.data or "").encode()
    name = (file.filename or "") if file else str(_("Pasted text"))
    format = form.format.data if form.format.data in FORMATS else None
    return _begin(content, name, format)


def _begin(content: bytes, name: str, format: str | None) -> Generator[Stage, None, Import]:
    """The steps of an action that may run while it is told: it takes its session in its own turn."""
    actor_id = current_user.id
    db.session.commit()  # or on SQLite everybody who writes would wait while a long file is read
    steps = actions.begin(db.session(), content, name, now=clock.now(), actor_id=actor_id, format=format)
    return (yield from steps)


@bp.get("/questions/import/history")
@for_trainers
def import_history() -> ResponseReturnValue:
    """All that was ever imported, and what was taken back."""
    number = page_number()
    found, total = queries.entries(db.session(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template("authoring/imports/history.html", page=Page(found, total, number))


@bp.post("/questions/import/entries/<int:entry_id>/undo")
@for_trainers
def import_undo(entry_id: int) -> ResponseReturnValue:
    """Take out of the bank what was brought in at one time."""
    entry = queries.entry_of(db.session(), entry_id) or abort(404)
    number = actions.undo(db.session(), entry, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("%(num)s questions are out of the bank again and wait in the import.", num=number), "good")
    return redirect(url_for(".import_show", import_id=entry.import_id))
