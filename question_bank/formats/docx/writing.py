"""A paper in Word written: what `read` reads back, laid out to be printed and worked on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from question_bank.formats.docx.sheet import ANSWER, CHOICE, QUESTION, Sheet, can_show
from question_bank.formats.examples import EXAMPLES, INSTRUCTIONS, TITLE
from question_bank.formats.markup import PICTURE, in_texts, token
from question_bank.formats.paper.writing import EACH, NAMES, decimal, left_out, lines, reads_back, without
from question_bank.formats.reading import ReadProblem, ReadQuestion, Written, losses

MOST_SECTIONS = 10
"""More than these, and each question says its kind itself."""
_NUMERALS = "一二三四五六七八九十"
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Block:
    """A question that can be written, as a paper can have it, and whether it has to say its kind itself."""

    question: ReadQuestion
    says_kind: bool


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a paper in Word, and say what it has no place for.

    What would be read as something else, because a line of it looks like a number, a choice or a heading, is left out.
    """
    sheet = Sheet()
    problems = _write(sheet, questions)
    return Written(sheet.content(), tuple(problems))


def template() -> bytes:
    """A paper to fill in: what to write where, and an example of each kind."""
    sheet = Sheet()
    sheet.title(TITLE)
    for line in INSTRUCTIONS:
        sheet.remark(line)
    _write(sheet, EXAMPLES)
    return sheet.content()


def _write(sheet: Sheet, questions: Iterable[ReadQuestion]) -> list[ReadProblem]:
    lost: dict[str, int] = {}
    problems: list[ReadProblem] = []
    kept: list[_Block] = []
    questions = list(questions)
    mixed = len(list(groupby(questions, key=lambda one: one.kind))) > MOST_SECTIONS
    for question in questions:
        shown = tuple(medium for medium in question.media if can_show(medium))
        one = replace(without(question, lost, loses_media=shown != question.media), media=shown)
        if block := _block(one, mixed):
            kept.append(block)
        else:
            problems.append(left_out(question))
    number = 0
    for heading, section in [("", kept)] if mixed else _sections(kept):
        if heading:
            sheet.heading(heading)
        for block in section:
            number += 1
            _question(sheet, block, number, "" if block.says_kind else heading)
    return [*problems, *losses(lost)]


def _block(question: ReadQuestion, mixed: bool) -> _Block | None:
    """The question if it would be read back, below a heading or saying its kind itself; None if it can't be written."""
    bare, heading = _bare(question), "" if mixed else _heading(0, [question])
    if _NOT_XML.search("".join(lines(question, 1))):
        return None
    if heading and reads_back(bare, lines(bare, 1, heading), heading):
        return _Block(question, says_kind=False)
    return _Block(question, says_kind=True) if reads_back(bare, lines(bare, 1)) else None


def _sections(blocks: Sequence[_Block]) -> list[tuple[str, list[_Block]]]:
    """The questions of one kind that stand together, below a heading."""
    runs = [list(run) for _kind, run in groupby(blocks, key=lambda one: one.question.kind)]
    return [(_heading(place, [one.question for one in run]), run) for place, run in enumerate(runs)]


def _heading(place: int, run: Sequence[ReadQuestion]) -> str:
    """The heading of a section: its number, its kind, and the points where they are the same for all."""
    worth = {one.points for one in run}
    each = next(iter(worth))
    points = f"，{EACH} {decimal(each)} 分" if len(worth) == 1 and each else ""
    return f"{_NUMERALS[place]}、{NAMES[run[0].kind]}（共 {len(run)} 题{points}）"


def _question(sheet: Sheet, block: _Block, number: int, heading: str) -> None:
    """Write a question below a heading, or without one that speaks for it."""
    media = {one.name: one for one in block.question.media}
    choices = len(block.question.choices)
    for place, lines_of_part in enumerate(lines(block.question, number, heading)):
        style = QUESTION if place == 0 else CHOICE if place <= choices else ANSWER
        for line in lines_of_part.split("\n"):
            sheet.line(line, style, media)


def _bare(question: ReadQuestion) -> ReadQuestion:
    """The question as its pictures stand in the lines that are read: without their descriptions."""
    names = {one.name for one in question.media}

    def bare(text: str) -> str:
        return PICTURE.sub(lambda found: token("", "picture.png") if found["name"] in names else found[0], text)

    return replace(in_texts(question, bare), media=())
