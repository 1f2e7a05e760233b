"""Exams and their papers: the terms of an exam, whether the bank can meet its blueprint, and which questions to draw.

A topic is its id here. Worth and totals are exact (`Fraction`): a paper is 100 points, not nearly.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from fractions import Fraction
from random import Random

from question_bank.items import CreditRule, Kind

FULL_POINTS = 100
"""What every paper is worth, so that a score can be said without a per cent sign."""
MOST_COUNT = 200
"""Questions of one row of a blueprint."""
KIND_ORDER = (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.SHORT_ANSWER)
"""How a paper goes on: from ticking to writing."""


class ExamState(StrEnum):
    """A draft is being built; only a published exam gives sittings; a retired one gives no new ones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class LateStart(StrEnum):
    """What happens to a start so late that the window's end would cut the time."""

    REFUSE = "refuse"
    SHORTEN = "shorten"


class ReviewPolicy(StrEnum):
    """What a candidate may see of the questions once the result is released."""

    SCORE_ONLY = "score_only"
    OWN_ANSWERS = "own_answers"
    KEYS_AFTER_CLOSE = "keys_after_close"
    """Questions and keys once every sitting of the cohort, retakes included, has closed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an exam promises and asks, besides its questions. Attempts copy what they need: no edit reaches one."""

    title: str
    minutes: int = 60
    pass_percent: int = 80
    distinction_percent: int = 90
    window_days: int = 7
    max_retakes: int = 2
    credit_rule: CreditRule = CreditRule.HALF_FOR_INCOMPLETE
    grace_seconds: int = 10
    late_start: LateStart = LateStart.REFUSE
    outage_credit: bool = True
    review_policy: ReviewPolicy = ReviewPolicy.KEYS_AFTER_CLOSE
    distinction_on_retake: bool = False
    own_trainer_may_mark: bool = False
    own_questions: bool = False
    opens_at: time = time(9, 0)
    shuts_at: time = time(18, 0)
    places: int = 20
    note: str = ""


RANGES: Mapping[str, tuple[int, int]] = {
    "minutes": (1, 600),
    "pass_percent": (0, 100),
    "distinction_percent": (0, 100),
    "window_days": (1, 90),
    "max_retakes": (0, 10),
    "grace_seconds": (0, 300),
    "places": (1, 10_000),
}
"""Smallest and greatest value of each term that is a number."""


class TermsProblem(StrEnum):
    """What two terms together can't be."""

    DISTINCTION_BELOW_PASS = "distinction_below_pass"
    SHUTS_BEFORE_IT_OPENS = "shuts_before_it_opens"
    OUT_OF_RANGE = "out_of_range"
    NO_TITLE = "no_title"


def terms_problems(terms: Terms) -> dict[str, TermsProblem]:
    """What is wrong with terms, by field; empty when they can stand."""
    found = {
        name: TermsProblem.OUT_OF_RANGE
        for name, (least, most) in RANGES.items()
        if not least <= getattr(terms, name) <= most
    }
    if not terms.title.strip():
        found["title"] = TermsProblem.NO_TITLE
    if terms.distinction_percent < terms.pass_percent:
        found["distinction_percent"] = TermsProblem.DISTINCTION_BELOW_PASS
    if terms.shuts_at <= terms.opens_at:
        found["shuts_at"] = TermsProblem.SHUTS_BEFORE_IT_OPENS
    return found


@dataclass(frozen=True, slots=True)
class BlueprintLine:
    """So many questions of a topic and kind, each worth so many points; of any difficulty when None."""

    topic: int
    kind: Kind
    difficulty: int | None
    count: int
    points: Fraction

    @property
    def worth(self) -> Fraction:
        """The points of all questions of this row."""
        return self.count * self.points


Counts = Mapping[tuple[int, Kind, int], int]
"""How many questions can be drawn, by (topic, kind, difficulty)."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A row that the bank can't fill: `available` is what the rows served before it leave."""

    row: BlueprintLine
    available: int
    shared: bool
    """Whether other rows take questions this one could have."""

    @property
    def needed(self) -> int:
        return self.row.count


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published question that a paper may draw."""

    question_id: int
    version_id: int
    topic: int
    kind: Kind
    difficulty: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question drawn for a paper, with its worth."""

    question_id: int
    version_id: int
    kind: Kind
    points: Fraction


@dataclass(frozen=True, slots=True)
class Choice:
    """The questions of a paper in their order; how many of them the candidate had seen, for want of others."""

    slots: tuple[Chosen, ...]
    repeats: int


class NotEnough(ValueError):
    """The bank can't fill these rows."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        super().__init__(f"{len(shortfalls)} rows of the blueprint can't be filled")
        self.shortfalls = tuple(shortfalls)


class Flaw(StrEnum):
    """What keeps an exam from being published, besides shortfalls."""

    NO_ROWS = "no_rows"
    NOT_FULL = "not_full"


def possible(rows: Iterable[BlueprintLine]) -> Fraction:
    """The points of the whole paper, exact."""
    return sum((row.worth for row in rows), Fraction())


def questions(rows: Iterable[BlueprintLine]) -> int:
    """How many questions a paper has."""
    return sum(row.count for row in rows)


def flaw(rows: Sequence[BlueprintLine]) -> Flaw | None:
    """What is wrong with a blueprint whatever the bank holds; None when it adds up to a full paper."""
    if not rows:
        return Flaw.NO_ROWS
    return None if possible(rows) == FULL_POINTS else Flaw.NOT_FULL


def shortfalls(rows: Sequence[BlueprintLine], counts: Counts) -> list[Shortfall]:
    """The rows that can't be filled, in their order; empty exactly when a paper can be drawn.

    Rows may share questions: one that asks for a difficulty and one that takes any, of the same topic and kind. Those
    that ask for a difficulty are served first, because only they can't go elsewhere; so nothing is reported in vain.
    """
    left = Counter(dict(counts))
    short: dict[int, Shortfall] = {}
    for index in sorted(range(len(rows)), key=lambda index: rows[index].difficulty is None):
        row = rows[index]
        cells = _cells(row, counts)
        available = sum(left[cell] for cell in cells)
        if available < row.count:
            short[index] = Shortfall(row, available, shared=available < sum(counts.get(cell, 0) for cell in cells))
        _take(left, cells, row.count)
    return [short[index] for index in sorted(short)]


def disjoint_papers(rows: Sequence[BlueprintLine], counts: Counts) -> int:
    """How many papers without a common question the bank gives: how often one person can sit and see only new ones."""
    if not rows:
        return 0
    most = []
    for (topic, kind), group in _grouped(rows).items():
        has = {difficulty: number for (a, b, difficulty), number in counts.items() if (a, b) == (topic, kind)}
        for difficulty, number in _wanted_by_difficulty(group).items():
            most.append(has.get(difficulty, 0) // number)
        most.append(sum(has.values()) // questions(group))
    return min(most)


def choose(rows: Sequence[BlueprintLine], available: Sequence[Candidate], seen: Collection[int], rng: Random) -> Choice:
    """Draw the questions of one paper: unseen ones as far as the bank has any, none twice, by chance otherwise.

    `seen` holds question ids. Kinds follow `KIND_ORDER`; within a kind the order is by chance. A row that takes any
    difficulty leaves, where it can, what later papers of the same person need for the others. Refuses with
    NotEnough what `shortfalls` reports.
    """
    short = shortfalls(rows, Counter((one.topic, one.kind, one.difficulty) for one in available))
    if short:
        raise NotEnough(short)
    seen = frozenset(seen)
    chosen: list[Chosen] = []
    for (topic, kind), group in _grouped(rows).items():
        pool = [one for one in available if (one.topic, one.kind) == (topic, kind)]
        chosen += _draw(group, pool, seen, rng)
    rng.shuffle(chosen)
    chosen.sort(key=lambda one: KIND_ORDER.index(one.kind))
    return Choice(tuple(chosen), repeats=sum(one.question_id in seen for one in chosen))


def _draw(rows: Sequence[BlueprintLine], pool: list[Candidate], seen: frozenset[int], rng: Random) -> list[Chosen]:
    """Draw for the rows of one topic and kind: first for those with a difficulty, then for the others together."""
    # Chance first, then the unseen to the front: sorting keeps the order of equals.
    pool = sorted(rng.sample(pool, len(pool)), key=lambda one: one.question_id in seen)
    open_rows = [row for row in rows if row.difficulty is None]
    drawn: list[Chosen] = []
    for row in rows:
        if row.difficulty is not None:
            taken = [one for one in pool if one.difficulty == row.difficulty][: row.count]
            drawn += [_chosen(one, row.points) for one in taken]
            pool = [one for one in pool if one not in taken]
    worths = [row.points for row in open_rows for _ in range(row.count)]
    drawn += [_chosen(one, points) for one, points in zip(_spare_first(rows, pool, seen), worths, strict=False)]
    return drawn


def _spare_first(rows: Sequence[BlueprintLine], pool: Sequence[Candidate], seen: frozenset[int]) -> list[Candidate]:
    """Put behind the other unseen questions those that the rows with a difficulty will need in later papers.

    `pool` is what those rows have left in this paper; how many papers can still follow decides how many are kept.
    """
    unseen = Counter((one.topic, one.kind, one.difficulty) for one in pool if one.question_id not in seen)
    now_wanted = questions(row for row in rows if row.difficulty is None)
    later = disjoint_papers(rows, unseen)
    while later and unseen.total() < later * questions(rows) + now_wanted:
        later -= 1
    keep = Counter({difficulty: later * number for difficulty, number in _wanted_by_difficulty(rows).items()})
    spare: list[Candidate] = []
    kept: list[Candidate] = []
    for one in pool:
        needed = one.question_id not in seen and keep[one.difficulty] > 0
        keep[one.difficulty] -= needed
        (kept if needed else spare).append(one)
    return sorted([*spare, *kept], key=lambda one: one.question_id in seen)


def _chosen(one: Candidate, points: Fraction) -> Chosen:
    return Chosen(one.question_id, one.version_id, one.kind, points)


def _grouped(rows: Iterable[BlueprintLine]) -> dict[tuple[int, Kind], list[BlueprintLine]]:
    groups: defaultdict[tuple[int, Kind], list[BlueprintLine]] = defaultdict(list)
    for row in rows:
        groups[row.topic, row.kind].append(row)
    return dict(groups)


def _wanted_by_difficulty(rows: Iterable[BlueprintLine]) -> Counter[int]:
    wanted: Counter[int] = Counter()
    for row in rows:
        if row.difficulty is not None:
            wanted[row.difficulty] += row.count
    return wanted


def _cells(row: BlueprintLine, counts: Counts) -> list[tuple[int, Kind, int]]:
    if row.difficulty is not None:
        return [(row.topic, row.kind, row.difficulty)]
    return sorted(cell for cell in counts if cell[:2] == (row.topic, row.kind))


def _take(left: Counter[tuple[int, Kind, int]], cells: Sequence[tuple[int, Kind, int]], count: int) -> None:
    for cell in cells:
        taken = min(count, left[cell])
        left[cell] -= taken
        count -= taken
