"""What the rules say of papers, in words: what a blueprint lacks, what would do, how parallel papers stand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext, ngettext

from exam.authoring.routes.wording import row_name
from exam.papers.models import PaperSet
from exam.papers.queries import CohortPapers
from exam.papers.rules import Cause, Lack, Origin, Outdated, Progress, SetState, Stage, Unfit, paper_name

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext


def lack_sentences(lacks: Iterable[Lack], topics: Mapping[int, str], cap: int | None = None) -> list[str]:
    """What the bank lacks, row by row, and the smallest changes that would do. `cap`: the least that leaves room.

    Where a cap stands in the way of several rows it is said once, on top.
    """
    found = list(lacks)
    capped = sum(one.cause is Cause.CAP for one in found)
    if capped < 2 or not cap:
        return [lack_sentence(one, topics, cap) for one in found]
    rows = [
        _together(_missing(one, topics), _changes(one, None)) if one.cause is Cause.CAP else lack_sentence(one, topics)
        for one in found
    ]
    told = _n(
        "Questions of %(num)d row have been shown to as many people as the exam allows. Allow %(number)s people a "
        "question, and it can be filled. Otherwise row by row:",
        "Questions of %(num)d rows have been shown to as many people as the exam allows. Allow %(number)s people a "
        "question, and all of them can be filled. Otherwise row by row:",
        capped,
        number=cap,
    )
    return [told, *rows]


def lack_sentence(one: Lack, topics: Mapping[int, str], cap: int | None = None) -> str:
    """What the bank lacks for one row, why, and what would do."""
    said = _missing(one, topics)
    for more in filter(None, (_why(one), _changes(one, cap))):
        said = _together(said, more)
    return said


def _together(said: str, more: str) -> str:
    return _("%(count)s %(reason)s", count=said, reason=more)


def _missing(one: Lack, topics: Mapping[int, str]) -> str:
    left = one.row.count - one.write
    values: dict[str, Any] = {"row": row_name(one.row, topics), "needed": one.row.count, "available": left}
    if one.cause is Cause.COUNT and one.has > left:
        return _("%(row)s: needs %(needed)s, other rows leave %(available)s.", **values)
    if one.cause is Cause.COUNT:
        return _("%(row)s: needs %(needed)s, there are %(available)s.", **values)
    values["has"] = one.has
    return _("%(row)s: needs %(needed)s, of %(has)s in the bank a paper can have %(available)s.", **values)


def _why(one: Lack) -> str:
    families = _(", ").join(one.families)
    pairs = _(", ").join(f"#{first} + #{second}" for first, second in one.pairs)
    match one.cause:
        case Cause.FAMILIES:
            return _("Of a family a paper has one question: %(families)s.", families=families)
        case Cause.ENEMIES:
            return _("These never meet in a paper: %(pairs)s.", pairs=pairs)
        case Cause.FAMILIES_AND_ENEMIES:
            both = _(", ").join(filter(None, (families, pairs)))
            return _("Families and questions that never meet are the cause: %(both)s.", both=both)
        case Cause.CAP:
            return _("The others have been shown to as many people as the exam allows.")
    return ""


def _changes(one: Lack, cap: int | None) -> str:
    """Each would do by itself."""
    ways = [_n("write %(num)d more", "write %(num)d more", one.write)]
    if one.lower_to:
        ways.append(_("let the row ask for %(number)s", number=one.lower_to))
    else:
        ways.append(_("take the row out"))
    if one.any_difficulty:
        ways.append(_("let it take any difficulty"))
    if one.cause is Cause.CAP and cap:
        ways.append(_("allow %(number)s people a question", number=cap))
    return _("What would do: %(ways)s.", ways=_(", or ").join(ways))


def outlook_sentence(best: tuple[int, int], papers: int) -> str:
    """How often questions come again in so many parallel papers, at best."""
    most, common = best
    if most == 1:
        return _n("The bank fills %(num)d paper.", "The bank fills %(num)d papers without a common question.", papers)
    return _(
        "The bank fills %(papers)s papers; the most used question then stands in %(most)s of them, and each two papers "
        "share %(common)s on average.",
        papers=papers,
        most=most,
        common=_tenths(common, papers * (papers - 1) // 2),
    )


def _tenths(number: int, of: int) -> str:
    return f"{number / of:.1f}".removesuffix(".0") if of else "0"


def unfit_sentence(why: Unfit) -> str:
    """Why no parallel papers could be had."""
    match why:
        case Unfit.TOO_FEW:
            return _("The bank can't fill so many papers; what is missing stands above.")
        case Unfit.UNLIKE:
            return _("There are papers, but none that are alike enough: at most half a point and 2 minutes apart.")
    return _("No papers that are alike were found in time; that there are none isn't proven.")


def outdated_words(one: PaperSet, edition: int) -> str:
    """Why a set isn't given out any more."""
    why = Outdated.BLUEPRINT if one.edition != edition else one.outdated_why
    match why:
        case Outdated.BLUEPRINT:
            return _("out of date: the blueprint has changed")
        case Outdated.SETTINGS:
            return _("out of date: the settings have changed")
        case Outdated.REPLACED:
            return _("replaced")
    return _("out of date: one of its questions has changed")


def standing(one: CohortPapers, edition: int) -> tuple[str, str, str]:
    """How the papers of a cohort stand: words, icon, tone."""
    latest = one.latest
    if latest is None:
        return _("not assembled yet"), "hourglass", ""
    if one.current:
        return _n("%(num)d paper ready", "%(num)d papers ready", latest.number), "pass", "good"
    if latest.state is SetState.REFUSED and latest.outdated_at is None and latest.edition == edition:
        return _("none: papers are drawn one by one"), "warn", "bad"
    return outdated_words(latest, edition), "swap", "wait"


def origin_words(begun: Mapping[Origin, int]) -> list[str]:
    """On which papers the attempts of a cohort were begun."""
    own, parallel, drawn = (begun.get(one, 0) for one in (Origin.OWN, Origin.PARALLEL, Origin.DRAWN))
    said = [
        (parallel, _n("%(num)d on a parallel paper", "%(num)d on parallel papers", parallel)),
        (own, _n("%(num)d on a paper of its own", "%(num)d on papers of their own", own)),
        (drawn, _n("%(num)d on a drawn paper", "%(num)d on drawn papers", drawn)),
    ]
    return [sentence for number, sentence in said if number]


def progress_words(step: Progress) -> dict[str, Any]:
    """How far an assembly is, for the page's script."""
    match step.stage:
        case Stage.COUNTING:
            return {"said": _("Counting how often each question is needed …"), "share": 0}
        case Stage.SPLITTING:
            said = _("Paper %(number)s of %(total)s", number=step.done + 1, total=step.papers)
            return {"said": said, "share": (step.done + 1) / (step.papers + 1)}
    return {"said": _("Weighing all papers against each other …")}


def spread_sentence(points: str, seconds: int) -> str:
    """How far apart parallel papers are expected to lie."""
    return _(
        "Expected scores lie at most %(points)s points apart, expected times at most %(seconds)s seconds.",
        points=points,
        seconds=seconds,
    )


def too_long_sentence(seconds: int, minutes: int) -> str | None:
    """That papers are expected to take longer than their exam; None when they aren't."""
    if seconds <= 60 * minutes:
        return None
    return _(
        "They are expected to take up to %(expected)s minutes, and the exam has %(minutes)s.",
        expected=-(-seconds // 60),
        minutes=minutes,
    )


def uses_sentence(one: PaperSet) -> str:
    """In how many papers the most used question stands, and whether fewer are possible."""
    if one.most_uses <= 1:
        return _("No two papers share a question.")
    said = _("The most used question stands in %(most)s of %(papers)s papers.", most=one.most_uses, papers=one.number)
    if (one.most_uses, one.common) <= (one.least_most_uses, one.least_common):
        return _together(said, _("The bank allows no less: that is proven."))
    worse = _("That is the best found; proven is only that it can't be less than %(least)s.", least=one.least_most_uses)
    return _together(said, worse)


def letters(number: int) -> Sequence[str]:
    """What the papers of a set are called: A, B, C."""
    return [paper_name(place) for place in range(1, number + 1)]
