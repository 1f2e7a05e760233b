"""The results table as a file. What people have typed stays text: no cell of ours is ever a formula."""

import csv
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO, StringIO
from typing import Any

from flask import Response, send_file, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from xlsxwriter import Workbook

from exam import clock, words
from exam.accounts.rules import Role
from exam.db import begin_writing, db
from exam.display import local, score
from exam.results import actions, queries, rules
from exam.results.queries import Filters, Standing
from exam.results.routes.blueprint import bp
from exam.results.routes.hr import wanted_filters
from exam.web import roles_required

BATCH = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
SCORE_COLUMN = 4
BOM = "\ufeff"
"""Without it Excel reads a CSV's Chinese in the computer's own code page."""


@bp.get("/results/export.csv")
@roles_required(Role.HR)
def export_csv() -> ResponseReturnValue:
    """The filtered table as CSV, row by row."""
    filters = _noted("csv")
    name = f"results-{local(clock.now()):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(stream_with_context(csv_lines(filters)), mimetype="text/csv", headers=headers)


@bp.get("/results/export.xlsx")
@roles_required(Role.HR)
def export_xlsx() -> ResponseReturnValue:
    """The filtered table as a workbook, kept on disk while it is written."""
    filters = _noted("xlsx")
    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(_("Results"))
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(headings()) - 1, 16)
        for column, word in enumerate(headings()):
            sheet.write_string(0, column, word, bold)
        for line, row in enumerate(rows(filters), start=1):
            for column, value in enumerate(row):
                if column == SCORE_COLUMN and value:
                    sheet.write_number(line, column, float(value))
                else:
                    sheet.write_string(line, column, value)
    file.seek(0)
    name = f"results-{local(clock.now()):%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def csv_lines(filters: Filters) -> Iterator[str]:
    """The file in pieces of one line."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield BOM
    writer.writerow(headings())
    for row in rows(filters):
        yield _taken(buffer)
        writer.writerow([harmless(value) for value in row])
    yield _taken(buffer)


def harmless(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def headings() -> list[str]:
    """The first line."""
    return [
        _("Name"), _("Staff number"), _("User name"), _("Cohort"), _("Score"), _("Exact score"), _("Outcome"), _("Try"),
        _("Handed in"), _("Released"), _("Where they stand"), _("Decision on the post"), _("Honour"), _("Decided on"),
        _("Reason"),
    ]  # fmt: skip


def rows(filters: Filters) -> Iterator[list[str]]:
    """The table's lines, read a batch at a time."""
    now, offset = clock.now(), 0
    while True:
        batch, total = queries.table(db.session(), filters, now, offset=offset, limit=BATCH)
        yield from map(_row, batch)
        offset += BATCH
        if offset >= total:
            return


def _row(one: Standing) -> list[str]:
    decision = one.decision
    return [
        one.person.full_name,
        one.person.staff_number or "",
        one.person.username,
        one.cohort.name,
        score(one.score) if one.score is not None else "",
        rules.exact(one.score) if one.score is not None else "",
        words.label(one.result.outcome, "outcome") if one.result else "",
        str(one.try_number or ""),
        _time(one.closed_at),
        _time(one.released_at),
        words.label(one.step, "step"),
        words.label(decision.verdict, "verdict") if decision else "",
        _("Outstanding new employee") if decision and decision.outstanding else "",
        _time(decision.decided_at) if decision else "",
        decision.reason if decision else "",
    ]


def _time(moment: Any) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else ""


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _noted(form: str) -> Filters:
    """The filters asked for, once the trail says that somebody took these results out."""
    filters = wanted_filters()
    begin_writing()
    known = {name: value for name, value in asdict(filters).items() if value not in (None, "", ())}
    actions.note_export(db.session(), current_user.id, form, known, clock.now())
    db.session.commit()
    return filters
