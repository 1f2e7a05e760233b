"""An event of the trail in the reader's words."""

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from exam import display, words
from exam.accounts.models import AuditEvent
from exam.accounts.queries import TrailLine
from exam.accounts.routes.blueprint import bp
from exam.accounts.rules import Role

FOR_ADMINISTRATORS = {"person.time_factor_set": frozenset({"reason"})}
"""Details of an event that only administrators read: why somebody has extra time is often a matter of health."""
CODES = {
    ("decision.made", "verdict"): "verdict",
    ("decision.revised", "verdict"): "verdict",
    ("second_marking.asked", "why"): "second_reason",
    ("correction.proposed", "policy"): "correction_policy",
    ("correction.applied", "policy"): "correction_policy",
}
"""Of which group of words a detail of an event is a code."""
FRACTION = re.compile(r"-?[0-9]{1,9}/[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Shown:
    """One line of the trail, worded."""

    event: AuditEvent
    actor: str
    action: str
    subject: str
    about: str | None
    details: list[tuple[str, str]]


@bp.app_template_filter("trail_words")
def shown(line: TrailLine) -> Shown:
    """Word an event: who, what, to whom, its details as pairs of name and value. Later features' pages filter by it."""
    event = line.event
    hidden = frozenset() if current_user.has_role(Role.ADMIN) else FOR_ADMINISTRATORS.get(event.action, frozenset())
    subject = words.label(event.subject_type, "audit_subject")
    return Shown(
        event=event,
        actor=line.actor or _("The site itself"),
        action=words.label(event.action, "audit_action"),
        subject=subject
        if event.subject_id is None
        else _("%(what)s no. %(number)s", what=subject, number=event.subject_id),
        about=line.about,
        details=[
            (words.label(name, "audit_detail"), readable(value, CODES.get((event.action, name))))
            for name, value in event.detail.items()
            if value not in (None, "", [], {}) and name not in hidden
        ],
    )


def readable(value: Any, group: str | None = None) -> str:
    """A stored value for people: moments in local time, known codes as words, lists with commas."""
    if group:
        return words.label(value, group)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return str(_("; ")).join(f"{name}: {readable(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return str(_(", ")).join(readable(inner) for inner in value)
    text = str(value)
    if FRACTION.fullmatch(text):
        return display.factor(Fraction(text))
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return display.moment(moment) if moment.tzinfo else text
    return next((words.label(text, group) for group in ("role", "outcome") if text in words.GROUPS[group]), text)
