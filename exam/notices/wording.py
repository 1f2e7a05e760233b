"""Notices in words, in the language of whoever reads them: for pages, and for mails that a job sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from exam import display, words
from exam.notices.letters import CORRECTED_BEFORE, WORDS
from exam.notices.rules import CHANGE, NoticeKind


class _Filled(dict[str, str]):
    """Params in words; what an old notice lacks shows as a dash instead of breaking the page."""

    def __missing__(self, name: str) -> str:
        return display.NOTHING


@dataclass(frozen=True)
class Worded:
    """A notice as it reads in one language."""

    title: str
    text: str
    link_words: str


def word(kind: str, params: Mapping[str, Any]) -> Worded:
    """A notice in the reader's language; a kind this site no longer knows shows as its code."""
    if kind not in WORDS:
        return Worded(kind, "", _("Look at it"))
    filled = _Filled({name: _in_words(name, value) for name, value in params.items() if value is not None})
    title, text, link_words = (display.units(str(part)) for part in WORDS[NoticeKind(kind)])
    if kind == NoticeKind.RESULT_CORRECTED and not params.keys() >= CHANGE:
        text = str(CORRECTED_BEFORE)
    return Worded(title % filled, text % filled, link_words)


def _in_words(name: str, value: Any) -> str:
    if name.endswith("_at"):
        return display.moment(datetime.fromisoformat(value))
    if name.startswith("score"):
        return display.score(Fraction(value, 10))
    if name.startswith("outcome"):
        return words.label(value, "outcome")
    return display.minutes(value) if name == "minutes" else str(value)


def mail_subject(title: str) -> str:
    """What stands in the mailbox."""
    return str(_("[Jieye] %(title)s", title=title))


def mail_text(name: str, worded: Worded, address: str | None) -> str:
    """A whole mail: to whom, what, where to go on, and why it came."""
    parts = [_("Hello %(name)s,", name=name), worded.text]
    if address:
        parts.append(f"{worded.link_words}{_(': ')}\n{address}")
    parts.append(_("This mail was sent by the training site. You can change your address there, on your profile page."))
    return "\n\n".join(parts) + "\n"
