"""What the figures share: numbers in words, and what makes a figure invalid."""

from collections import Counter
from collections.abc import Iterable
from statistics import median

from sqlalchemy import func, select

from exam.attempts.models import Answer
from tests.load.bench import Bench
from tests.load.driver import Outcome
from tests.load.report import Line


def ms(seconds: float) -> str:
    """A time as people say it."""
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def us(seconds: float) -> str:
    """A short time."""
    return f"{1e6 * seconds:.0f} µs"


def errors_of(*outcomes: Outcome) -> dict[str, int]:
    """All errors of some runs together."""
    return dict(sum((one.errors for one in outcomes), Counter()))


def processor_time(outcomes: Iterable[Outcome], kind: str) -> Line:
    """How much processor time one request took of whom: says more than a rate on a machine that is busy otherwise."""
    each = [{who: used / max(1, one[kind].acknowledged) for who, used in one.cpu.items()} for one in outcomes]
    middle = {who: median(one[who] for one in each) for who in each[0]}
    shown = ", ".join(f"{who} {us(used)}" for who, used in middle.items())
    return Line("    processor time of one", shown, detail={"seconds": each})


def answers_kept(bench: Bench) -> int:
    """How many answers the database holds."""
    with bench.hall.reading() as session:
        return session.scalar(select(func.count(Answer.id))) or 0


def unkept(bench: Bench, before: int, outcomes: Iterable[Outcome]) -> dict[str, int]:
    """An acknowledged answer that isn't in the database, or one in it that wasn't acknowledged, is an error."""
    acknowledged, kept = sum(one["save"].acknowledged for one in outcomes), answers_kept(bench) - before
    return {f"acknowledged {acknowledged} answers, kept {kept}": 1} if acknowledged != kept else {}


def counted(outcome: Outcome, kind: str, found: int, what: str) -> None:
    """Note as an error of a run that the database holds another number of things than were acknowledged."""
    acknowledged = outcome[kind].acknowledged
    if found != acknowledged:
        outcome[kind].errors[f"acknowledged {acknowledged}, found {found} {what}"] += 1
