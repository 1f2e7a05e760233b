"""From typed rows to items, the table of a blueprint, and comparing two texts."""

from fractions import Fraction

import pytest

from exam.authoring.rules import (
    ChoiceInput,
    Fate,
    KeyPointInput,
    QuestionInput,
    build,
    changed_lines,
    grid,
    part_ids,
)
from exam.papers.rules import BlueprintLine
from question_bank.items import Choice, KeyPoint, Kind, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse


def rows(*ids):
    return tuple(ChoiceInput(number, id_, f"选项 {number}", number == 0) for number, id_ in enumerate(ids))


@pytest.mark.parametrize(
    ("ids", "known", "taken", "built"),
    [
        (["", "", ""], [], [], ["a", "b", "c"]),
        (["a", "b", ""], ["a", "b"], ["a", "b"], ["a", "b", "c"]),
        # A choice taken out earlier never gives its id to another.
        (["a", ""], ["a"], ["a", "b", "c"], ["a", "d"]),
        # What the page made up or sent twice is a new choice.
        (["zz", "a", "a"], ["a", "b"], ["a", "b"], ["c", "a", "d"]),
        ([""], [], list("abcdefghijklmnopqrstuvwxyz"), ["a2"]),
    ],
)
def test_choices_keep_their_ids_and_new_ones_get_new_ids(ids, known, taken, built):
    item = build(QuestionInput(Kind.SINGLE_CHOICE, "问", "", choices=rows(*ids)), known, taken)
    assert part_ids(item) == built


def test_each_kind_is_built():
    common = {"stem": "问", "explanation": "因为"}
    choices = (Choice("a", "选项 0", True), Choice("b", "选项 1"))
    points = (KeyPointInput(0, "", "倾听", Fraction(3, 2), ("听",)),)
    given = {kind: QuestionInput(kind, **common, choices=rows("", "")) for kind in Kind}
    assert build(given[Kind.SINGLE_CHOICE]) == SingleChoice("问", choices, "因为")
    assert build(given[Kind.MULTIPLE_CHOICE]) == MultipleChoice("问", choices, "因为")
    assert build(QuestionInput(Kind.TRUE_FALSE, **common, truth=True)) == TrueFalse("问", True, "因为")
    short = build(QuestionInput(Kind.SHORT_ANSWER, **common, key_points=points, reference="答"))
    assert short == ShortAnswer("问", (KeyPoint("a", "倾听", Fraction(3, 2), ("听",)),), "答", "因为")


def test_the_table_of_a_blueprint_adds_up_difficulties():
    lines = [
        BlueprintLine(7, Kind.SINGLE_CHOICE, 1, 2, Fraction(2)),
        BlueprintLine(8, Kind.SHORT_ANSWER, None, 1, Fraction(5)),
        BlueprintLine(7, Kind.SINGLE_CHOICE, None, 1, Fraction(2)),
        BlueprintLine(7, Kind.TRUE_FALSE, None, 1, Fraction(1, 2)),
    ]
    table = [(row.topic, row.counts, row.number, row.points) for row in grid(lines)]
    assert table == [(7, (3, 0, 1, 0), 4, Fraction(13, 2)), (8, (0, 0, 0, 1), 1, 5)]


@pytest.mark.parametrize(
    ("old", "new", "fates"),
    [
        ("a\nb", "a\nb", ""),
        ("a\nb\nc", "a\nx\nc", "sgns"),
        ("1\n2\n3\n4\n5\nb", "1\n2\n3\n4\n5\nc", "…ssgn"),
        ("a", "a\nb", "sn"),
        ("a\nb", "b", "gs"),
        ("a\n1\n2\n3\n4\n5\n6\nb", "x\n1\n2\n3\n4\n5\n6\ny", "gnss…ssgn"),
    ],
)
def test_changed_lines_with_a_little_around_them(old, new, fates):
    letters = {Fate.SAME: "s", Fate.GONE: "g", Fate.NEW: "n", Fate.SKIPPED: "…"}
    assert "".join(letters[line.fate] for line in changed_lines(old, new)) == fates
