"""A paper written."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from question_bank.formats.codes import ReadCode
from question_bank.formats.examples import EXAMPLES, INSTRUCTIONS, TITLE
from question_bank.formats.paper.text import read_text
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Reading,
    ReadProblem,
    ReadQuestion,
    Written,
    excerpt,
    losses,
    same_shares,
)
from question_bank.responses import Kind

NAMES = {
    Kind.SINGLE_CHOICE: "单选题",
    Kind.MULTIPLE_CHOICE: "多选题",
    Kind.TRUE_FALSE: "判断题",
    Kind.SHORT_ANSWER: "简答题",
}
EACH = "每题"
_DIFFICULTY = {1: "易", 2: "中", 3: "难"}


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a paper that `read` reads back, and say what it has no place for.

    What would be read as something else, because a line of it looks like a number, a choice or a heading, is left out.
    """
    blocks: list[str] = []
    problems: list[ReadProblem] = []
    lost: dict[str, int] = {}
    for question in questions:
        kept = replace(without(question, lost, bool(question.media)), media=())
        block = lines(kept, len(blocks) + 1)
        if not reads_back(kept, block):
            problems.append(left_out(question))
            continue
        blocks.append("\n".join(block) + "\n")
    return Written("\n".join(blocks).encode(), (*problems, *losses(lost)))


def template() -> bytes:
    """A paper to fill in: what to write where, and an example of each kind. With the mark that Notepad asks for."""
    top = "\n".join((TITLE, *INSTRUCTIONS))
    return f"{top}\n\n{write(EXAMPLES).content.decode()}".encode("utf-8-sig")


def left_out(question: ReadQuestion) -> ReadProblem:
    """What is said of a question that can't be written."""
    why = "a line of it looks like something else, or it has no key"
    return ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why)


def reads_back(question: ReadQuestion, block: Iterable[str], heading: str = "") -> bool:
    """Whether these lines, below this heading, are read as the question and as nothing else."""
    text = "\n".join([heading, *block])
    return read_text(text) == Reading((replace(question, place="line 2"),))


def without(question: ReadQuestion, lost: dict[str, int], loses_media: bool) -> ReadQuestion:
    """The question as a paper can have it; counts what it loses."""
    whole = tuple(replace(one, case_sensitive=False) for one in question.answers if one.fraction == EVERYTHING)
    keys = sum(one.correct for one in question.choices)
    share = Fraction(1, keys) if question.kind is Kind.MULTIPLE_CHOICE and keys else EVERYTHING
    kept = replace(
        question,
        choices=tuple(
            replace(one, feedback="", fraction=share if one.correct else NOTHING) for one in question.choices
        ),
        answers=whole,
        key_points=tuple(replace(one, accepted=()) for one in question.key_points),
        name=None,
    )
    facts = {
        "feedback": any(one.feedback for one in question.choices),
        "shares of choices": not same_shares(kept, question),
        "wordings with a share, and how they are spelled": kept.answers != question.answers,
        "accepted wordings": kept.key_points != question.key_points,
        "names": question.name,
        "pictures and sounds": loses_media,
    }
    for what in (what for what, value in facts.items() if value):
        lost[what] = lost.get(what, 0) + 1
    return kept


def lines(question: ReadQuestion, number: int, heading: str = "") -> list[str]:
    """The lines of a question. Below a heading that says the kind and the points of each, they don't say it again."""
    told = replace(question, points=None) if EACH in heading else question
    return list(_lines(told, f"{number}. {'' if heading else f'【{NAMES[question.kind]}】'}"))


def _lines(question: ReadQuestion, start: str) -> Iterator[str]:
    yield start + question.stem
    yield from (f"{one.id}. {one.text}" for one in question.choices)
    match question.kind:
        case Kind.TRUE_FALSE:
            yield f"答案：{'对' if question.correct else '错'}"
        case Kind.SHORT_ANSWER:
            yield from (f"参考答案：{one.text}" for one in question.answers)
            if question.key_points:
                yield "采分点："
            for place, one in enumerate(question.key_points, start=1):
                yield f"（{place}）{one.text}（{decimal(one.points)}分）"
        case _:
            yield f"答案：{''.join(one.id for one in question.choices if one.correct)}"
    if question.explanation:
        yield f"解析：{question.explanation}"
    if question.difficulty:
        yield f"难度：{_DIFFICULTY[question.difficulty]}"
    if question.topic:
        yield f"知识点：{question.topic}"
    if question.points is not None:
        yield f"分值：{decimal(question.points)}"
    if question.tags:
        yield f"标签：{'、'.join(question.tags)}"


def decimal(number: Fraction) -> str:
    """A number of points, with three decimals at most."""
    return f"{float(number):.3f}".rstrip("0").rstrip(".")
