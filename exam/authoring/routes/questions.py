"""The editor of a question: writing, publishing, retiring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock, display
from exam.accounts.rules import Role
from exam.authoring import actions, queries, rules
from exam.authoring.forms.bank import BANK_FORMS, NEW_TOPIC, RemarkForm
from exam.authoring.forms.questions import add_spare_rows
from exam.authoring.routes.bank import known, today
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.editing import Editing, editing_of
from exam.authoring.routes.media import put_in_medium
from exam.authoring.routes.wording import hint_sentences
from exam.db import db
from exam.errors import Conflict, Refused
from exam.papers.queries import wants_second_person
from exam.web import roles_required
from question_bank import bank, review, tags
from question_bank.hints import hints
from question_bank.items import Item, Kind
from question_bank.models import OPEN, Question, QuestionVersion, Topic, VersionComment, VersionState
from question_bank.problems import LONGEST_TAG, MOST_TAGS, Problem, ProblemCode, problems

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


@bp.route("/questions/new", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def question_new() -> ResponseReturnValue:
    """Choose a kind, then write."""
    kind = known(request.args.get("kind"), list(Kind))
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
    _fill_place(form, editing)
    return _show(form, editing)


def _fill_place(form: Any, editing: Editing) -> None:
    question, current = editing.question, editing.current
    assert question
    assert current
    form.topic.data = str(question.topic_id)
    form.difficulty.data = str(current.difficulty)
    form.source.data = current.source or ""
    form.version.data = current.changed_at.isoformat()
    form.reason.data = current.reason if current.state in OPEN else ""
    kept = tags.tags_of(db.session(), [question.id]).get(question.id, [])
    form.tags.data = form.tags_were.data = _(", ").join(kept)
    form.review_due.data = question.review_due
    form.review_due_was.data = question.review_due.isoformat() if question.review_due else ""


def _form(kind: Kind, source: str | None = None) -> Any:
    form = BANK_FORMS[kind]()
    pages = queries.source_pages(db.session())
    if not form.is_submitted():
        form.source.data = source
    form.offer([(topic.id, topic.name) for topic in bank.topics(db.session())], pages, source)
    return form


def _save(form: Any, editing: Editing) -> ResponseReturnValue:
    """Keep what was written, and submit or publish it if asked; else show it again with what stands in the way."""
    if put_in_medium(form):
        return _show(form, editing, status=422 if form.errors else 200)
    act = request.form.get("act")
    item = editing.build(form)
    well_formed = form.validate()
    if not _is_complete(form, item, editing, handing_on=act in ("submit", "publish")) or not well_formed:
        return _show(form, editing, status=422)
    try:
        version = _write(form, item, editing)
        _hand_on(form, version, act)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return _show_refused(form, editing, refusal)
    flash(_said(version), "good")
    return redirect(url_for(".question", question_id=version.question_id))


def _hand_on(form: Any, version: QuestionVersion, act: str | None) -> None:
    """Submit or publish what was saved."""
    if version.state is not VersionState.DRAFT:
        return
    if act == "publish":
        actions.publish_question(db.session(), version, actor_id=current_user.id, now=clock.now())
    elif act == "submit":
        actions.submit_question(db.session(), version, form.note.data or "", actor_id=current_user.id, now=clock.now())


def _is_complete(form: Any, item: Item, editing: Editing, handing_on: bool) -> bool:
    """Whether this can be kept; a draft may be unfinished. What stands in the way is put beside the fields."""
    found: list[Problem] = [one for one in problems(item) if handing_on or one.code in ALWAYS_REFUSED]
    form.show(found, item)
    refused = bool(found)
    if handing_on and not item.explanation:
        form.refuse("explanation", _("Say why it is right before you publish: candidates read this when they review."))
        refused = True
    if handing_on and editing.published and not form.reason.data:
        form.refuse("reason", _("Say in a few words why: whoever compares the versions wants to know."))
        refused = True
    return _tags_fit(form) and not refused


def _tags_fit(form: Any) -> bool:
    wanted = tags.parted(form.tags.data or "")
    if len(wanted) <= MOST_TAGS and all(len(tag) <= LONGEST_TAG for tag in wanted):
        return True
    limits = {"most": MOST_TAGS, "longest": LONGEST_TAG}
    form.refuse("tags", _("At most %(most)s tags, each of at most %(longest)s characters.", **limits))
    return False


def _write(form: Any, item: Item, editing: Editing) -> QuestionVersion:
    session, now = db.session(), clock.now()
    if form.topic.data == NEW_TOPIC:
        topic = actions.make_topic(session, form.new_topic.data, actor_id=current_user.id, now=now)
    else:
        topic = session.get_one(Topic, int(form.topic.data))
    version = actions.save_question(
        session,
        editing.question,
        item,
        topic=topic,
        difficulty=int(form.difficulty.data),
        source=form.source.data or None,
        actor_id=current_user.id,
        now=now,
        unchanged_since=_moment(form.version.data),
        reason=form.reason.data or "",
    )
    question = session.get_one(Question, version.question_id)
    if form.tags_changed:
        actions.set_tags(session, question, tags.parted(form.tags.data or ""), actor_id=current_user.id, now=now)
    if form.review_due_changed:
        actions.set_review_due(session, question, form.review_due.data, actor_id=current_user.id, now=now)
    return version


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
    if version.state is VersionState.IN_REVIEW:
        return str(_("Version %(number)s waits for review. Another trainer looks through it.", number=version.number))
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
    session = db.session()
    add_spare_rows(form)
    ids = [version.id for version in editing.versions]
    said = review.comments(session, ids)
    asks = wants_second_person(session)
    return render_template(
        "authoring/question.html",
        form=form,
        editing=editing,
        current=editing.current,
        item=item,
        media=bank.media_facts(session, [item]),
        hints=_hints(form, item),
        uses=queries.version_uses(session, ids),
        names=queries.names(session, _people(editing, said)),
        said=said,
        numbers={version.id: version.number for version in editing.versions},
        remark=RemarkForm(formdata=None),
        mine=current_user.id in editing.writers,
        may_publish=rules.may_approve(current_user.id, editing.writers, own_questions=asks is None),
        writing=not editing.in_review or form.is_submitted(),
        today=today(),
        used=queries.where_used(session, editing.question.id) if editing.question else (),
        drawn_by=queries.may_draw(session, editing.question) if editing.question else (),
        fewest=queries.FEWEST,
    ), status


def _people(editing: Editing, said: Sequence[VersionComment]) -> list[int | None]:
    """Everybody whom the page names."""
    people = [one.author_id for one in said]
    for version in editing.versions:
        people += [version.author_id, version.submitted_by, version.approved_by]
    return [*people, editing.question.retired_by if editing.question else None]


@bp.post("/questions/preview")
@roles_required(Role.TRAINER)
def question_preview() -> ResponseReturnValue:
    """What a candidate would see of what is typed so far, as a piece of a page."""
    kind = known(request.args.get("kind"), list(Kind)) or abort(404)
    form = BANK_FORMS[Kind(kind)]()
    item = rules.build(form.given())
    media = bank.media_facts(db.session(), [item])
    return render_template("authoring/preview.html", item=item, media=media, hints=_hints(form, item))


def _hints(form: Any, item: Item) -> list[str]:
    """What could be better, once there is something to look at."""
    if not item.stem:
        return []
    return hint_sentences(hints(item, source=form.source.data, topic=bool(form.topic.data)))


# States


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


@bp.post("/questions/<int:question_id>/duplicate")
@roles_required(Role.TRAINER)
def question_duplicate(question_id: int) -> ResponseReturnValue:
    """Begin a new question from this one."""
    editing = editing_of(question_id)
    assert editing.question
    version = actions.duplicate_question(db.session(), editing.question, actor_id=current_user.id, now=clock.now())
    db.session.commit()
    flash(_("This is a new question with the same content. Change what should differ."), "good")
    return redirect(url_for(".question", question_id=version.question_id))


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
