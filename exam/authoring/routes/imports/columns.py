"""A table without headings that are understood: a person says what its columns hold, and it is read again."""

from collections.abc import Generator

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from exam import clock
from exam.authoring.actions import imports as actions
from exam.authoring.actions.imports import Unimportable
from exam.authoring.actions.imports.reading import TABLES
from exam.authoring.forms.imports import ColumnsForm
from exam.authoring.models import Import
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.review import import_or_404
from exam.authoring.routes.imports.sizes import for_trainers
from exam.authoring.routes.imports.wording import COLUMN_WORDS, problem_words
from exam.authoring.rules.imports import Stage
from exam.db import db
from exam.steps import last_of
from question_bank.formats.source import Source
from question_bank.formats.tables import COLUMNS, grids_of, headings

ROWS_SHOWN = 8
COLUMNS_SHOWN = 30


@bp.route("/questions/import/<int:import_id>/columns", methods=["GET", "POST"])
@for_trainers
def import_columns(import_id: int) -> ResponseReturnValue:
    """Show how the table begins, with a choice above each column."""
    made = import_or_404(import_id)
    if made.content is None or made.format not in TABLES:
        abort(404)
    form = ColumnsForm()
    if not form.validate_on_submit():
        return _page(made, form, 422 if form.is_submitted() else 200)
    try:
        last_of(_steps(made, form))
    except Unimportable as error:
        db.session.rollback()
        form.first.errors = [problem_words(error.problem.code, error.problem.detail)]
        return _page(import_or_404(import_id), form, 422)
    db.session.commit()
    return redirect(url_for(".import_show", import_id=import_id))


def _steps(made: Import, form: ColumnsForm) -> Generator[Stage, None, Import]:
    names = [name if name in COLUMNS else "" for name in request.form.getlist("column")]
    sheet, first = form.sheet.data or 0, form.first.data or 1
    return actions.read_again(db.session(), made, sheet, first, names, now=clock.now())


def _page(made: Import, form: ColumnsForm, status: int = 200) -> ResponseReturnValue:
    grids = grids_of(Source(made.content or b"", made.name))
    asked = request.args.get("sheet", default=form.sheet.data or 0, type=int)
    sheet = asked if 0 <= asked < len(grids) else 0
    form.sheet.data = sheet
    width = min(COLUMNS_SHOWN, max((len(row) for row in grids[sheet].rows), default=0)) if grids else 0
    shown = [[*row, *[""] * width][:width] for row in grids[sheet].rows[:ROWS_SHOWN]] if grids else []
    found = headings.find(grids[sheet]) if grids else None
    if form.first.data is None:
        # Without headings: a row that turns out to be one is seen as such, a question passed over is not.
        form.first.data = found[0] + 1 if found else 1
    return render_template(
        "authoring/imports/columns.html",
        made=made,
        form=form,
        sheets=[grid.name for grid in grids],
        sheet=sheet,
        rows=shown,
        chosen=_chosen(found, width),
        columns=COLUMN_WORDS,
    ), status


def _chosen(found: tuple[int, headings.Columns] | None, width: int) -> list[str]:
    """What each column is taken for: as somebody chose, else as its heading says."""
    typed = request.form.getlist("column")
    if typed or not found:
        return [*typed, *[""] * width][:width]
    by_column = {column: name for name, column in found[1].fields.items() if name in COLUMNS}
    by_column |= {column: chr(ord("A") + place) for place, column in found[1].choices.items()}
    return [by_column.get(column, "") for column in range(width)]
