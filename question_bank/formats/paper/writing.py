"""A paper written."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from question_bank.formats.paper.text import read_text
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    ReadCode,
    Reading,
    ReadProblem,
    ReadQuestion,
    Written,
    excerpt,
    losses,
)
from question_bank.responses import Kind

_NAMES = {
    Kind.SINGLE_CHOICE: "单选题",
    Kind.MULTIPLE_CHOICE: "多选题",
    Kind.TRUE_FALSE: "判断题",
    Kind.SHORT_ANSWER: "简答题",
}
_DIFFICULTY = {1: "易", 2: "中", 3: "难"}


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a paper that `read` reads back, and say what it has no place for.

    What would be read as something else, because a line of it looks like a number, a choice or a heading, is left out.
    """
    blocks: list[str] = []
    problems: list[ReadProblem] = []
    lost: dict[str, int] = {}
    for question in questions:
        kept = _without(question, lost)
        block = "\n".join(_lines(kept, len(blocks) + 1)) + "\n"
        if read_text(block) != Reading((replace(kept, place="line 1"),)):
            why = "a line of it looks like something else, or it has no key"
            problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
            continue
        blocks.append(block)
    return Written("\n".join(blocks).encode(), (*problems, *losses(lost)))


def _without(question: ReadQuestion, lost: dict[str, int]) -> ReadQuestion:
    """The question as a paper can have it; counts what it loses."""
    keys = sum(one.correct for one in question.choices)
    share = Fraction(1, keys) if question.kind is Kind.MULTIPLE_CHOICE and keys else EVERYTHING
    kept = replace(
        question,
        choices=tuple(
            replace(one, feedback="", fraction=share if one.correct else NOTHING) for one in question.choices
        ),
        key_points=tuple(replace(one, accepted=()) for one in question.key_points),
        name=None,
        media=(),
    )
    facts = {
        "feedback": any(one.feedback for one in question.choices),
        "shares of choices": [one.fraction for one in kept.choices] != [one.fraction for one in question.choices],
        "accepted wordings": kept.key_points != question.key_points,
        "names": question.name,
        "pictures and sounds": question.media,
    }
    for what in (what for what, value in facts.items() if value):
        lost[what] = lost.get(what, 0) + 1
    return kept


def _lines(question: ReadQuestion, number: int) -> Iterator[str]:
    yield f"{number}. 【{_NAMES[question.kind]}】{question.stem}"
    yield from (f"{one.id}. {one.text}" for one in question.choices)
    match question.kind:
        case Kind.TRUE_FALSE:
            yield f"答案：{'对' if question.correct else '错'}"
        case Kind.SHORT_ANSWER if question.key_points:
            yield "采分点："
            for place, one in enumerate(question.key_points, start=1):
                yield f"（{place}）{one.text}（{_decimal(one.points)}分）"
        case Kind.SHORT_ANSWER:
            yield from (f"参考答案：{one.text}" for one in question.answers)
        case _:
            yield f"答案：{''.join(one.id for one in question.choices if one.correct)}"
    if question.explanation:
        yield f"解析：{question.explanation}"
    if question.difficulty:
        yield f"难度：{_DIFFICULTY[question.difficulty]}"
    if question.topic:
        yield f"知识点：{question.topic}"
    if question.points is not None:
        yield f"分值：{_decimal(question.points)}"
    if question.tags:
        yield f"标签：{'、'.join(question.tags)}"


def _decimal(number: Fraction) -> str:
    return f"{float(number):.3f}".rstrip("0").rstrip(".")
