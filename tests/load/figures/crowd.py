"""What a whole hall does at once: start in the same second, hand in, sign in while others save."""

from functools import partial
from statistics import median
from time import perf_counter

from sqlalchemy import func, select

from exam.attempts.models import Attempt
from exam.marking.queries import counting_marks
from tests.load import scripts
from tests.load.bench import CLIENTS, Bench
from tests.load.candidate import Candidate
from tests.load.driver import Outcome
from tests.load.figures.telling import answers_kept, counted, errors_of, ms, processor_time, unkept
from tests.load.report import Line
from tests.support.processes import wait_until

START_WITHIN, SUBMITS = 1.0, 800
SAVERS, SAVE_EVERY = 200, 5.0
"""Who saves while others sign in, and how often each does, in seconds."""
SLACK = 2.0  # seconds that the last one may take
MARKED_WITHIN = 300  # seconds


def start(bench: Bench) -> list[Line]:
    """A crowd that is signed in presses Start in the same moment: until the last one has been let in."""
    crowd, outcomes, entered = bench.effort.crowd, [], []
    for _ in range(min(3, bench.effort.rounds)):
        guests = bench.crowd(2 * crowd)
        outcomes.append(_start(bench, guests[:crowd], enter=False))
        entered.append(_start(bench, guests[crowd:], enter=True))
        last = f"{ms(max(outcomes[-1]['start'].finished, default=0))}"
        bench.say(f"    {crowd} started within {last}, in the room within {ms(entered[-1].seconds)}")
    errors = errors_of(*outcomes)
    last_one = median(max(one["start"].finished, default=0) for one in outcomes)
    p50 = median(one["start"].percentile(50) for one in outcomes)
    detail = {"last": [max(one["start"].finished, default=0) for one in outcomes], "p50": p50}
    return [
        Line(f"{crowd} start at once", f"last after {ms(last_one)}, p50 {ms(p50)}", f"≤ {ms(START_WITHIN)}",
             last_one <= START_WITHIN, errors, detail),
        processor_time(outcomes, "start"),
        Line("  start and enter the room", f"last after {ms(median(one.seconds for one in entered))}",
             errors=errors_of(*entered), detail={"last": [one.seconds for one in entered]}),
    ]  # fmt: skip


def _start(bench: Bench, guests: list[Candidate], enter: bool) -> Outcome:
    with bench.hall.reading() as session:
        before = session.scalar(select(func.count(Attempt.id))) or 0
    outcome = bench.run([partial(scripts.starting, who, enter=enter) for who in guests])
    with bench.hall.reading() as session:
        begun = (session.scalar(select(func.count(Attempt.id))) or 0) - before
    counted(outcome, "start", begun, "attempts begun")
    return outcome


def submit(bench: Bench) -> list[Line]:
    """Handing in a paper with every question answered, 32 at once, until the machine's last mark is there."""
    rates, outcomes = [], []
    for _ in range(min(3, bench.effort.rounds)):
        seated = bench.hall.seat(bench.effort.crowd, answered=True)
        queues = [seated[number::CLIENTS] for number in range(min(CLIENTS, len(seated)))]
        outcome = bench.run([partial(scripts.handing_in, queue) for queue in queues])
        rates.append(len(seated) / (outcome.seconds + _wait_for_marks(bench, seated)))
        outcomes.append(outcome)
        bench.say(f"    {rates[-1]:.0f} handed in and marked/s")
    rate, p99 = median(rates), median(one["submit"].percentile(99) for one in outcomes)
    shown, detail = f"{rate:.0f}/s, p99 {ms(p99)}", {"submits_per_second": rates}
    return [
        Line("hand in, with its marking", shown, f"≥ {SUBMITS}/s", rate >= SUBMITS, errors_of(*outcomes), detail),
        processor_time(outcomes, "submit"),
    ]


def _wait_for_marks(bench: Bench, seated: list[Candidate]) -> float:
    """For how long marks were still missing after the last had handed in; 0 when each comes with its receipt."""
    wanted, began = sum(who.objective for who in seated), perf_counter()

    def missing() -> int:
        with bench.hall.reading() as session:
            marks = counting_marks(session, [who.attempt_id for who in seated])
        return wanted - sum(map(len, marks.values()))

    if not missing():
        return 0.0
    wait_until(lambda: not missing(), MARKED_WITHIN, "all marks to be there")
    return perf_counter() - began


def sign_in(bench: Bench) -> list[Line]:
    """A crowd that signs in over some minutes while others save: nobody may be refused, or have to wait for long."""
    crowd, seconds, before = bench.effort.crowd, 60 * bench.effort.minutes, answers_kept(bench)
    savers = bench.hall.seat(max(1, SAVERS * crowd // 1000))
    guests, first = bench.hall.invite(crowd), bench.next_number()
    arriving = [partial(scripts.signing_in, who, seconds * i / crowd) for i, who in enumerate(guests)]
    saving = [partial(scripts.saving, who, seed, first, SAVE_EVERY, seconds) for seed, who in enumerate(savers)]
    outcome = bench.run([*arriving, *saving])
    errors = errors_of(outcome) | unkept(bench, before, [outcome])
    inside, typing, beside = outcome["home"], outcome["sign-in"], outcome["save"]
    last = max(inside.finished, default=0.0)
    return [
        Line(f"{crowd} sign in, {len(savers)} others save", f"{len(inside.took)} in after {ms(last)}",
             f"≤ {ms(seconds + SLACK)}", len(inside.took) == crowd and last <= seconds + SLACK, errors,
             {kind: {"p50": one.percentile(50), "p99": one.percentile(99)} for kind, one in outcome.kinds.items()}),
        Line("  signing in", f"p50 {ms(typing.percentile(50))}, p99 {ms(typing.percentile(99))}"),
        Line("  saving meanwhile", f"p50 {ms(beside.percentile(50))}, p99 {ms(beside.percentile(99))}"),
    ]  # fmt: skip
