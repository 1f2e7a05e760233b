"""What happens in the room: saving beside pgbench, loading its page, and what a long day does to the memory."""

from functools import partial
from itertools import pairwise
from statistics import median

from tests.load import scripts
from tests.load.bench import CLIENTS, Bench
from tests.load.driver import Outcome
from tests.load.figures.telling import answers_kept, errors_of, ms, processor_time, unkept, us
from tests.load.inside import ask
from tests.load.report import Line
from tests.load.yardstick import Run
from tests.support.database import count_statements

SAVE_RATIO, SAVE_P99 = 0.30, 0.0251
PEER_RATE = 152
"""Saves a second that the best peer does at its most, with a p99 of 251 ms: ours is also measured at its pace."""
PAGES, PAGE_STATEMENTS = 400, 12
STEPS = 10
GROWTH = 1.02
"""More memory than this after all saves than after a fifth of them isn't flat."""


def save(bench: Bench) -> list[Line]:
    """Saves of 32 candidates at once beside pgbench, in turns; medians over the rounds."""
    before = answers_kept(bench)
    yardsticks: list[Run] = []
    outcomes: list[Outcome] = []
    for number in range(1, bench.effort.rounds + 1):
        if bench.yardstick:
            yardsticks.append(bench.yardstick.run(CLIENTS, bench.effort.seconds))
        outcomes.append(_save_for(bench, bench.effort.seconds))
        told = f"    round {number}: {outcomes[-1].rate('save'):.0f} saves/s"
        bench.say(told + (f", pgbench {yardsticks[-1].rate:.0f}/s" if yardsticks else ""))
    paced = _save_for(bench, bench.effort.seconds, every=CLIENTS / PEER_RATE)
    errors = errors_of(*outcomes, paced) | unkept(bench, before, [*outcomes, paced])
    rate = median(one.rate("save") for one in outcomes)
    p50, p99 = (median(one["save"].percentile(percent) for one in outcomes) for percent in (50, 99))
    detail = {
        "saves_per_second": [one.rate("save") for one in outcomes],
        "p50": [one["save"].percentile(50) for one in outcomes],
        "p99": [one["save"].percentile(99) for one in outcomes],
        "pgbench": [vars(one) for one in yardsticks],
    }
    shown = f"{rate:.0f}/s, p50 {ms(p50)}, p99 {ms(p99)}"
    lines = [
        Line("save, 32 at once", shown, f"p99 ≤ {ms(SAVE_P99)}", p99 <= SAVE_P99, errors, detail),
        processor_time(outcomes, "save"),
        _at_the_pace_of_a_peer(paced),
    ]
    return [*_beside(yardsticks, outcomes, errors), *lines] if yardsticks else lines


def _save_for(bench: Bench, seconds: float, every: float = 0.0) -> Outcome:
    first = bench.next_number()
    players = [partial(scripts.saving, who, seed, first, every) for seed, who in enumerate(bench.savers)]
    return bench.run(players, seconds)


def _at_the_pace_of_a_peer(paced: Outcome) -> Line:
    p50, p99 = (paced["save"].percentile(percent) for percent in (50, 99))
    shown = f"{paced.rate('save'):.0f}/s, p50 {ms(p50)}, p99 {ms(p99)}"
    return Line(f"  save at {PEER_RATE}/s", shown, f"p99 ≤ {ms(SAVE_P99)}", p99 <= SAVE_P99)


def _beside(yardsticks: list[Run], outcomes: list[Outcome], errors: dict[str, int]) -> list[Line]:
    """How the saves compare with pgbench in the same rounds."""
    ratios = [ours.rate("save") / theirs.rate for ours, theirs in zip(outcomes, yardsticks, strict=True)]
    ratio = median(ratios)
    rate, p50, p99 = (median(getattr(one, name) for one in yardsticks) for name in ("rate", "p50", "p99"))
    cpu, database = (median(getattr(one, name) for one in yardsticks) for name in ("cpu", "database_cpu"))
    goal = f"≥ {SAVE_RATIO:.2f} ×"
    return [
        Line("save beside pgbench", f"{ratio:.2f} ×", goal, ratio >= SAVE_RATIO, errors, {"ratios": ratios}),
        Line("  pgbench", f"{rate:.0f}/s, p50 {ms(p50)}, p99 {ms(p99)}"),
        Line("    processor time of one", f"pgbench {us(cpu)}, database {us(database)}"),
    ]


def page(bench: Bench) -> list[Line]:
    """Loading the room's page with its whole paper, 32 at once, and the statements that one takes."""
    outcomes = []
    for _ in range(bench.effort.rounds):
        outcomes.append(bench.run([partial(scripts.opening, who) for who in bench.savers], bench.effort.seconds))
        bench.say(f"    {outcomes[-1].rate('page'):.0f} pages/s")
    errors, rate = errors_of(*outcomes), median(one.rate("page") for one in outcomes)
    p50, p99 = (median(one["page"].percentile(percent) for one in outcomes) for percent in (50, 99))
    request = next(scripts.opening(bench.savers[0]))
    ask(bench.hall.app, request.data)  # the first one of a process asks more
    with bench.hall.session() as session, count_statements(session) as statements:
        size = len(ask(bench.hall.app, request.data).body)
    found, wanted = len(statements), f"≤ {PAGE_STATEMENTS}"
    shown = f"{rate:.0f}/s, p50 {ms(p50)}, p99 {ms(p99)}"
    detail = {"pages_per_second": [one.rate("page") for one in outcomes]}
    return [
        Line("room's page, 32 at once", shown, f"≥ {PAGES}/s", rate >= PAGES, errors, detail),
        Line("  its statements", f"{found} ({size / 1024:.0f} KB)", wanted, found <= PAGE_STATEMENTS,
             detail={"statements": statements}),
        processor_time(outcomes, "page"),
    ]  # fmt: skip


def memory(bench: Bench) -> list[Line]:
    """The memory of the web processes over many saves: it mustn't grow with them."""
    before, each = answers_kept(bench), max(1, bench.effort.saves // STEPS // CLIENTS)
    outcomes: list[Outcome] = []
    found: list[int] = []
    for step in range(1, STEPS + 1):
        first = bench.next_number()
        players = [partial(scripts.saving, who, seed, first, count=each) for seed, who in enumerate(bench.savers, step)]
        outcomes.append(bench.run(players))
        found.append(sum(bench.site.memory().values()))
        bench.say(f"    after {step * each * CLIENTS} saves: {found[-1] / 2**20:.1f} MB")
    errors = errors_of(*outcomes) | unkept(bench, before, outcomes)
    growth = found[-1] / found[STEPS // 5 - 1]
    shown = f"{found[STEPS // 5 - 1] / 2**20:.1f} → {found[-1] / 2**20:.1f} MB, {STEPS * each * CLIENTS} saves"
    detail = {"bytes": found, "steps": [after - earlier for earlier, after in pairwise(found)]}
    return [Line("memory of the web processes", shown, f"≤ {GROWTH:.2f} ×", growth <= GROWTH, errors, detail)]
