"""From what a trainer typed to an item of the bank, who may publish it, and how blueprints and edits look."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from fractions import Fraction
from itertools import count
from string import ascii_lowercase

from exam.papers.rules import KIND_ORDER, BlueprintLine
from question_bank.items import (
    Choice,
    Item,
    KeyPoint,
    Kind,
    MultipleChoice,
    ShortAnswer,
    SingleChoice,
    TrueFalse,
)

OBJECTIVE = (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE)
"""The kinds a knowledge check may have: those that mark themselves."""


@dataclass(frozen=True, slots=True)
class ChoiceInput:
    """One row of the editor's choices. `row` is its place on the page, from 0; `id` is empty for a new one."""

    row: int
    id: str
    text: str
    correct: bool


@dataclass(frozen=True, slots=True)
class KeyPointInput:
    """One row of the editor's key points."""

    row: int
    id: str
    text: str
    points: Fraction
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionInput:
    """What the editor holds; the rows left wholly empty are dropped before."""

    kind: Kind
    stem: str
    explanation: str
    choices: tuple[ChoiceInput, ...] = ()
    truth: bool = False
    key_points: tuple[KeyPointInput, ...] = ()
    reference: str = ""


def build(given: QuestionInput, known: Collection[str] = (), taken: Collection[str] = ()) -> Item:
    """The item that was typed, its choices and key points in the order of the rows.

    A row keeps its id when the question has it (`known`). Every other row gets one that the question has never had
    (`taken`): answers refer to ids, so an id may not come to mean something else.
    """
    rows = given.choices or given.key_points
    ids = _ids([row.id for row in rows], known, taken)
    match given.kind:
        case Kind.SINGLE_CHOICE:
            return SingleChoice(given.stem, _choices(given, ids), given.explanation)
        case Kind.MULTIPLE_CHOICE:
            return MultipleChoice(given.stem, _choices(given, ids), given.explanation)
        case Kind.TRUE_FALSE:
            return TrueFalse(given.stem, given.truth, given.explanation)
        case Kind.SHORT_ANSWER:
            points = tuple(
                KeyPoint(id_, row.text, row.points, row.accepted)
                for id_, row in zip(ids, given.key_points, strict=True)
            )
            return ShortAnswer(given.stem, points, given.reference, given.explanation)


def _choices(given: QuestionInput, ids: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(id_, row.text, row.correct) for id_, row in zip(ids, given.choices, strict=True))


def _ids(wanted: list[str], known: Collection[str], taken: Collection[str]) -> list[str]:
    used = {*known, *taken}
    fresh = (name for name in _names() if name not in used)
    given: list[str] = []
    for name in wanted:
        given.append(name if name in known and name not in given else next(fresh))
    return given


def _names() -> Iterator[str]:
    """a to z, then a2 to z2, and so on."""
    for number in count(1):
        yield from (letter if number == 1 else f"{letter}{number}" for letter in ascii_lowercase)


def part_ids(item: Item) -> list[str]:
    """The ids of an item's choices or key points, in their order."""
    match item:
        case SingleChoice() | MultipleChoice():
            return [choice.id for choice in item.choices]
        case ShortAnswer():
            return [key_point.id for key_point in item.key_points]
    return []


class BulkAct(StrEnum):
    """What can be done to many questions at once."""

    TOPIC = "topic"
    DIFFICULTY = "difficulty"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    SUBMIT = "submit"
    PUBLISH = "publish"
    RETIRE = "retire"
    RESTORE = "restore"


def may_approve(person_id: int, writers: Collection[int], *, own_questions: bool) -> bool:
    """Whether somebody may publish a version: whoever had no hand in it; everybody where the exams say so."""
    return own_questions or person_id not in writers


@dataclass(frozen=True, slots=True)
class GridRow:
    """One topic of a blueprint: how many questions of each kind, in the order of the kinds; their number and points."""

    topic: int
    counts: tuple[int, ...]
    number: int
    points: Fraction


def grid(rows: Sequence[BlueprintLine]) -> list[GridRow]:
    """A blueprint as the table trainers know: topics down, kinds across, whatever the difficulty."""
    cells: Counter[tuple[int, Kind]] = Counter()
    points: dict[int, Fraction] = {}
    for row in rows:
        cells[row.topic, row.kind] += row.count
        points[row.topic] = points.get(row.topic, Fraction()) + row.worth
    found = []
    for topic, worth in points.items():
        counts = tuple(cells[topic, kind] for kind in KIND_ORDER)
        found.append(GridRow(topic, counts, sum(counts), worth))
    return found


class Fate(StrEnum):
    """What became of a line in an edit."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison of texts."""

    fate: Fate
    text: str = ""


CONTEXT = 2
"""Unchanged lines shown around a change."""


def changed_lines(old: str, new: str) -> list[Line]:
    """Two texts line by line: what went, what came, and a little around it. Empty when they are the same."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[Line] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        if lines or group[0][1] > 0:
            lines.append(Line(Fate.SKIPPED))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [Line(Fate.SAME, text) for text in before[old_from:old_to]]
                continue
            lines += [Line(Fate.GONE, text) for text in before[old_from:old_to]]
            lines += [Line(Fate.NEW, text) for text in after[new_from:new_to]]
    return lines
