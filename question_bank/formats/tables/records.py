"""The rows of a table gathered into one record a question, whatever way it spreads over them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from question_bank.formats import answers, options
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadProblem, excerpt
from question_bank.formats.tables import headings
from question_bank.formats.tables.grids import Grid
from question_bank.formats.tables.headings import Columns
from question_bank.responses import Kind

_EXAMPLE = re.compile(
    r"[\[【（(<《]?\s*(?:示例|样例|范例|举例|例如|例题|例[:：]|模板示例|填写示例|example\b|sample\b|e\.g\.)",
    re.IGNORECASE,
)
_RULE = re.compile(r":?-{2,}:?")
"""What stands below the headings of a table in Markdown."""
_HINT = re.compile(r"[（(]?(?:必填|选填|可选|非必填|可不填|required|optional|必须填写|必填项|选填项)")
_FILLED_DOWN = ("kind", "topic", "chapter", "points", "difficulty", "tags")
"""What may be merged over several questions."""


@dataclass
class Record:
    """One question as its cells have it. `fields` holds what isn't a choice, by the names of `headings`."""

    place: str
    fields: dict[str, str]
    choices: list[tuple[str, bool | None]] = field(default_factory=list)
    """Each with whether a column of its own says that it is right."""
    feedback: dict[int, str] = field(default_factory=dict)
    legend: dict[str, str] = field(default_factory=dict)
    section: Kind | str | None = None
    """The kind that the sheet or a line above says."""
    unknown: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """Its rows as they stand, cell by cell."""

    @property
    def source(self) -> str:
        """What stands in the table."""
        return "\n".join(self.lines)

    def said(self, name: str) -> str:
        """What the record has under this name; empty if nothing."""
        return self.fields.get(name, "")


def of_grid(grid: Grid, several: bool, problems: list[ReadProblem]) -> Iterator[Record] | None:
    """The records of a sheet; None if no row of it has headings. `several` says that places need the sheet's name."""
    found = headings.find(grid)
    return _records(grid, *found, several, problems) if found else None


def _records(grid: Grid, first: int, columns: Columns, several: bool, problems: list[ReadProblem]) -> Iterator[Record]:
    rows = _filled(grid, columns)
    repeated = [cell for cell in grid.rows[first - 1] if cell]
    section = answers.kind_named(grid.name) if grid.name else None
    record: Record | None = None
    begun = False
    for number in range(first, len(rows)):
        cells = rows[number]
        filled = [cell for cell in cells if cell]
        if not filled or filled == repeated or all(map(_RULE.fullmatch, filled)):
            continue
        place = place_of(grid, number, several)
        if len(filled) == 1 and _is_section(filled[0], cells, columns):
            section = answers.kind_named(filled[0])
        elif not begun and _is_example(cells, columns):
            problems.append(ReadProblem(ReadCode.EXAMPLE_ROW, place, excerpt(" ".join(filled))))
        elif record and _goes_on(record, cells, columns):
            _add_choice(record, cells, columns)
        else:
            if record:
                yield record
            record, begun = _record(place, cells, columns, section), True
        if record and begun:
            record.lines.append(" | ".join(filled))
    if record:
        yield record


def place_of(grid: Grid, number: int, several: bool) -> str:
    """What a row, counted from 0, is called in places."""
    row = number + 1 - grid.added
    return f"sheet {grid.name} row {row}" if several else f"row {row}"


def _filled(grid: Grid, columns: Columns) -> Sequence[Sequence[str]]:
    """The rows, with what is merged over several questions in each of them."""
    rows = [list(row) for row in grid.rows]
    down = {columns.fields[name] for name in _FILLED_DOWN if name in columns.fields}
    for (top, left), (bottom, _right) in grid.merged:
        if left not in down or top >= len(rows):
            continue
        value = grid.cell(top, left)
        for row in rows[top + 1 : bottom + 1]:
            row.extend([""] * (left + 1 - len(row)))
            row[left] = row[left] or value
    return rows


def _is_section(cell: str, cells: Sequence[str], columns: Columns) -> bool:
    """Whether a line that has one cell only is a heading such as 二、多选题（每题2分）."""
    in_stem = _at(cells, columns.fields["stem"]) == cell
    plain = re.sub(r"[（(].*?[)）]", "", cell)
    return answers.kind_named(plain) is not None and (len(plain) < 20 if not in_stem else len(plain) < 10)


def _is_example(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row right below the headings shows how to fill it in, or says what has to be filled in."""
    said = [_at(cells, columns.fields[name]) for name in ("stem", "number", "kind", "name") if name in columns.fields]
    first = next((cell for cell in cells if cell), "")
    if any(_EXAMPLE.match(cell) for cell in (*said, first)):
        return True
    if "kind" in columns.fields:  # Question Type, below Question Type
        headed = headings.plain_heading(_at(cells, columns.fields["kind"]))
        if headings.means_kind(headed):
            return True
    filled = [cell for cell in cells if cell]
    return sum(bool(_HINT.search(cell)) for cell in filled) * 2 >= len(filled)


def _goes_on(record: Record, cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row is one more choice of the question above: it says nothing new but the choice."""
    column = columns.fields.get("choices")
    if column is None or not _at(cells, column):
        return False
    stem = _at(cells, columns.fields["stem"])
    if not stem:
        return True
    number = _at(cells, columns.fields["number"]) if "number" in columns.fields else ""
    one_choice = len(options.split(_at(cells, column))) == 1
    return stem == record.said("stem") and number == record.said("number") and one_choice


def _record(place: str, cells: Sequence[str], columns: Columns, section: Kind | str | None) -> Record:
    fields = {name: text for name, column in columns.fields.items() if (text := _at(cells, column))}
    unknown = {heading: text for column, heading in columns.unknown.items() if (text := _at(cells, column))}
    record = Record(place, fields, legend=dict(columns.legend), section=section, unknown=unknown)
    if columns.choices:
        texts = {place: _at(cells, column) for place, column in sorted(columns.choices.items())}
        last = max((place for place, text in texts.items() if text), default=-1)
        marks = {place: _flag(_at(cells, column)) for place, column in columns.right.items()}
        record.choices = [(texts.get(place, ""), marks.get(place)) for place in range(last + 1)]
        record.feedback = {place: text for place, column in columns.feedback.items() if (text := _at(cells, column))}
    elif text := fields.pop("choices", ""):
        texts_in_one = options.split(text)
        mark = _mark(cells, columns)
        record.choices = [(one, mark if len(texts_in_one) == 1 else None) for one in texts_in_one]
        if len(texts_in_one) == 1 and _is_tick(fields.get("answer", "")):
            del fields["answer"]
    elif wrong := [text for column in columns.wrong if (text := _at(cells, column))]:
        record.choices = [(fields.pop("answer", ""), True), *((text, False) for text in wrong)]
    return record


def _add_choice(record: Record, cells: Sequence[str], columns: Columns) -> None:
    record.choices.append((_at(cells, columns.fields["choices"]), _mark(cells, columns)))
    # The answer may stand in any of the rows.
    for name in ("answer", "explanation"):
        column = columns.fields.get(name)
        if column is not None and not record.said(name) and (text := _at(cells, column)) and not _is_tick(text):
            record.fields[name] = text


def _mark(cells: Sequence[str], columns: Columns) -> bool | None:
    """Whether a row that has one choice ticks it, in a column for that or in the one for the answer."""
    if "correct" in columns.fields:
        return _flag(_at(cells, columns.fields["correct"]))
    said = _at(cells, columns.fields["answer"]) if "answer" in columns.fields else ""
    return _flag(said) if _is_tick(said) else None


def _is_tick(cell: str) -> bool:
    return cell in ("√", "✓", "✔", "×", "✗", "✘")


def _flag(cell: str) -> bool | None:
    """Whether a cell ticks the choice beside it; None if it is empty."""
    if not cell:
        return None
    word = normalize("NFKC", cell).strip().upper()
    return word == "1" or (word != "0" and answers.truth(word) is True)


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""
