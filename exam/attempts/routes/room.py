"""The exam room over HTTP: start, the room's page and what its script asks for, handing in.

The room's script speaks JSON; `exam/static/room/` is its other half. Choices cross this edge as tokens: `_read` and
`queries.written` are the only places that translate.
"""

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.attempts import actions, forms, queries, showing
from exam.attempts.actions import SaveOutcome, Told, Waiting
from exam.attempts.models import Attempt
from exam.attempts.routes.blueprint import bp, own_attempt, posted_json
from exam.attempts.routes.contact import shown, standing_of, stands
from exam.attempts.rules import Layout, remaining_ms
from exam.attempts.short_way import acknowledgement
from exam.company import zone
from exam.db import db
from exam.networks import network_digest
from exam.sittings import queries as sittings
from exam.web import roles_required, safe_next
from question_bank.items import Response


@bp.post("/sittings/<int:sitting_id>/start")
@roles_required(Role.NEW_HIRE)
def start(sitting_id: int) -> ResponseReturnValue:
    """Begin the timed run, or go back to the one already begun."""
    form = forms.StartForm()
    if not form.validate():
        sittings.own_sitting(db.session(), current_user.id, sitting_id) or abort(404)
        flash(str(form.honest.errors[0]), "bad")
        return redirect(url_for("sittings.start", sitting_id=sitting_id))
    attempt_id = actions.start_own(db.session(), current_user.id, sitting_id, now=clock.now())
    db.session.commit()
    return redirect(url_for(".room", attempt_id=attempt_id))


@bp.get("/attempts/<int:attempt_id>")
@roles_required(Role.NEW_HIRE)
def room(attempt_id: int) -> ResponseReturnValue:
    """The room with its questions; once closed, the receipt. Answers come when the page has opened the room."""
    attempt = own_attempt(attempt_id)
    if attempt.closed_at or attempt.voided_at:
        return redirect(url_for("receipts.receipt", attempt_id=attempt_id))
    paper = showing.paper(db.session(), attempt)
    return render_template(
        "attempts/room.html",
        attempt=attempt,
        title=paper.title,
        questions=showing.together(paper.questions),
        groups=showing.sheet(paper.questions),
        left_ms=remaining_ms(attempt.deadline, clock.now()),
        total_ms=remaining_ms(attempt.deadline, attempt.started_at),
    )


@bp.post("/attempts/<int:attempt_id>/epoch")
@roles_required(Role.NEW_HIRE)
def open_room(attempt_id: int) -> ResponseReturnValue:
    """Make the page that asks the live one, and tell it everything answered so far."""
    attempt, now = own_attempt(attempt_id), clock.now()
    page = forms.read_page(posted_json())
    names = {"page": page.name, "opening": page.opening}
    network = network_digest(attempt.exam_id)
    actions.open_room(db.session(), attempt, now, take_over=page.take_over, network=network, **names)
    db.session.commit()
    answers = shown(queries.written(db.session(), attempt))
    flags = sorted(queries.flags(db.session(), attempt.id))
    return jsonify(stands(standing_of(attempt_id, now), now, 0) | {"answers": answers, "flags": flags})


@bp.put("/attempts/<int:attempt_id>/answers/<int:position>")
@roles_required(Role.NEW_HIRE)
def answer(attempt_id: int, position: int) -> ResponseReturnValue:
    """Save one answer: 200 only when it is on disk and counts; 409 with its code when it is kept but doesn't.

    Nearly all saves are served before they come here, by `exam/attempts/short_way.py`; this knows all there can be.
    """
    attempt, now = own_attempt(attempt_id), clock.now()
    epoch, sent = forms.read_answer(position, posted_json())
    response = _read(attempt, sent)
    saved = actions.save(db.session(), attempt, position, epoch, sent.number, response, now, _told(sent))
    db.session.commit()
    status = 200 if saved.outcome is SaveOutcome.SAVED else 409
    return jsonify(acknowledgement(saved.outcome, saved.saved_at, attempt.deadline, now, zone())), status


@bp.put("/attempts/<int:attempt_id>/flags/<int:position>")
@roles_required(Role.NEW_HIRE)
def flag(attempt_id: int, position: int) -> ResponseReturnValue:
    """Mark a question to come back to, or no longer."""
    attempt, now = own_attempt(attempt_id), clock.now()
    epoch, flagged = forms.read_flag(posted_json())
    actions.set_flag(db.session(), attempt, position, flagged, now, epoch=epoch)
    db.session.commit()
    return jsonify(remaining_ms=remaining_ms(attempt.deadline, now))


@bp.post("/attempts/<int:attempt_id>/submit")
@roles_required(Role.NEW_HIRE)
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand in, with everything that hasn't been acknowledged yet.

    Where that is nothing, most are served before they come here, together with others: `exam/attempts/short_way.py`.
    """
    attempt, now = own_attempt(attempt_id), clock.now()
    epoch, sent = forms.read_submission(posted_json())
    waiting = [Waiting(one.position, one.number, _read(attempt, one), _told(one), one.epoch) for one in sent]
    actions.submit(db.session(), attempt, waiting, epoch, now)
    late = queries.late_count(db.session(), attempt_id)
    db.session.commit()
    return jsonify(receipt_url=url_for("receipts.receipt", attempt_id=attempt_id), late=late)


@bp.route("/attempts/<int:attempt_id>/set-aside", methods=["GET", "POST"])
@roles_required(Role.TRAINER)
def set_aside(attempt_id: int) -> ResponseReturnValue:
    """Set an attempt aside after a technical failure, with a reason its candidate reads."""
    attempt = queries.anybodys_attempt(db.session(), attempt_id) or abort(404)
    form, back, name = forms.VoidForm(), safe_next(request.values.get("next")), attempt.person.full_name
    if not form.validate_on_submit():
        page = render_template("attempts/set_aside.html", attempt=attempt, form=form, back=back)
        return page, 422 if form.errors else 200
    actions.void(db.session(), attempt, current_user.id, form.reason.data or "", clock.now())
    db.session.commit()
    flash(_("Set aside. %(name)s has been told and can start again inside the window.", name=name), "good")
    return redirect(back)


def _read(attempt: Attempt, sent: forms.SentAnswer) -> Response | None:
    """A response from its tokens; refuses what can't be an answer to that slot."""
    place = Layout.place_in(attempt.layout, sent.position)
    try:
        return place.read(sent.response) if place else None
    except ValueError as error:
        raise forms.unreadable() from error


def _told(sent: forms.SentAnswer) -> Told:
    return Told(sent.age_ms, sent.left_ms, sent.offline_ms)
