"""A question of an import in the editor: the same as for questions of the bank, without their place."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from exam import clock
from exam.authoring import rules
from exam.authoring.actions import imports as actions
from exam.authoring.actions.imports.states import item_of
from exam.authoring.forms.imports import ROW_FORMS
from exam.authoring.forms.questions import add_spare_rows
from exam.authoring.models import Import, ImportRow
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.review import kept_query, row_or_404
from exam.authoring.routes.imports.sizes import for_trainers
from exam.authoring.routes.imports.wording import problems_of
from exam.authoring.rules.imports import RowState
from exam.db import db
from exam.errors import Refused
from question_bank import bank
from question_bank.formats.items import with_kind
from question_bank.items import Item, Kind
from question_bank.problems import problems


@bp.route("/questions/import/<int:import_id>/rows/<int:position>", methods=["GET", "POST"])
@for_trainers
def import_row(import_id: int, position: int) -> ResponseReturnValue:
    """Mend a question by hand; what can't be read begins with what stands in the file."""
    made, row = row_or_404(import_id, position)
    if row.state is RowState.IMPORTED and request.method == "GET":
        return redirect(url_for(".question", question_id=row.question_id))
    kind = _kind(row)
    form = ROW_FORMS[kind]()
    form.offer([topic.name for topic in bank.topics(db.session())], row.topic)
    if not form.is_submitted():
        _fill(form, row, kind)
        return _show(form, made, row)
    item = rules.build(form.given())
    well_formed = form.validate()
    form.show(problems(item), item)
    if not well_formed or problems(item):
        return _show(form, made, row, 422)
    try:
        _keep(form, made, row, item)
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal.message))
        return _show(form, made, row, refusal.status)
    return redirect(url_for(".import_show", import_id=import_id, _anchor=f"row-{position}", **kept_query()))


def _keep(form: Any, made: Import, row: ImportRow, item: Item) -> None:
    actions.mend_row(
        db.session(),
        made,
        row,
        item,
        topic=form.topic.data or None,
        difficulty=int(form.difficulty.data) if form.difficulty.data else None,
        now=clock.now(),
    )
    db.session.commit()


def _kind(row: ImportRow) -> Kind:
    """The kind asked for, else the row's own; a question that couldn't be read begins as a single choice."""
    asked = request.args.get("kind", "")
    if asked in list(Kind):
        return Kind(asked)
    if asked:
        abort(404)
    return Kind(row.content["kind"]) if row.content else Kind.SINGLE_CHOICE


def _fill(form: Any, row: ImportRow, kind: Kind) -> None:
    """Show what is known. What the kind asked for has no place for stays out."""
    form.topic.data, form.difficulty.data = row.topic or "", str(row.difficulty or "")
    if row.content is None:
        form.stem.data = row.source
        return
    content = with_kind(row.content, kind)
    if kind is Kind.TRUE_FALSE and content["correct"] is None:
        form.stem.data, form.explanation.data = content["stem"], content["explanation"]
        return
    item = item_of(content)
    if item is not None:
        form.fill(item)


def _show(form: Any, made: Import, row: ImportRow, status: int = 200) -> ResponseReturnValue:
    add_spare_rows(form)
    item = rules.build(form.given())
    return render_template(
        "authoring/imports/row.html",
        form=form,
        made=made,
        row=row,
        problems=problems_of(row),
        kinds=list(Kind),
        item=item,
        media=bank.media_facts(db.session(), [item]),
        kept=kept_query(),
    ), status
