"""Questions of the bank as a file in any format, and files to fill in."""

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from exam.authoring.forms.imports import ExportForm
from exam.authoring.queries import exporting
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.sizes import for_trainers
from exam.authoring.routes.imports.wording import Problem, format_options, problem_words
from exam.db import db
from question_bank import bank, formats
from question_bank.formats import FORMATS
from question_bank.formats.reading import ReadQuestion
from question_bank.formats.templates import TEMPLATES


@bp.get("/questions/export")
@for_trainers
def export() -> ResponseReturnValue:
    """Choose what to take out; with a format chosen, say what of it the format has no place for."""
    form = ExportForm(request.args)
    topics = [(topic.id, topic.name) for topic in bank.topics(db.session())]
    form.offer(format_options(writing=True), topics)
    asked = "format" in request.args and form.validate()
    said, number = _losses(form) if asked else ([], 0)
    return render_template(
        "authoring/imports/export.html", form=form, asked=asked, said=said, number=number, query=request.args
    )


def _losses(form: ExportForm) -> tuple[list[Problem], int]:
    questions = _wanted(form)
    written = formats.write(form.format.data, questions)
    return [
        Problem(one.severity.value, f"{problem_words(one.code, one.detail)} {one.excerpt}".strip())
        for one in written.problems
    ], len(questions)


def _wanted(form: ExportForm) -> list[ReadQuestion]:
    topic_ids = [int(form.topic.data)] if form.topic.data else []
    return exporting.questions(db.session(), topic_ids, published_only=form.state.data != "all")


@bp.get("/questions/export/file")
@for_trainers
def export_file() -> ResponseReturnValue:
    """The file itself."""
    form = ExportForm(request.args)
    form.offer(format_options(writing=True), [(topic.id, topic.name) for topic in bank.topics(db.session())])
    if not form.validate():
        abort(404)
    written = formats.write(form.format.data, _wanted(form))
    return _download(written.content, f"questions{FORMATS[form.format.data].suffixes[0]}")


@bp.get("/questions/import/template/<name>")
@for_trainers
def import_template(name: str) -> ResponseReturnValue:
    """A file to fill in, with examples of all kinds."""
    make = TEMPLATES.get(name) or abort(404)
    return _download(make(), name)


def _download(content: bytes, name: str) -> ResponseReturnValue:
    response = make_response(content)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
