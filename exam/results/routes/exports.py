"""The results table as a file, read from the database a batch at a time."""

from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from typing import Any

from flask import Response, send_file, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, words
from exam.accounts.rules import Role
from exam.db import begin_writing, db
from exam.display import local, score
from exam.results import actions, queries, rules
from exam.results.queries import Filters, Standing
from exam.results.routes.blueprint import bp
from exam.results.routes.hr import wanted_filters
from exam.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_lines, write_xlsx
from exam.web import roles_required

BATCH = 500


@bp.get("/results/export.csv")
@roles_required(Role.HR)
def export_csv() -> ResponseReturnValue:
    """The filtered table as CSV, sent while it is read."""
    filters = _noted("csv")
    headers = {"Content-Disposition": f"attachment; filename={_file_name('csv')}", "Content-Type": CSV_TYPE}
    return Response(stream_with_context(csv_lines(headings(), rows(filters))), headers=headers)


@bp.get("/results/export.xlsx")
@roles_required(Role.HR)
def export_xlsx() -> ResponseReturnValue:
    """The filtered table as a workbook."""
    file = BytesIO(write_xlsx(headings(), rows(_noted("xlsx"))))
    return send_file(file, mimetype=XLSX_TYPE, as_attachment=True, download_name=_file_name("xlsx"))


def headings() -> list[str]:
    """The first line."""
    return [
        _("Name"), _("Staff number"), _("User name"), _("Cohort"), _("Score"), _("Exact score"), _("Outcome"), _("Try"),
        _("Handed in at"), _("Released"), _("Where they stand"), _("Decision on the post"), _("Honour"),
        _("Decided on"), _("Reason"),
    ]  # fmt: skip


def rows(filters: Filters) -> Iterator[list[object]]:
    """The table's lines."""
    now, offset = clock.now(), 0
    while True:
        batch, total = queries.table(db.session(), filters, now, offset=offset, limit=BATCH)
        yield from map(_row, batch)
        offset += BATCH
        if offset >= total:
            return


def _row(one: Standing) -> list[object]:
    decision = one.decision
    return [
        one.person.full_name,
        one.person.staff_number,
        one.person.username,
        one.cohort.name,
        None if one.score is None else _number(score(one.score)),
        None if one.score is None else rules.exact(one.score),
        words.label(one.result.outcome, "outcome") if one.result else None,
        one.try_number,
        _time(one.closed_at),
        _time(one.released_at),
        words.label(one.step, "step"),
        words.label(decision.verdict, "verdict") if decision else None,
        _("Outstanding new employee") if decision and decision.outstanding else None,
        _time(decision.decided_at) if decision else None,
        decision.reason if decision else None,
    ]


def _number(shown: str) -> int | float:
    return float(shown) if "." in shown else int(shown)


def _time(moment: Any) -> str | None:
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else None


def _file_name(extension: str) -> str:
    return f"results-{local(clock.now()):%Y-%m-%d}.{extension}"


def _noted(form: str) -> Filters:
    """The filters asked for, once the trail says that somebody took these results out."""
    filters = wanted_filters()
    begin_writing()
    known = {name: value for name, value in asdict(filters).items() if value not in (None, "", ())}
    actions.note_export(db.session(), current_user.id, form, known, clock.now())
    db.session.commit()
    return filters
