"""The figures, one function each: measure, and say what came out. Each counts its errors, and hides none."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median

from sqlalchemy import func, select

from exam.attempts.models import Answer
from tests.load import scripts
from tests.load.bench import CLIENTS, Bench
from tests.load.driver import Outcome
from tests.load.report import Line
from tests.load.yardstick import Run

SAVE_RATIO, SAVE_P99 = 0.30, 0.0251


def save(bench: Bench) -> list[Line]:
    """Saves of 32 candidates at once beside pgbench, in turns; medians over the rounds."""
    effort, before = bench.effort, _answers(bench)
    yardsticks: list[Run] = []
    outcomes: list[Outcome] = []
    cpu: list[dict[str, float]] = []
    for number in range(1, effort.rounds + 1):
        if bench.yardstick:
            yardsticks.append(bench.yardstick.run(CLIENTS, effort.seconds))
        outcome, used = _save_round(bench)
        outcomes.append(outcome)
        cpu.append(used)
        told = f"    round {number}: {outcome.rate('save'):.0f} saves/s"
        bench.say(told + (f", pgbench {yardsticks[-1].rate:.0f}/s" if yardsticks else ""))
    errors = dict(_errors(*outcomes) + _unkept(bench, before, outcomes))
    rate = median(one.rate("save") for one in outcomes)
    p50, p99 = (median(one["save"].percentile(percent) for one in outcomes) for percent in (50, 99))
    detail = {
        "saves_per_second": [one.rate("save") for one in outcomes],
        "p50_ms": [1000 * one["save"].percentile(50) for one in outcomes],
        "p99_ms": [1000 * one["save"].percentile(99) for one in outcomes],
        "cpu_seconds_per_save": cpu,
        "pgbench": [vars(one) for one in yardsticks],
    }
    shown = f"{rate:.0f}/s, p50 {_ms(p50)}, p99 {_ms(p99)}"
    lines = [
        Line("save, 32 at once", shown, f"p99 ≤ {_ms(SAVE_P99)}", p99 <= SAVE_P99, errors, detail),
        Line("  its processor time", ", ".join(f"{who} {_us(median(one[who] for one in cpu))}" for who in cpu[0])),
    ]
    return [*_beside(yardsticks, outcomes, errors), *lines] if yardsticks else lines


def _beside(yardsticks: list[Run], outcomes: list[Outcome], errors: dict[str, int]) -> list[Line]:
    """How the saves compare with pgbench in the same rounds."""
    ratios = [ours.rate("save") / theirs.rate for ours, theirs in zip(outcomes, yardsticks, strict=True)]
    ratio, rate, p50, p99, cpu, database = (
        median(values)
        for values in (ratios, *zip(*((y.rate, y.p50, y.p99, y.cpu, y.database_cpu) for y in yardsticks), strict=True))
    )
    return [
        Line("save beside pgbench", f"{ratio:.2f} ×", f"≥ {SAVE_RATIO:.2f} ×", ratio >= SAVE_RATIO, errors,
             {"ratios": ratios}),
        Line("  pgbench", f"{rate:.0f}/s, p50 {_ms(p50)}, p99 {_ms(p99)}"),
        Line("  its processor time", f"pgbench {_us(cpu)}, database {_us(database)}"),
    ]  # fmt: skip


def _save_round(bench: Bench) -> tuple[Outcome, dict[str, float]]:
    """One round, and the processor seconds a save took of whom."""
    first, before = bench.next_number(), bench.cpu()
    players = [partial(scripts.saving, who, seed, first) for seed, who in enumerate(bench.savers)]
    outcome = bench.driver.run(bench.site.port, players, bench.effort.seconds, bench.effort.warm)
    web, database = (after - earlier for after, earlier in zip(bench.cpu(), before, strict=True))
    count = max(1, outcome["save"].acknowledged)
    return outcome, {"web": web / count, "database": database / count, "driver": outcome.cpu / count}


def _answers(bench: Bench) -> int:
    with bench.hall.session() as session:
        return session.scalar(select(func.count(Answer.id))) or 0


def _unkept(bench: Bench, before: int, outcomes: list[Outcome]) -> Counter[str]:
    """An acknowledged answer that isn't in the database, or one in it that wasn't acknowledged, is an error."""
    acknowledged, kept = sum(one["save"].acknowledged for one in outcomes), _answers(bench) - before
    return Counter({f"acknowledged {acknowledged} answers, kept {kept}": 1} if acknowledged != kept else {})


def _errors(*outcomes: Outcome) -> Counter[str]:
    return sum((one.errors for one in outcomes), Counter())


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def _us(seconds: float) -> str:
    return f"{1e6 * seconds:.0f} µs"


FIGURES: Mapping[str, Callable[[Bench], list[Line]]] = {"save": save}
