"""The pages of a course: what is in it, reading it, its knowledge checks, and finding something again.

New hires take their course; trainers, HR and administrators may read any, which leaves no trace.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup, escape

from exam import clock, markdown
from exam.accounts.rules import Role
from exam.courses import actions, queries
from exam.courses.forms import key_values, read_response, ticked_values
from exam.courses.models import Course, Enrolment, Page
from exam.courses.rules import Outline
from exam.db import db
from exam.errors import Refused
from exam.web import clean_line, nav, page_number, roles_required, signed_in
from question_bank import bank
from question_bank.items import Item, from_data

bp = Blueprint("courses", __name__)
nav.add(Role.NEW_HIRE, _l("Course"), "courses.course", 20)

READERS = (Role.TRAINER, Role.HR, Role.ADMIN)
"""Who may read a course without taking it."""
MOST_WORDS = 5
LONGEST_QUERY = 60
AROUND = 40
"""Characters shown before and after what was found."""
FIGURE_POLICY = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class Reading:
    """A course as one person has it open; without an enrolment they only look."""

    course: Course
    enrolment: Enrolment | None

    @property
    def outline(self) -> Outline:
        if self.enrolment is None:
            return queries.preview(db.session(), self.course)
        return queries.outline(db.session(), self.enrolment)


@dataclass(frozen=True)
class CheckShown:
    """A knowledge check as its page shows it; `reveal` says what rows turned out to be, `problem` what is amiss."""

    id: int
    item: Item
    ticked: frozenset[str]
    reveal: dict[str, str]
    right: bool | None
    problem: str


def own_or_404(course: Course) -> Reading:
    """The course with the person's enrolment; those who neither take it nor may look get a 404."""
    enrolment = queries.own_enrolment(db.session(), current_user.id, course.id)
    if enrolment is None and not current_user.has_role(*READERS):
        abort(404)
    return Reading(course, enrolment)


def readings() -> list[Reading]:
    """The courses of the person, the last assigned first; then, for those who may look, the others."""
    taken = [Reading(one.course, one) for one in queries.enrolments(db.session(), current_user.id)]
    if not current_user.has_role(*READERS):
        return taken
    known = {reading.course.id for reading in taken}
    return taken + [Reading(one, None) for one in queries.courses(db.session()) if one.id not in known]


def chosen_reading(available: list[Reading]) -> Reading | None:
    """The course named in the query, else the first; None when there is none. Refuses an unknown name with 404."""
    wanted = request.args.get("course")
    if wanted is None:
        return available[0] if available else None
    return next((one for one in available if one.course.slug == wanted), None) or abort(404)


def page_or_404(slug: str) -> tuple[Page, Reading]:
    page = queries.page_by_slug(db.session(), slug) or abort(404)
    return page, own_or_404(page.module.course)


@bp.get("/course")
@signed_in
def course() -> ResponseReturnValue:
    """What is in the course, and how far one is."""
    available = readings()
    reading = chosen_reading(available)
    others = [one.course for one in available if reading and one.course.id != reading.course.id]
    outline = reading.outline if reading else None
    return render_template("courses/course.html", outline=outline, others=others)


@bp.get("/course/<page_slug>")
@signed_in
def page(page_slug: str) -> ResponseReturnValue:
    """One page to read, with its knowledge checks."""
    shown, reading = page_or_404(page_slug)
    return render_page(shown, reading)


def render_page(page: Page, reading: Reading, problems: dict[int, str] | None = None) -> str:
    """`problems` says of knowledge checks, by id, why their answer could not be taken."""
    outline = reading.outline
    module, number = outline.place(page.id) or abort(404)
    before, after = outline.neighbours(page.id)
    checks = shown_checks(page, reading.enrolment, problems or {})
    return render_template(
        "courses/page.html",
        page=page,
        body=markdown.render(page.body),
        outline=outline,
        module=module,
        number=number,
        finished=module.pages[number - 1].read,
        before=before,
        after=after,
        checks=checks,
        media=bank.media_facts(db.session(), [check.item for check in checks]),
    )


def shown_checks(page: Page, enrolment: Enrolment | None, problems: dict[int, str]) -> list[CheckShown]:
    """A wrong answer is marked row by row; whoever doesn't take the course sees the right one ticked."""
    found = []
    for check in queries.checks(db.session(), page.id, enrolment.id if enrolment else None):
        right_ones, ticked = key_values(check.item), ticked_values(check.response)
        reveal = {one: "right" if one in right_ones else "wrong" for one in ticked} if check.right is False else {}
        ticked = ticked if enrolment else right_ones
        found.append(CheckShown(check.id, check.item, ticked, reveal, check.right, problems.get(check.id, "")))
    return found


@bp.post("/course/<page_slug>/finish")
@roles_required(Role.NEW_HIRE)
def finish(page_slug: str) -> ResponseReturnValue:
    """Finish a page and go on to the next."""
    page, reading = page_or_404(page_slug)
    enrolment = reading.enrolment or abort(404)
    completed = actions.finish_page(db.session(), enrolment, page, clock.now())
    db.session.commit()
    outline = reading.outline
    if completed:
        flash(_("You have finished the course."), "good")
        return redirect(url_for("home.index"))
    missed = next((one.open_checks for one in outline.pages if one.id == page.id), 0)
    if missed:
        flash(missed_checks(page, missed), "wait")
    _before, after = outline.neighbours(page.id)
    return redirect(url_for(".page", page_slug=after.slug) if after else url_for(".course", course=outline.slug))


def missed_checks(page: Page, count: int) -> Markup:
    """Say that a page finished without its checks isn't all done yet, with the way back."""
    text = escape(
        ngettext(
            "%(num)d knowledge check on the page is still open:",
            "%(num)d knowledge checks on the page are still open:",
            count,
        )
    )
    return Markup('{} <a href="{}#checks">{}</a>').format(text, url_for(".page", page_slug=page.slug), page.title)


@bp.post("/course/checks/<int:check_id>")
@roles_required(Role.NEW_HIRE)
def answer(check_id: int) -> ResponseReturnValue:
    """Try a knowledge check; its page says what came of it."""
    check = queries.check_with_page(db.session(), check_id) or abort(404)
    enrolment = own_or_404(check.page.module.course).enrolment or abort(404)
    slug = check.page.slug
    try:
        response = read_response(from_data(check.content), request.form.getlist("choice"))
        actions.answer_check(db.session(), enrolment, check, response, clock.now())
    except (Refused, ValueError) as error:
        db.session.rollback()
        why = error.message if isinstance(error, Refused) else _("This check has just been changed. Choose again.")
        page, reading = page_or_404(slug)
        return render_page(page, reading, {check_id: str(why)}), 422
    db.session.commit()
    return redirect(url_for(".page", page_slug=slug, _anchor=f"check-{check_id}"))


@bp.get("/course/search")
@signed_in
def search() -> ResponseReturnValue:
    """Find the pages of a course that say something."""
    reading = chosen_reading(readings()) or abort(404)
    asked = (clean_line(request.args.get("q")) or "")[:LONGEST_QUERY]
    words = asked.split()[:MOST_WORDS]
    found = queries.search(db.session(), reading.course.id, words, page_number()) if words else None
    hits = [(hit, excerpt(hit, words)) for hit in found.items] if found else []
    return render_template("courses/search.html", course=reading.course, q=asked, found=found, hits=hits)


def excerpt(page: Page, words: list[str]) -> Markup:
    """A piece of the page around the first word found in it, with that word marked."""
    text = f"{page.standfirst} {markdown.plain(page.body)}".strip()
    folded = text.lower()
    # Lower-casing may change the length of a text: then the places would not fit, and nothing is marked.
    places = [folded.find(word.lower()) for word in words] if len(folded) == len(text) else []
    hits = [(place, len(word)) for place, word in zip(places, words, strict=False) if place >= 0]
    if not hits:
        return escape(text[: 2 * AROUND])
    start, length = min(hits)
    begin, end = max(0, start - AROUND), start + length + AROUND
    return Markup("{}{}<mark>{}</mark>{}{}").format(
        "…" if begin else "", text[begin:start], text[start : start + length], text[start + length : end],
        "…" if end < len(text) else "",
    )  # fmt: skip


@bp.get("/course/figures/<name>")
@signed_in
def figure(name: str) -> ResponseReturnValue:
    """A drawing of the course: a picture and nothing more, even opened by itself."""
    found = markdown.figures().get(name) or abort(404)
    response = Response(found.path.read_bytes(), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = FIGURE_POLICY
    response.cache_control.private = True
    response.cache_control.max_age = 3600  # seconds
    return response
