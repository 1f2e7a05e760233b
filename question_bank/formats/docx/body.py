"""The text of a Word file in its order, made the lines of a paper: paragraphs, text boxes and tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.docx import tables
from question_bank.formats.docx.lines import Line
from question_bank.formats.docx.numbers import Lists
from question_bank.formats.docx.paragraphs import Reader, merged
from question_bank.formats.docx.parts import Parts, value
from question_bank.formats.docx.pictures import Pictures, chosen
from question_bank.formats.docx.styles import PLAIN, Looks, Styles
from question_bank.formats.docx.tables import Box
from question_bank.formats.reading import ReadProblem, excerpt
from question_bank.formats.trees import child, children, name_of

_HOLDERS = frozenset(["ins", "moveTo", "customXml", "smartTag", "sdtContent"])


@dataclass
class Body:
    """Reads the text of a file. `problems` gathers what has no place in a line."""

    parts: Parts
    pictures: Pictures
    problems: list[ReadProblem] = field(default_factory=list)
    _count: int = 0
    _carried: list[tuple[str, Looks]] = field(default_factory=list)
    """The beginning of a paragraph whose end has been deleted: it goes on in the next."""

    def __post_init__(self) -> None:
        self._styles = Styles(self.parts.named("styles"))
        self._lists = Lists.of(self.parts.named("numbering"), self._styles)
        self._reader = Reader(self._styles, self.pictures)

    def lines(self) -> Iterator[Line]:
        """The lines in the order of the text."""
        return self._blocks(self.parts.body)

    def _blocks(self, element: _Element) -> Iterator[Line]:
        for one in children(element):
            match name_of(one):
                case "p":
                    yield from self._paragraph(one)
                case "tbl":
                    yield from self._table(one)
                case "sdt":
                    for inner in children(one, "sdtContent"):
                        yield from self._blocks(inner)
                case "AlternateContent":
                    for inner in chosen(one):
                        yield from self._blocks(inner)
                case "altChunk":
                    self._lost("a document within the document", "")
                case name if name in _HOLDERS:
                    yield from self._blocks(one)

    def _lost(self, what: str, near: str) -> None:
        self.problems.append(ReadProblem(ReadCode.NOT_KEPT, self._place, excerpt(near), what))

    @property
    def _place(self) -> str:
        return f"paragraph {self._count}"

    def _paragraph(self, element: _Element) -> Iterator[Line]:
        self._count += 1
        properties = child(element, "pPr")
        style_id = value(child(properties, "pStyle"))
        style = self._styles.get(style_id)
        found = self._reader.read(element, style)
        pieces = [*self._carried, *merged(found.pieces)]
        self._carried = pieces if child(properties, "rPr", "del") is not None else []
        if self._carried:
            return
        number = self._lists.next(properties, style, style_id)
        if number and any(text.strip() for text, _looks in pieces):
            pieces.insert(0, (f"{number} ", PLAIN))
        near = "".join(text for text, _looks in pieces)
        for what in dict.fromkeys(found.lost):
            self._lost(what, near)
        yield from self._lines(pieces)
        for box in found.boxes:
            yield from self._blocks(box)

    def _lines(self, pieces: list[tuple[str, Looks]]) -> Iterator[Line]:
        """The lines of a paragraph; most have no looks at all."""
        text = "".join(text for text, _looks in pieces)
        plain = all(looks == PLAIN for _text, looks in pieces)
        looks = [] if plain else [its for text, its in pieces for _sign in text]
        start = 0
        for line in text.split("\n"):
            kept = line.strip()
            if kept:
                at = start + len(line) - len(line.lstrip())
                yield Line(kept, self._place, looks[at : at + len(kept)])
            start += len(line) + 1

    def _table(self, element: _Element) -> Iterator[Line]:
        rows = [
            [Box(list(self._blocks(cell)), *tables.reach(cell)) for cell in tables.cells(row)]
            for row in tables.rows(element)
        ]
        return tables.lines(rows, self._place)
