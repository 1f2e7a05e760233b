"""A Word file read: its lines go to the reader of papers, and each question gets its pictures."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from question_bank.formats.codes import ReadCode
from question_bank.formats.docx.body import Body
from question_bank.formats.docx.lines import Line, Sort
from question_bank.formats.docx.parts import Parts
from question_bank.formats.docx.pictures import Pictures
from question_bank.formats.markup import in_texts
from question_bank.formats.paper.drafts import Paper
from question_bank.formats.paper.keys import give, keys_in
from question_bank.formats.paper.lines import take
from question_bank.formats.paper.questions import finish
from question_bank.formats.paper.writing import NAMES
from question_bank.formats.reading import (
    Medium,
    Noted,
    Reading,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    excerpt,
    gathered,
    losses,
)
from question_bank.formats.source import Source
from question_bank.formats.tables import records
from question_bank.formats.tables.grids import Grid
from question_bank.formats.tables.questions import finish as finish_record
from question_bank.responses import Kind


def fits(source: Source) -> bool:
    """Whether it is a package with a text in it, as Word makes them."""
    try:
        Parts(source.package)
    except Unreadable as error:
        if error.code is ReadCode.NOT_A_PACKAGE:
            return False
        raise
    return True


Attempt = tuple[str, str, Callable[[], tuple[ReadQuestion, Noted]]]


def read(source: Source) -> Reading:
    """Read a paper in Word. A question that can't be read is among the problems, and takes no other with it."""
    parts = Parts(source.package)
    pictures = Pictures(parts)
    body = Body(parts, pictures)
    paper = Paper()
    tables: list[tuple[int, list[Attempt]]] = []
    """Those of tables, each with how many questions of the paper stand before them."""
    stressed = _take_all(paper, body.lines(), tables)
    attempts: list[Attempt] = [(one.place, one.source, partial(finish, one)) for one in paper.drafts]
    for before, within in reversed(tables):
        attempts[before:before] = within
    emphasis = losses({"emphasis of single words": stressed} if stressed else {})
    return gathered(
        ((place, said, partial(_with_pictures, make, pictures)) for place, said, make in attempts),
        [*paper.problems, *body.problems, *emphasis],
    )


def _take_all(paper: Paper, lines: Iterable[Line], tables: list[tuple[int, list[Attempt]]]) -> int:
    """Take the lines. Keys in a table below the heading of a section wait for its questions.

    Gives in how many lines of questions some words stand out from the others.
    """
    waiting: list[tuple[int, Line]] = []
    stressed = 0
    for line in lines:
        match line.sort:
            case Sort.MORE:
                _take_more(paper, line)
            case Sort.KEYS:
                waiting.append((paper.section if paper.is_below else len(paper.sections) - 1, line))
            case Sort.TABLE if line.grid:
                tables.append((len(paper.drafts), _of_table(paper, line.grid, line.place)))
            case Sort.NOTHING:
                _pass_over(paper, line)
            case _:
                _take(paper, line)
                stressed += _is_stressed(paper, line)
    for section, line in waiting:
        paper.section = section
        give(paper, line.place, keys_in(line.text, even_one=True))
    return stressed


def _of_table(paper: Paper, grid: Grid, place: str) -> list[Attempt]:
    """The questions of a table, each with its row. A heading above may say of what kind they are."""
    kind = NAMES.get(Kind(paper.kind), "") if paper.kind in list(Kind) else paper.kind or ""
    problems: list[ReadProblem] = []
    found = list(records.of_grid(replace(grid, name=kind), several=False, problems=problems) or ())
    paper.problems += [replace(one, place=f"{place}, {one.place}") for one in problems]
    for one in found:
        one.place = f"{place}, {one.place}"
    return [(one.place, one.source, partial(finish_record, one)) for one in found]


def _pass_over(paper: Paper, line: Line) -> None:
    paper.problems.append(ReadProblem(ReadCode.NOT_A_QUESTION, line.place, excerpt(line.text)))


def _take_more(paper: Paper, line: Line) -> None:
    """Take a line that can't be the beginning of anything, as the row of a table."""
    if paper.drafts:
        paper.drafts[-1].current.append(line.text)
        paper.keep_line(line.text)
    else:
        _pass_over(paper, line)


def _take(paper: Paper, line: Line) -> None:
    """Take a line, and see which of the choices in it stand out."""
    draft = paper.drafts[-1] if paper.drafts else None
    before = len(draft.choices) if draft else 0
    take(paper, line.place, line.text)
    paper.keep_line(line.text)
    if not line.looks or not paper.drafts:
        return
    after = paper.drafts[-1]
    cursor = 0
    for place in range(before if after is draft else 0, len(after.choices)):
        text = after.choices[place][1][0]
        start = line.text.find(text, cursor)
        if start < 0:
            continue  # a tick before its letter says enough
        for look in _common(line, start, start + len(text)) | _common(line, cursor, start):
            after.looks.setdefault(look, set()).add(place)
        cursor = start + len(text)


def _is_stressed(paper: Paper, line: Line) -> bool:
    """Whether the line belongs to a question's words, and some of them stand out."""
    if not line.looks or not paper.drafts or paper.drafts[-1].current is not paper.drafts[-1].stem:
        return False
    text = (paper.drafts[-1].stem or [""])[-1]
    start = line.text.find(text)
    if start < 0:
        return False  # the line is a heading
    looks = {line.looks[at] for at in range(start, start + len(text)) if not line.text[at].isspace()}
    return len({one - {"raised", "lowered"} for one in looks}) > 1


def _common(line: Line, start: int, end: int) -> frozenset[str]:
    """How all of this part of a line looks, or nothing where it is empty."""
    looks = [line.looks[at] for at in range(start, end) if not line.text[at].isspace()]
    return frozenset.intersection(*looks) - {"raised", "lowered"} if looks else frozenset()


def _with_pictures(make: Callable[[], tuple[ReadQuestion, Noted]], pictures: Pictures) -> tuple[ReadQuestion, Noted]:
    """A question with the pictures that stand in it."""
    question, noted = make()
    found: dict[Medium, None] = {}

    def described(text: str) -> str:
        found.update(dict.fromkeys(pictures.within(text)))
        return pictures.described(text)

    return replace(in_texts(question, described), media=tuple(found)), noted
