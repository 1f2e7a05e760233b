"""What GIFT and Moodle's XML share, both being Moodle's own: its categories, its grades, and what stops its import."""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from question_bank.formats.reading import EVERYTHING, ReadQuestion
from question_bank.responses import Kind

TOOL = "Moodle"
_WHOLE = [Fraction(n, 10) for n in range(11)]
_PARTS = [Fraction(1, n) for n in (3, 4, 6, 7, 8, 9, 20)] + [Fraction(2, 3), Fraction(3, 4), Fraction(5, 6)]
_GRADES = frozenset(Fraction(round(share * 10**7), 10**7) for share in _WHOLE + _PARTS)
"""The shares that an answer can have in Moodle, to seven places; what a wrong one takes away is one of them too."""
_NEAR = Fraction(1, 10**5)


def topic_of(path: str) -> str | None:
    """A category's path without the parts that name Moodle's own top."""
    parts = [part.strip() for part in path.strip().split("/")]
    while parts and (parts[0].lower() in ("top", "") or re.fullmatch(r"\$\w+\$", parts[0])):
        del parts[0]
    return "/".join(parts) or None


def by_topic(questions: Iterable[ReadQuestion]) -> Sequence[ReadQuestion]:
    """The questions with those without a topic first, where no category is named yet: no later name means none."""
    return sorted(questions, key=lambda question: question.topic is not None)


def percent(fraction: Fraction) -> str:
    """A share as Moodle writes it: 50, 33.33333, -25."""
    return f"{round(fraction * 10**7) / 10**5:.5f}".rstrip("0").rstrip(".")


def in_the_way(question: ReadQuestion) -> str:
    """Why Moodle would stop its import at this question; empty if it wouldn't."""
    shares = [one.fraction for one in question.choices] + [one.fraction for one in question.answers]
    odd = [one for one in shares if not any(abs(abs(one) - grade) < _NEAR for grade in _GRADES)]
    if odd:
        return f"{percent(odd[0])} % is none of its grades"
    if question.kind is Kind.MULTIPLE_CHOICE and round(sum(one for one in shares if one > 0), 2) != 1:
        return "the shares above 0 don't add up to 100 %"
    if question.kind in (Kind.SINGLE_CHOICE, Kind.SHORT_ANSWER) and not any(EVERYTHING - one < _NEAR for one in shares):
        return "no answer has 100 %"
    return ""
