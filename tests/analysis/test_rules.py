"""What the figures of a question say in words, and when nothing is said."""

import pytest

from exam.analysis.rules import FEWEST, Chosen, Doing, Remark, letters, remarks

FINE = {"persons": 60, "facility": 0.7, "item_rest": 0.3}
GOOD = (Chosen("A", True, 40, 22), Chosen("B", False, 12, 2), Chosen("C", False, 8, 0))


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        ({}, []),
        ({"choices": GOOD, "single": True}, []),
        ({"facility": 0.95}, [Remark.TOO_EASY]),
        ({"facility": 0.949}, []),
        ({"facility": 0.299}, [Remark.TOO_HARD]),
        ({"facility": 0.30}, []),
        ({"facility": None, "item_rest": None}, []),
        # √60 = 7.7: a correlation below −0.21 is beyond chance.
        ({"item_rest": -0.22}, [Remark.AGAINST]),
        ({"item_rest": -0.20}, []),
        ({"choices": (Chosen("A", True, 30, 5), Chosen("B", False, 30, 19)), "single": True}, [Remark.CHECK_KEY]),
        ({"choices": (Chosen("A", True, 30, 10), Chosen("B", False, 30, 14)), "single": True}, []),
        ({"choices": (Chosen("A", True, 30, 5), Chosen("B", False, 30, 19))}, []),
        ({"choices": (Chosen("A", True, 30, 5), Chosen("B", False, 30, 19)), "single": True, "item_rest": -0.4},
         [Remark.CHECK_KEY]),
        ({"choices": (*GOOD, Chosen("D", False, 0, 0))}, [Remark.UNUSED]),
        ({"choices": (Chosen("A", True, 0, 0), Chosen("B", False, 60, 24))}, []),
        ({"rise": (40, 0.4, 0.8, 3.2)}, [Remark.LEAK]),
        ({"rise": (40, 0.4, 0.8, 2.9)}, []),
        ({"rise": (19, 0.4, 0.8, 3.2)}, []),
        ({"rise": (40, 0.6, 0.7, 3.2)}, []),
        ({"rise": (40, 0.8, 0.4, -4.0)}, []),
        ({"after_chapter": (50, 0.61)}, [Remark.STILL_WRONG]),
        ({"after_chapter": (50, 0.39)}, []),
        ({"after_chapter": (19, 0.61)}, []),
        ({"facility": 0.2, "after_chapter": (50, 0.8), "rise": (40, 0.1, 0.4, 4.0)},
         [Remark.LEAK, Remark.TOO_HARD, Remark.STILL_WRONG]),
    ],
)  # fmt: skip
def test_what_is_said(doing, said):
    assert [one.remark for one in remarks(Doing(**{**FINE, **doing}))] == said


def test_nothing_is_said_of_too_few():
    assert remarks(Doing(FEWEST - 1, 0.0, -1.0)) == []
    assert remarks(Doing(FEWEST, 0.0, -1.0)) != []


def test_what_is_said_names_choices_and_people():
    choices = (Chosen("A", True, 5, 2), Chosen("B", False, 30, 3), Chosen("C", False, 25, 20), Chosen("D", False, 0, 0))
    key, unused = remarks(Doing(60, 0.5, 0.1, choices, strong=25, single=True))
    assert (key.persons, key.choices, key.count) == (25, ("C",), 20)
    assert (unused.persons, unused.choices) == (60, ("D",))


def test_letters_follow_the_order_of_the_bank():
    assert letters(["x", "b", "a"]) == {"x": "A", "b": "B", "a": "C"}
