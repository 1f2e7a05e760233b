"""What the file says of how surely totals measure and decide, and of how well markers agree."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from statistics import median

from flask_babel import gettext, ngettext

from exam.defence.queries import Evidence, Interval
from exam.defence.routes.document import Block, facts, note, small, table
from exam.defence.routes.saying import number, share, with_interval
from exam.defence.rules import ENOUGH, ENOUGH_TO_MEASURE
from exam.marking.rules import ENOUGH_PAIRS
from question_bank.statistics.intervals import share_interval

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext


def not_enough(have: int, need: int) -> str:
    """That nothing can be said, in so many words."""
    return _("Not enough data: %(have)s attempts, and it takes %(need)s.", have=have, need=need)


def reliability(of: Evidence) -> Iterable[Block]:
    """Alpha and its like, and the standard error of measurement, overall and near the cuts."""
    have, found = len(of.gathered.sat), of.measured
    if found is None:
        yield note(not_enough(have, ENOUGH_TO_MEASURE))
        return
    totals = found.totals
    named = _("Reliability (KR-20)") if found.right_or_wrong else _("Reliability (alpha)")
    rows = [
        (_("Attempts"), str(totals.persons)),
        (_("Questions of a paper"), number(found.length, 0 if found.length == round(found.length) else 1)),
        (_("Mean"), with_interval(number(totals.mean, 1), found.mean_interval, 1)),
        (_("Standard deviation"), number(totals.sd, 1)),
        (named, with_interval(number(totals.alpha), found.alpha_interval)),
    ]
    if found.by_kinds is not None:
        rows.append((_("Reliability by kinds of questions (stratified alpha)"), number(found.by_kinds)))
    rows.append((_("Standard error of measurement, overall"), number(totals.sem, 1)))
    rows += [
        (_("The same for a true score of %(cut)s", cut=cut), number(error, 1)) for cut, error in found.near
    ]  # fmt: skip
    yield facts(rows)
    if totals.alpha.value is None:
        yield note(
            _(
                "No reliability can be worked out: scores or questions don’t differ, or hardly anybody was "
                "shown two of the same questions."
            )
        )
    elif have < ENOUGH:
        yield note(
            _("Fewer than %(need)s attempts: read the interval, not the figure. By-kinds reliability and "
            "errors of measurement have no interval here.",
              need=ENOUGH)
        )  # fmt: skip
    yield small(_("Errors are in points of 100. First tries and retakes together."))


def decisions(of: Evidence) -> Iterable[Block]:
    """How many would be decided alike by another paper, and rightly."""
    have, found = len(of.gathered.sat), of.measured
    if found is None or not found.cuts:
        yield note(not_enough(have, ENOUGH))
        return
    rows = [
        [
            _("At %(cut)s points", cut=one.percent), share(one.decided.consistency), number(one.decided.kappa),
            share(one.decided.accuracy),
        ]
        for one in found.cuts
    ]  # fmt: skip
    if found.together:
        every = found.together
        rows.append(
            [_("Fail, pass, distinction"), share(every.consistency), number(every.kappa), share(every.accuracy)]
        )
    yield table([_("Livingston & Lewis"), _("Decided alike"), _("Kappa"), _("Decided rightly")], rows, [2.4, 1, 1, 1])
    yield small(
        _("Alike: of 100 people, how many another paper like this would decide the same. Rightly: how many "
        "are decided as their true score would have it. Kappa is agreement beyond chance.")
    )  # fmt: skip
    checks = [
        [
            _("At %(cut)s points", cut=one.percent), number(one.livingston), share(one.subkoviak.agreement),
            number(one.subkoviak.kappa), share(one.huynh.agreement), number(one.huynh.kappa),
        ]
        for one in found.cuts
    ]  # fmt: skip
    head = [_("Checks"), _("Livingston’s K²"), _("Subkoviak, alike"), _("kappa"), _("Huynh, alike"), _("kappa")]
    yield table(head, checks, [1.6, 1.2, 1.2, 0.8, 1.1, 0.8])
    if any(one.decided.consistency.value is None for one in found.cuts):
        yield note(_("Where a dash stands, the model can’t be fitted to these scores."))


def markers(of: Evidence) -> Iterable[Block]:
    """How well two markers of the same answer agree."""
    whole = of.agreements.all
    if not whole.n:
        yield note(_("No answer of this period has been marked by two people, so nothing can be said of agreement."))
        return
    rows = [
        (_("Answers with two independent opinions"), str(whole.n)),
        (_("Markers who have a pair"), str(sum(one.agreement.n > 0 for one in of.agreements.markers))),
    ]
    if not whole.enough:
        yield facts(rows)
        yield note(
            _(
                "Not enough data: %(have)s answers with two opinions, and it takes %(need)s.",
                have=whole.n, need=ENOUGH_PAIRS,
            )
        )  # fmt: skip
        return
    rows += [
        (_("Exactly the same points"), with_interval(share(float(whole.exact)), _share(whole.exact, whole.n), 1, 100)),
        (_("At most one point apart"), share(float(whole.within_one))),
        (_("Weighted kappa, all questions"), number(whole.kappa)),
    ]
    kappas = [one.agreement.kappa for one in of.agreements.questions if one.agreement.enough]
    own = [one for one in kappas if one is not None]
    if own:
        low, high = number(min(own)), number(max(own))
        said = _("middle %(middle)s, from %(low)s to %(high)s", middle=number(median(own)), low=low, high=high)
        rows.append((_n("Weighted kappa of %(num)d question", "Weighted kappa of %(num)d questions", len(own)), said))
    yield facts(rows)
    yield small(
        _("Weighted kappa counts far differences more. Over all questions it is higher than at most of them, for they "
          "are worth different points.")
    )  # fmt: skip


def _share(part: Fraction, of: int) -> Interval:
    return share_interval(round(part * of), of)
