"""One version of a question as it was, and what became of it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from exam.accounts.rules import Role
from exam.authoring import queries
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.editing import editing_of, version_of
from exam.authoring.routes.wording import changed_fields
from exam.db import db
from exam.web import roles_required
from question_bank import bank


@bp.get("/questions/<int:question_id>/versions/<int:number>")
@roles_required(Role.TRAINER)
def question_version(question_id: int, number: int) -> ResponseReturnValue:
    """One version as it was, and what changed against another, by default the one before."""
    editing = editing_of(question_id)
    version = version_of(editing, number)
    earlier = [one.number for one in editing.versions if one.number < number]
    against = request.args.get("against", type=int, default=max(earlier, default=None))
    other = next((one for one in editing.versions if one.number == against != number), None)
    item = bank.item_of(version)
    changes = None
    if other:
        pages = queries.source_pages(db.session())
        changes = changed_fields(bank.differences(other, version), bank.item_of(other), item, pages)
    return render_template(
        "authoring/version.html",
        editing=editing,
        version=version,
        other=other,
        changes=changes,
        item=item,
        media=bank.media_facts(db.session(), [item]),
        uses=queries.version_uses(db.session(), [version.id]),
        names=queries.names(db.session(), [version.author_id, version.approved_by, *version.writers]),
    )
