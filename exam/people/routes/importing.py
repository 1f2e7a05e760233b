"""A list of people from a file: upload, look at what would happen, import; then their one-time links, shown once.

Nothing is written before the last step. Between the steps the list travels in the page, signed and for this person
only: the site keeps no file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from exam import clock
from exam.accounts.models import Person
from exam.accounts.rules import LINK_LASTS, Role
from exam.courses import queries as courses
from exam.db import db
from exam.errors import Refused, beside
from exam.people import actions, queries
from exam.people.forms import ImportForm, UploadForm
from exam.people.routes.blueprint import bp, chosen_cohort, for_hr, offer_cohorts, offer_tutors
from exam.people.routes.persons import link_of
from exam.people.routes.wording import column_words, example, file_words, problem_words
from exam.people.rules import MOST_LINES, Checked, Column, Line, Sheet, UnreadableSheet, check, read_sheet
from exam.spreadsheets import CSV_TYPE, XLSX_TYPE, UnreadableTable, read_tables, write_csv, write_xlsx

LASTS = 12 * 3600
"""Seconds for which a list that was read can be imported."""
LONGEST = 400_000
"""Characters a list may have on its way through the page; a form field of more is refused by the server anyway."""
FAULTY_SHOWN = 200
READY_SHOWN = 100
"""Lines shown of each sort; the figures above always count all."""
NAME_LONGEST = 120


@dataclass(frozen=True)
class Preview:
    """What importing a list would do."""

    sheet: Sheet
    source: str
    checked: Sequence[Checked]
    known_cohorts: frozenset[str]
    tutor_names: dict[int, str]

    @cached_property
    def ready(self) -> list[Checked]:
        return [one for one in self.checked if one.ready]

    @cached_property
    def faulty(self) -> list[Checked]:
        return [one for one in self.checked if one.problems]

    @cached_property
    def there(self) -> list[Checked]:
        return [one for one in self.checked if one.already]

    @property
    def cohorts(self) -> list[tuple[str, int, bool]]:
        """The cohorts that lines name: how many people, and whether it is there already."""
        counted = Counter(
            one.entry.cohort for one in self.ready if one.entry.cohort and Role.NEW_HIRE in one.entry.roles
        )
        return [(name, count, name in self.known_cohorts) for name, count in counted.items()]

    @property
    def without_cohort(self) -> int:
        """How many new hires' lines name none."""
        return sum(not one.entry.cohort and Role.NEW_HIRE in one.entry.roles for one in self.ready)


@bp.get("/people/import")
@for_hr
def import_people() -> ResponseReturnValue:
    """Ask for the file, and say what may be in it."""
    return _upload_page(UploadForm(formdata=None))


def _upload_page(form: UploadForm) -> str:
    return render_template(
        "people/import.html", form=form, columns=[column_words(one) for one in Column], most=MOST_LINES
    )


@bp.get("/people/import/template.xlsx")
@for_hr
def import_template() -> ResponseReturnValue:
    """A file to fill in."""
    headings = [column_words(one) for one in Column]
    content = write_xlsx(headings, [example()], [18, 14, 16, 28, 16, 20, 12])
    return _download(content, XLSX_TYPE, "people.xlsx")


def _download(content: bytes, kind: str, name: str) -> ResponseReturnValue:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/people/import")
@for_hr
def read_import() -> ResponseReturnValue:
    """Read the file and show what importing it would do. Nothing is written."""
    form = UploadForm()
    if not form.validate():
        return _upload_page(form), 422
    uploaded = form.file.data
    try:
        sheet = read_sheet(read_tables(uploaded.filename or "", uploaded.read()))
    except (UnreadableTable, UnreadableSheet) as error:
        form.file.errors = [file_words(error)]
        return _upload_page(form), 422
    source = (uploaded.filename or "")[-NAME_LONGEST:]
    sealed = _seal("sheet", _as_data(sheet, source))
    if len(sealed) > LONGEST:
        form.file.errors = [_("This list holds too much text to be imported at once. Split it in two.")]
        return _upload_page(form), 422
    return _preview_page(_preview(sheet, source), _import_form(formdata=None, sheet=sealed))


def _as_data(sheet: Sheet, source: str) -> dict[str, Any]:
    lines = [[line.number, {column.value: text for column, text in line.values.items()}] for line in sheet.lines]
    return {"source": source, "columns": list(sheet.columns), "unknown": list(sheet.unknown), "lines": lines}


def _from_data(data: dict[str, Any]) -> tuple[Sheet, str]:
    lines = [Line(number, {Column(name): text for name, text in values.items()}) for number, values in data["lines"]]
    return Sheet(tuple(Column(one) for one in data["columns"]), tuple(data["unknown"]), tuple(lines)), data["source"]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"people-{purpose}-{current_user.id}")


def _seal(purpose: str, data: object) -> str:
    """Sign data for this person and purpose; it is packed as well."""
    return str(_serializer(purpose).dumps(data))


def _unseal(purpose: str, sealed: str | None) -> Any:
    """What was signed for this person and purpose; None when it wasn't, or too long ago."""
    try:
        return _serializer(purpose).loads(sealed or "", max_age=LASTS)
    except BadData:
        return None


def _preview(sheet: Sheet, source: str) -> Preview:
    known = queries.known(db.session())
    names = {line.values.get(Column.NAME, "") for line in sheet.lines}
    checked = check(sheet.lines, known, {name: actions.pinyin(name) for name in names})
    return Preview(sheet, source, checked, known.cohorts, {one.id: one.full_name for one in known.tutors})


def _import_form(**keywords: Any) -> ImportForm:
    form = ImportForm(**keywords)
    offer_cohorts(form, _("No course yet"))
    offer_tutors(form, _("No tutor yet"))
    return form


def _preview_page(preview: Preview, form: ImportForm, changed: bool = False) -> str:
    form.count.data = str(len(preview.ready))
    return render_template(
        "people/preview.html",
        preview=preview,
        form=form,
        changed=changed,
        columns=[column_words(one) for one in preview.sheet.columns],
        words=problem_words,
        faulty_shown=FAULTY_SHOWN,
        ready_shown=READY_SHOWN,
    )


@bp.post("/people/import/confirm")
@for_hr
def confirm_import() -> ResponseReturnValue:
    """Import everybody whose line is in order, all or nobody, and show their one-time links this once."""
    data = _unseal("sheet", request.form.get("sheet"))
    if data is None:
        flash(_("This list was open for too long. Choose the file again."), "wait")
        return redirect(url_for(".import_people"))
    preview, form = _preview(*_from_data(data)), _import_form()
    if form.count.data != str(len(preview.ready)) or not preview.ready:
        # Somebody else has added people meanwhile, or the button was pressed twice.
        return _preview_page(preview, form, changed=True), 409
    if form.validate():
        now = clock.now()
        try:
            added = actions.import_people(
                db.session(),
                [one.entry for one in preview.ready],
                cohort=chosen_cohort(form, now),
                new_cohorts_in=next((one for one in courses.courses(db.session()) if one.id == form.course_id), None),
                tutor_id=form.tutor_id,
                source=preview.source,
                actor_id=current_user.id,
                now=now,
            )
        except Refused as refusal:
            beside(form, refusal)
        else:
            db.session.commit()
            sealed = _seal("links", [[one.person.id, one.token] for one in added])
            people = [(one.person, link_of(one.token)) for one in added]
            return render_template(
                "people/imported.html", people=people, preview=preview, sealed=sealed, until=now + LINK_LASTS
            )
    return _preview_page(preview, form), 422


@bp.post("/people/import/links")
@for_hr
def import_links() -> ResponseReturnValue:
    """The links of an import as a file, from the page that shows them; the site keeps none."""
    data = _unseal("links", request.form.get("links"))
    if data is None:
        abort(404)
    people: dict[int, Person] = {one.id: one for one in queries.somebody(db.session(), [pair[0] for pair in data])}
    headings = [_("Name"), _("Staff number"), _("User name"), _("Email"), _("Sign-in link")]
    rows = [
        [person.full_name, person.staff_number or "", person.username, person.email or "", link_of(token)]
        for number, token in data
        if (person := people.get(number))
    ]
    if request.form.get("format") == "csv":
        return _download(write_csv(headings, rows), CSV_TYPE, "sign-in-links.csv")
    return _download(write_xlsx(headings, rows, [14, 14, 16, 28, 70]), XLSX_TYPE, "sign-in-links.xlsx")
