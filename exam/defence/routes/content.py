"""The whole file in the reader's language: its heading, what matters most in short, and its sections in order."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l

from exam.defence.queries import Evidence
from exam.defence.routes import measuring, sections
from exam.defence.routes.document import Block
from exam.defence.routes.saying import number, share, with_interval
from exam.defence.rules import ENOUGH, ENOUGH_TO_MEASURE, Period
from question_bank.statistics.intervals import share_interval

_: Callable[..., str] = gettext
SECTIONS: tuple[tuple[Any, Callable[[Evidence], Iterable[Block]]], ...] = (
    (_l("Blueprint and terms"), sections.blueprint),
    (_l("Papers and how alike they are"), sections.papers),
    (_l("Panel and passing score"), sections.panel),
    (_l("Scores"), sections.scores),
    (_l("Reliability and errors of measurement"), measuring.reliability),
    (_l("Consistency and accuracy of decisions"), measuring.decisions),
    (_l("Agreement of markers"), measuring.markers),
    (_l("Retakes"), sections.retakes),
    (_l("Corrections"), sections.corrections),
    (_l("Appeals"), sections.appeals),
    (_l("Methods and sources"), sections.methods),
)


def document(of: Evidence, period: Period, company: str, made: str) -> dict[str, Any]:
    """What `file.typ` sets."""
    chinese = str(get_locale()).startswith("zh")
    days = _("%(first)s to %(last)s", first=period.first.isoformat(), last=period.last.isoformat())
    return {
        "lang": "zh" if chinese else "en",
        "region": "CN" if chinese else "GB",
        "company": company,
        "title": _("Evidence for the decisions of “%(title)s”", title=of.exam.title),
        "period": _("Attempts begun %(days)s", days=days),
        "foot": _("%(title)s, %(days)s. Made %(made)s.", title=of.exam.title[:60], days=days, made=made),
        "summary": {"heading": _("In short"), "items": summary(of)},
        "sections": [{"heading": str(heading), "blocks": list(make(of))} for heading, make in SECTIONS],
    }


def summary(of: Evidence) -> list[str]:
    """What matters most, each in a sentence."""
    have, found = len(of.gathered.sat), of.measured
    if not have:
        return [_("There is no marked attempt in this period."), sections.said_of_panel(of)]
    outcomes = of.gathered.outcomes()
    passed = sum(outcomes[one] for one in sections.PASSED)
    ratio = with_interval(share(passed / have), share_interval(passed, have), 1, 100)
    said = [_("%(have)s attempts count, %(passed)s passed: %(ratio)s.", have=have, passed=passed, ratio=ratio)]
    said.append(sections.said_of_panel(of))
    if found is None:
        said.append(_("Reliability: %(why)s", why=measuring.not_enough(have, ENOUGH_TO_MEASURE)))
    elif found.totals.alpha.value is None:
        said.append(_("Reliability can’t be worked out from these attempts."))
    else:
        alpha = with_interval(number(found.totals.alpha), found.alpha_interval)
        error = number(found.totals.sem, 1)
        said.append(
            _("Reliability %(alpha)s; a score is good to about %(error)s points either way.", alpha=alpha, error=error)
        )
    if found and found.cuts:
        alike = share(found.cuts[0].decided.consistency)
        said.append(_("Another paper like this would decide %(alike)s the same at the pass mark.", alike=alike))
    else:
        said.append(_("Consistency of decisions: %(why)s", why=measuring.not_enough(have, ENOUGH)))
    return said
