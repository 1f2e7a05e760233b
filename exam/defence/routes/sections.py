"""What the file says, section by section, in the reader's language. Names of candidates never come in here."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from flask_babel import gettext, ngettext

from exam import words
from exam.charts import histogram
from exam.defence.queries import Evidence
from exam.defence.routes.document import Block, facts, note, points, small, table, text
from exam.defence.routes.saying import NONE, dated, number, share, timed, together, with_interval
from exam.defence.rules import MOST_PAPERS
from exam.display import score, units
from exam.papers.rules import KIND_ORDER, BlueprintLine, Origin, paper_name, possible, questions
from exam.results.rules import Outcome
from exam.standards.rules import Implied, Verdict, verdict
from question_bank.statistics.intervals import share_interval

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext
PASSED = (Outcome.PASS, Outcome.DISTINCTION)


def blueprint(of: Evidence) -> Iterable[Block]:
    """What a paper has to hold, and the terms."""
    exam = of.exam
    yield facts(
        [
            (_("Time"), units(_n("%(num)d minute", "%(num)d minutes", exam.minutes))),
            (_("Pass"), _("from %(points)s points", points=exam.pass_percent)),
            (_("Distinction"), _("from %(points)s points", points=exam.distinction_percent)),
            (_("Multiple choice"), words.label(exam.credit_rule, "credit_rule_sentence")),
            (_("Retakes"), _n("at most %(num)d", "at most %(num)d", exam.max_retakes)),
        ]
    )
    if not of.lines:
        yield note(_("The blueprint is empty."))
        return
    yield _rows_one_by_one(of) if any(line.difficulty for line in of.lines) else _rows_by_topic(of)
    yield small(_("The blueprint and terms as they are now; each attempt keeps those it was begun with."))


def _rows_one_by_one(of: Evidence) -> Block:
    rows = [
        [
            of.topics.get(line.topic, NONE), words.label(line.kind, "kind"),
            words.label(line.difficulty, "difficulty") if line.difficulty else _("any"),
            str(line.count), score(line.points), score(line.worth),
        ]
        for line in of.lines
    ]  # fmt: skip
    rows.append([_("Together"), "", "", str(questions(of.lines)), "", score(possible(of.lines))])
    head = [_("Topic"), _("Kind"), _("Difficulty"), _("Count"), _("Each"), _("Worth")]
    return table(head, rows, [4, 2.4, 1.6, 1, 1, 1], left=3)


def _rows_by_topic(of: Evidence) -> Block:
    by_topic: dict[int, list[BlueprintLine]] = {}
    for line in of.lines:
        by_topic.setdefault(line.topic, []).append(line)
    rows = [[of.topics.get(topic, NONE), *_by_kind(lines)] for topic, lines in by_topic.items()]
    rows.append([_("Together"), *_by_kind(of.lines)])
    kinds = [words.label(kind, "kind_short") for kind in KIND_ORDER]
    return table([_("Topic"), *kinds, _("Count"), _("Worth")], rows, [4, 1, 1, 1, 1, 1, 1])


def _by_kind(lines: Sequence[BlueprintLine]) -> list[str]:
    """How many of each kind, how many in all, and what they are worth."""
    counts = [sum(line.count for line in lines if line.kind is kind) for kind in KIND_ORDER]
    return [*(str(count) if count else NONE for count in counts), str(sum(counts)), score(possible(lines))]


def papers(of: Evidence) -> Iterable[Block]:
    """The papers that were sat, and how alike they were."""
    sat = of.papers
    if not of.gathered.sat:
        yield note(_("No paper of a marked attempt in this period."))
        return
    yield facts(
        [
            (_("Parallel papers of cohorts"), _used(of, Origin.PARALLEL)),
            (_("Papers for one person, beside those"), _used(of, Origin.OWN)),
            (_("Papers drawn by chance, not balanced"), _used(of, Origin.DRAWN)),
        ]
    )
    if sat.parallel:
        rows = []
        for line in sat.parallel[:MOST_PAPERS]:
            mean = sum(line.scores, Fraction()) / len(line.scores)
            expected = NONE if line.expected is None else f"{number(line.expected, 1)} ± {number(line.error, 1)}"
            minutes = NONE if line.seconds is None else number(line.seconds / 60, 1)
            made = _("assembled %(moment)s", moment=timed(line.made_at)) if line.made_at else ""
            name = together(line.cohort, made, _("paper %(name)s", name=paper_name(line.number)))
            rows.append([name, expected, minutes, str(len(line.scores)), number(mean, 1)])
        head = [_("Paper"), _("Points expected"), _("Minutes expected"), _("Attempts"), _("Mean score")]
        yield table(head, rows, [3.4, 1.5, 1.5, 1, 1.2])
        if len(sat.parallel) > MOST_PAPERS:
            yield small(_("The first %(number)s papers of %(all)s.", number=MOST_PAPERS, all=len(sat.parallel)))
        yield small(
            _(
                "Parallel papers meet the same blueprint; when they are assembled, their expected points "
                "differ by at "
                "most 0.5 and their times by at most 2 minutes. The mean scores differ by chance too: people aren’t "
                "the same on each paper."
            )
        )
    if sat.overlap:
        low, high = sat.overlap
        yield text(_("Each two parallel papers of a cohort share %(low)s to %(high)s questions.", low=low, high=high))
    if sat.attempts.get(Origin.DRAWN):
        yield note(_("Drawn papers meet the blueprint, but nobody has made sure that they are equally hard."))


def _used(of: Evidence, origin: Origin) -> str:
    number_of, attempts = of.papers.papers.get(origin, 0), of.papers.attempts.get(origin, 0)
    if not number_of:
        return _("none")
    return together(
        _n("%(num)d paper", "%(num)d papers", number_of), _n("%(num)d attempt", "%(num)d attempts", attempts)
    )


def panel(of: Evidence) -> Iterable[Block]:
    """Who judged what just-good-enough newcomers get right, and what follows from it."""
    if of.panel is None:
        yield note(
            _("No panel has judged this exam’s questions by the end of the period: nothing but the terms "
            "says why %(mark)s.",
              mark=of.exam.pass_percent)
        )  # fmt: skip
        return
    one = of.panel.panel
    yield text(
        _(
            "Trainers said of each question how many of 100 just-good-enough newcomers get it right, in two "
            "rounds, the "
            "panel’s own spread shown between them (Angoff 1971)."
        )
    )
    yield facts(
        [
            (_("Finished"), dated(one.finished_at)),
            (_("Questions judged"), str(of.panel.questions)),
            (_("Judges asked"), str(of.panel.asked)),
            (_("Judges who judged every question, and count"), str(one.judges)),
            (_("Passing score implied"), number(one.implied, 1)),
            (_("Standard error across judges"), number(one.judge_error, 1)),
            (_("Standard error across judges and questions, at most"), number(one.whole_error, 1)),
        ]
    )
    yield text(said_of_panel(of))
    if one.judges is not None and one.judges < 2:
        yield note(_("One judge: no standard error can be given."))


def said_of_panel(of: Evidence) -> str:
    """The pass mark beside what the panel implies, in a sentence."""
    mark = of.exam.pass_percent
    if of.panel is None:
        return _("No panel has judged the pass mark of %(mark)s.", mark=mark)
    one = of.panel.panel
    if one.implied is None:
        return _("The panel’s judgements give no passing score: for some rows of the blueprint nothing was judged.")
    errors = [None if error is None else float(error) for error in (one.judge_error, one.whole_error)]
    found = Implied(one.implied, one.judges or 0, of.panel.questions, *errors)
    implied, error = number(one.implied, 1), number(one.judge_error, 1)
    match verdict(found, mark):
        case Verdict.NEAR:
            return _("A panel’s judgements imply %(implied)s ± %(error)s; the pass mark of %(mark)s lies within two "
                     "standard errors of it.", implied=implied, error=error, mark=mark)  # fmt: skip
        case Verdict.ABOVE:
            return _("A panel’s judgements imply %(implied)s ± %(error)s; the pass mark of %(mark)s lies "
            "above it by more "
                     "than two standard errors.", implied=implied, error=error, mark=mark)  # fmt: skip
        case Verdict.BELOW:
            return _("A panel’s judgements imply %(implied)s ± %(error)s; the pass mark of %(mark)s lies "
            "below it by more "
                     "than two standard errors.", implied=implied, error=error, mark=mark)  # fmt: skip
        case Verdict.UNKNOWN:
            return _("One judge’s word implies %(implied)s beside the pass mark of %(mark)s; how surely "
            "can’t be told.",
                     implied=implied, mark=mark)  # fmt: skip


def scores(of: Evidence) -> Iterable[Block]:
    """How the scores lie, and how many passed."""
    sat = of.gathered.sat
    left_out = [
        (_("Not marked wholly yet, left out"), str(of.gathered.unmarked)),
        (_("Set aside after failures, left out"), str(of.gathered.set_aside)),
    ]
    if not sat:
        yield note(_("There is no marked attempt in this period."))
        yield facts(left_out)
        return
    outcomes = of.gathered.outcomes()
    passed = sum(outcomes[one] for one in PASSED)
    rows = [
        (_("Attempts that count"), str(len(sat))),
        (_("Passed"), _of_all(passed, len(sat))),
        (_("With distinction"), _of_all(outcomes[Outcome.DISTINCTION], len(sat))),
        *left_out,
    ]
    yield facts(rows)
    chart = histogram([one.score for one in sat], of.exam.pass_percent, of.exam.distinction_percent)
    yield {
        "kind": "histogram",
        "bars": [{"left": b.left, "width": b.width, "count": b.count, "look": b.look} for b in chart.bars],
        "ticks": chart.ticks,
        "cuts": [(of.exam.pass_percent, chart.pass_at), (of.exam.distinction_percent, chart.distinction_at)],
    }
    yield small(_("Scores by fives. The lines are the pass mark and distinction."))
    terms = {(one.pass_percent, one.distinction_percent) for one in sat}
    if terms != {(of.exam.pass_percent, of.exam.distinction_percent)}:
        yield note(
            _(
                "Some attempts were begun under other cut scores; they were decided by those, and are "
                "measured by today’s here."
            )
        )


def _of_all(count: int, of: int) -> str:
    return with_interval(together(str(count), share(count / of)), share_interval(count, of), 1, 100)


def retakes(of: Evidence) -> Iterable[Block]:
    """How many sat again, and what came of it."""
    if not of.gathered.sat:
        yield note(_("There is no marked attempt in this period."))
        return
    rows = []
    for name, retake in ((_("First tries"), False), (_("Retakes"), True)):
        outcomes = of.gathered.outcomes(retake)
        number_of = sum(outcomes.values())
        passed = sum(outcomes[one] for one in PASSED)
        ratio = share(passed / number_of) if number_of else NONE
        rows.append([name, str(number_of), str(passed), ratio, str(outcomes[Outcome.DISTINCTION])])
    yield table([_("Try"), _("Attempts"), _("Passed"), _("Share who passed"), _("Distinctions")], rows)
    yield small(
        _(
            "Whoever sits again gets a paper without a question seen before, as far as the bank reaches, "
            "parallel to the others where it can be."
        )
    )


def appeals(of: Evidence) -> Iterable[Block]:
    """What candidates had to say against their marks, in numbers."""
    counts = of.appeals
    if not counts.made:
        yield text(_("Nobody has appealed the marking of an attempt of this period."))
        return
    yield facts(
        [
            (_("Appeals made"), together(str(counts.made), _of_attempts(counts.attempts))),
            (_("Granted"), _of_all(counts.granted, counts.answered) if counts.answered else "0"),
            (_("Denied"), str(counts.denied)),
            (_("Not answered yet"), str(counts.waiting)),
            (_("Withdrawn"), str(counts.withdrawn)),
            (_("Answered after the deadline"), str(counts.late)),
        ]
    )
    yield small(_("Somebody who hasn’t marked the answer decides on an appeal, wherever there is such a person."))


def _of_attempts(count: int) -> str:
    return _n("of %(num)d attempt", "of %(num)d attempts", count)


def corrections(of: Evidence) -> Iterable[Block]:
    """Keys that were wrong, and what mending them changed."""
    if not of.corrections:
        yield text(_("No correction changed marks of this exam in this period."))
        return
    rows = [
        [
            dated(one.decided_at), words.label(one.policy, "correction_policy") if one.policy else NONE, one.reason,
            str(one.attempts), str(one.better), str(one.worse),
        ]
        for one in of.corrections
    ]  # fmt: skip
    head = [
        _("Decided on"), _("How it was handled"), _("Reason"), _("Attempts changed"), _("Better outcome"),
        _("Worse outcome"),
    ]  # fmt: skip
    yield table(head, rows, [1.6, 1.8, 4, 1.3, 1.2, 1.2], left=3)
    yield small(_("By the day of the correction, whenever the exam was sat."))


def methods(of: Evidence) -> Iterable[Block]:
    """Where the formulas come from."""
    yield points(
        [
            _("A question that a paper didn’t have is missing for its candidate, never counted as 0."),
            _("Reliability: Cronbach 1951 (KR-20 where marks are right or wrong); by kinds: Cronbach, "
            "Schönemann & McKie 1965; interval: Feldt 1965."),
            _("Error near the cuts: binomial, Lord 1957, with the effective test length of Livingston & Lewis 1995."),
            _("Decisions: Livingston & Lewis 1995; as checks K² of Livingston 1972, Subkoviak 1976, Huynh 1976."),
            _("Shares: Wilson 1927. Agreement of markers: quadratic-weighted kappa, Cohen 1968."),
            _("Passing score: Angoff 1971; errors: Brennan & Lockwood 1980."),
        ]
    )  # fmt: skip
