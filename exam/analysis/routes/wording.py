"""What the statistics say, in words: remarks on questions, a test's figures, and why there is none."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from exam.analysis.queries import ExamView
from exam.analysis.queries.gathered import Version
from exam.analysis.rules import Remark, Said
from exam.display import units
from question_bank.statistics.figures import Figure, WhyNot

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext

SIDES = {"true": _l("True"), "false": _l("False")}
WHY_NOT: Mapping[WhyNot, Any] = {
    WhyNot.NOBODY: _l("nobody has a mark"),
    WhyNot.ONE_PERSON: _l("only one person has a mark"),
    WhyNot.FEW_PERSONS: _l("too few people"),
    WhyNot.ONE_ITEM: _l("it takes two questions"),
    WhyNot.NO_MAXIMUM: _l("it is worth nothing"),
    WhyNot.SAME_MARK: _l("all have the same mark"),
    WhyNot.SAME_REST: _l("all have the same mark on the others"),
    WhyNot.SAME_TOTAL: _l("all have the same total"),
    WhyNot.NEGATIVE_WITH_TOTAL: _l("it goes against the total"),
    WhyNot.NEVER_TOGETHER: _l("hardly anybody was shown two of the same questions"),
    WhyNot.ONE_ITEM_IN_PART: _l("one kind has one question only"),
    WhyNot.NEGATIVE_RELIABILITY: _l("the reliability is not above 0"),
    WhyNot.PERFECT_RELIABILITY: _l("the reliability is 1"),
    WhyNot.NO_CUT: _l("there is no pass mark"),
    WhyNot.NO_SPREAD_OF_TRUTH: _l("scores differ no more than by chance"),
    WhyNot.ALL_DECIDED_ALIKE: _l("all are decided alike"),
    WhyNot.ALL_RIGHT: _l("everybody got it right"),
    WhyNot.ALL_WRONG: _l("everybody got it wrong"),
    WhyNot.BETWEEN_MARKS: _l("there are marks between right and wrong"),
    WhyNot.DISCONNECTED: _l("the data don't connect it with the other questions"),
    WhyNot.NOT_CONVERGED: _l("the estimation did not settle"),
    WhyNot.OUT_OF_BOUNDS: _l("the marks lie outside what the model can take"),
    WhyNot.TOO_SHORT: _l("the test says no more than one question would"),
    WhyNot.TOO_LONG: _l("the test is too reliable for the model"),
}


def share(value: float | None) -> str:
    """A share from 0 to 1 in whole percent; a dash for none."""
    return "\u2014" if value is None else f"{100 * value:.0f}%"


def number(figure: Figure | float | None, digits: int = 2) -> str:
    """A figure with so many decimals; a dash for none."""
    value = figure.value if isinstance(figure, Figure) else figure
    return "\u2014" if value is None else f"{value:.{digits}f}".replace("-", "\u2212")


def why_not(figure: Figure) -> str:
    """Why there is no figure; empty where there is one."""
    return str(WHY_NOT[figure.why_not]) if figure.why_not else ""


def network_words(on_network: int | None) -> str:
    """Whether two were on one network, and how many people were on it."""
    if on_network is None:
        return _("not known")
    if not on_network:
        return _("different ones")
    return units(_("the same, of %(count)s people", count=on_network))


def said_sentence(said: Said, version: Version) -> str:
    """One remark on a question, with the number of persons it rests on."""
    return units(_remark(said, version))


def _remark(said: Said, version: Version) -> str:
    choices = _(", ").join(str(SIDES.get(one, one)) for one in said.choices)
    persons, before, after = said.persons, share(said.before), share(said.after)
    match said.remark:
        case Remark.CHECK_KEY:
            return _(
                "Check the key: of the %(persons)s who score highest, %(count)s choose %(choice)s.",
                persons=persons, count=said.count, choice=choices,
            )  # fmt: skip
        case Remark.AGAINST:
            return _("Read it again: who does well elsewhere does worse here (%(persons)s people).", persons=persons)
        case Remark.LEAK:
            return _(
                "Possibly leaked: in its last week the later it was sat the better it went, from %(before)s to "
                "%(after)s (%(persons)s people).",
                before=before, after=after, persons=persons,
            )  # fmt: skip
        case Remark.TOO_HARD:
            return _("Too hard: %(share)s of the points are earned (%(persons)s people).", share=after, persons=persons)
        case Remark.UNUSED:
            return _("Nobody chooses %(choices)s (%(persons)s people).", choices=choices, persons=persons)
        case Remark.TOO_EASY:
            return _("Too easy: %(share)s of the points are earned (%(persons)s people).", share=after, persons=persons)
        case Remark.STILL_WRONG:
            return _(
                "Of those who had finished the page “%(page)s”, %(share)s still answer it wrongly "
                "(%(persons)s people).",
                page=version.page or "", share=after, persons=persons,
            )  # fmt: skip


def hardness(difficulty: float) -> str:
    """A Rasch difficulty in words."""
    if abs(difficulty) < 0.5:
        return _("about as hard as the others")
    return _("harder than the others") if difficulty > 0 else _("easier than the others")


def test_sentences(view: ExamView) -> list[str]:
    """What the figures of a whole exam say; none below the least number of attempts."""
    if view.totals is None:
        return []
    found = []
    error, reliability = view.totals.sem.value, view.by_kinds
    if error is not None:
        found.append(_("A score is good to about %(error)s points either way.", error=f"{error:.1f}"))
    if reliability is not None and reliability.value is not None and reliability.value < LOW:
        found.append(
            _(
                "The questions hardly measure the same thing (reliability %(value)s): more of them, or better ones, "
                "would tell people apart more surely.",
                value=number(reliability),
            )
        )
    words = (_("pass"), _("distinction"))
    for word, decision in zip(words, view.decisions, strict=False):
        if decision.consistency.value is not None:
            found.append(
                _(
                    "Of 100 people, another paper like this would decide %(count)s the same about %(what)s.",
                    count=f"{100 * decision.consistency.value:.0f}",
                    what=word,
                )
            )
    return [units(sentence) for sentence in found]


LOW = 0.7
"""A reliability below which it is mentioned (Nunnally 1978, Psychometric Theory, for what isn't used to decide yet)."""
