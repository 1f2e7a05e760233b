"""The question bank: finding, writing, publishing and retiring questions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, display, words
from exam.accounts.rules import Role
from exam.authoring import actions, queries, rules
from exam.authoring.forms.questions import BANK_FORMS, NEW_TOPIC, add_spare_rows
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.wording import changed_fields, hint_sentences
from exam.db import db
from exam.errors import Conflict, Refused
from exam.web import PAGE_SIZE, Page, clean_line, page_number, roles_required
from question_bank import bank
from question_bank.bank import Order, QuestionState
from question_bank.items import Item, Kind
from question_bank.models import Question, QuestionVersion, Topic, VersionState
from question_bank.problems import Problem, ProblemCode, problems

ALWAYS_REFUSED = frozenset(
    {
        ProblemCode.TOO_LONG,
        ProblemCode.TOO_MANY_CHOICES,
        ProblemCode.TOO_MANY_KEY_POINTS,
        ProblemCode.TOO_MANY_PHRASES,
        ProblemCode.NOTHING_SAID_OF_PICTURE,
    }
)
"""Problems that not even a draft may have."""


@dataclass
class Editing:
    """What stands in the bank of the question being edited; nothing yet for a new one."""

    question: Question | None = None
    topic: Topic | None = None
    versions: list[QuestionVersion] = field(default_factory=list)

    @property
    def current(self) -> QuestionVersion | None:
        """The version a trainer works on next."""
        wanted = (VersionState.DRAFT, VersionState.PUBLISHED)
        found = [version for state in wanted for version in self.versions if version.state is state]
        return found[0] if found else (self.versions[-1] if self.versions else None)

    @property
    def published(self) -> QuestionVersion | None:
        return next((version for version in self.versions if version.state is VersionState.PUBLISHED), None)

    def build(self, form: Any) -> Item:
        """The item that was typed, with ids that go on from the versions there are."""
        taken = {part for version in self.versions for part in rules.part_ids(bank.item_of(version))}
        known = rules.part_ids(bank.item_of(self.current)) if self.current else ()
        return rules.build(form.given(), known, taken)


def editing_of(question_id: int) -> Editing:
    """Load a question for editing; 404 when there is none."""
    found = queries.question(db.session(), question_id) or abort(404)
    return Editing(*found, list(bank.history(db.session(), question_id)))


# Finding


@bp.get("/questions", endpoint="bank")
@roles_required(Role.TRAINER)
def list_questions() -> ResponseReturnValue:
    """The bank, filtered and in the order asked for."""
    session, asked = db.session(), request.args
    topics = bank.topics(session)
    chosen = {
        "q": clean_line(asked.get("q")) or "",
        "topic": _known(asked.get("topic"), [str(topic.id) for topic in topics]),
        "kind": _known(asked.get("kind"), list(Kind)),
        "difficulty": _known(asked.get("difficulty"), list(words.DIFFICULTIES)),
        "state": _known(asked.get("state"), list(QuestionState)),
        "order": _known(asked.get("order"), list(Order)),
    }
    number = page_number()
    rows, total = bank.search(
        session,
        text=chosen["q"][:120],
        topic_ids=[int(chosen["topic"])] if chosen["topic"] else (),
        kind=Kind(chosen["kind"]) if chosen["kind"] else None,
        difficulty=int(chosen["difficulty"] or 0) or None,
        state=QuestionState(chosen["state"]) if chosen["state"] else None,
        order=Order(chosen["order"] or Order.CHANGED),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "authoring/bank.html",
        page=Page(rows, total, number),
        counts=queries.state_counts(session),
        uses=queries.uses(session, [row.question.id for row in rows]),
        topics=topics,
        kinds=words.options("kind"),
        difficulties=words.options("difficulty"),
        chosen=chosen,
        filtered=any(chosen.values()),
    )


def _known(value: str | None, allowed: list[Any]) -> str:
    """The value asked for, or nothing when the list doesn't have it."""
    return value if value in [str(one) for one in allowed] else ""


# Writing


@bp.route("/questions/new", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def question_new() -> ResponseReturnValue:
    """Choose a kind, then write."""
    kind = _known(request.args.get("kind"), list(Kind))
    if not kind:
        return render_template("authoring/question_kinds.html", kinds=list(Kind))
    form = _form(Kind(kind))
    if form.is_submitted():
        return _save(form, Editing())
    return _show(form, Editing())


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def question(question_id: int) -> ResponseReturnValue:
    """Look at a question, and write its next wording."""
    editing = editing_of(question_id)
    assert editing.question
    assert editing.current
    form = _form(editing.question.kind, editing.current.source)
    if form.is_submitted():
        return _save(form, editing)
    form.fill(bank.item_of(editing.current))
    form.topic.data = str(editing.question.topic_id)
    form.difficulty.data = str(editing.current.difficulty)
    form.source.data = editing.current.source or ""
    form.version.data = editing.current.changed_at.isoformat()
    return _show(form, editing)


def _form(kind: Kind, source: str | None = None) -> Any:
    form = BANK_FORMS[kind]()
    pages = queries.source_pages(db.session())
    if not form.is_submitted():
        form.source.data = source
    form.offer([(topic.id, topic.name) for topic in bank.topics(db.session())], pages, source)
    return form


def _save(form: Any, editing: Editing) -> ResponseReturnValue:
    """Keep what was written, and publish it if asked; else show it again with what stands in the way."""
    publishing = request.form.get("act") == "publish"
    item = editing.build(form)
    well_formed = form.validate()
    if not _is_complete(form, item, publishing) or not well_formed:
        return _show(form, editing, status=422)
    try:
        version = _write(form, item, editing)
        if publishing and version.state is VersionState.DRAFT:
            actions.publish_question(db.session(), version, actor_id=current_user.id, now=clock.now())
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return _show_refused(form, editing, refusal)
    flash(_said(version), "good")
    return redirect(url_for(".question", question_id=version.question_id))


def _is_complete(form: Any, item: Item, publishing: bool) -> bool:
    """Whether this can be kept; a draft may be unfinished. What stands in the way is put beside the fields."""
    found: list[Problem] = [one for one in problems(item) if publishing or one.code in ALWAYS_REFUSED]
    form.show(found, item)
    if publishing and not item.explanation:
        form.refuse("explanation", _("Say why it is right before you publish: candidates read this when they review."))
        return False
    return not found


def _write(form: Any, item: Item, editing: Editing) -> QuestionVersion:
    session, now = db.session(), clock.now()
    if form.topic.data == NEW_TOPIC:
        topic = actions.make_topic(session, form.new_topic.data, actor_id=current_user.id, now=now)
    else:
        topic = session.get_one(Topic, int(form.topic.data))
    return actions.save_question(
        session,
        editing.question,
        item,
        topic=topic,
        difficulty=int(form.difficulty.data),
        source=form.source.data or None,
        actor_id=current_user.id,
        now=now,
        unchanged_since=_moment(form.version.data),
    )


def _moment(text: str | None) -> datetime | None:
    """When the shown version was last changed, as the page sent it back."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _said(version: QuestionVersion) -> str:
    if version.state is VersionState.PUBLISHED:
        return str(_("Version %(number)s is published: papers draw it from now on.", number=version.number))
    return str(_("Draft saved at %(time)s.", time=display.clock_seconds(version.changed_at)))


def _show_refused(form: Any, editing: Editing, refusal: Refused) -> ResponseReturnValue:
    """Show what was typed again with the refusal; after a conflict a second saving is meant."""
    if isinstance(refusal, Conflict) and editing.question:
        editing = editing_of(editing.question.id)
        form.version.data = editing.current.changed_at.isoformat() if editing.current else ""
    form.form_errors.append(str(refusal.message))
    return _show(form, editing, status=refusal.status)


def _show(form: Any, editing: Editing, status: int = 200) -> ResponseReturnValue:
    item = editing.build(form)
    session, current = db.session(), editing.current
    add_spare_rows(form)
    people = [version.author_id for version in editing.versions]
    if editing.question:
        people.append(editing.question.retired_by)
    return render_template(
        "authoring/question.html",
        form=form,
        editing=editing,
        current=current,
        item=item,
        media=bank.media_facts(session, [item]),
        hints=hint_sentences(rules.hints(item, form.source.data)) if current else (),
        uses=queries.version_uses(session, [version.id for version in editing.versions]),
        names=queries.names(session, people),
    ), status


@bp.post("/questions/preview")
@roles_required(Role.TRAINER)
def question_preview() -> ResponseReturnValue:
    """What a candidate would see of what is typed so far, as a piece of a page."""
    kind = _known(request.args.get("kind"), list(Kind)) or abort(404)
    form = BANK_FORMS[Kind(kind)]()
    item = rules.build(form.given())
    return render_template("authoring/preview.html", item=item, media=bank.media_facts(db.session(), [item]))


# Versions and states


@bp.get("/questions/<int:question_id>/versions/<int:number>")
@roles_required(Role.TRAINER)
def question_version(question_id: int, number: int) -> ResponseReturnValue:
    """One version as it was, and what changed against another, by default the one before."""
    editing = editing_of(question_id)
    by_number = {version.number: version for version in editing.versions}
    version = by_number.get(number) or abort(404)
    earlier = [other for other in by_number if other < number]
    against = request.args.get("against", type=int, default=max(earlier, default=None))
    other = by_number.get(against) if against is not None and against != number else None
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
        names=queries.names(db.session(), [version.author_id]),
    )


@bp.post("/questions/<int:question_id>/discard")
@roles_required(Role.TRAINER)
def question_discard(question_id: int) -> ResponseReturnValue:
    """Throw the draft away."""
    editing = editing_of(question_id)
    assert editing.current
    actions.discard_draft(db.session(), editing.current, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The draft is discarded."), "good")
    return redirect(url_for(".question", question_id=question_id))


@bp.post("/questions/<int:question_id>/retire")
@roles_required(Role.TRAINER)
def question_retire(question_id: int) -> ResponseReturnValue:
    """Draw it no longer."""
    editing = editing_of(question_id)
    assert editing.question
    actions.retire_question(db.session(), editing.question, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The question is retired: no new paper draws it."), "good")
    return redirect(url_for(".question", question_id=question_id))


@bp.post("/questions/<int:question_id>/restore")
@roles_required(Role.TRAINER)
def question_restore(question_id: int) -> ResponseReturnValue:
    """Take the retirement back."""
    editing = editing_of(question_id)
    assert editing.question
    actions.restore_question(db.session(), editing.question, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("The question is restored."), "good")
    return redirect(url_for(".question", question_id=question_id))
