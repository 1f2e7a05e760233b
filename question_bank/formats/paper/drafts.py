"""What is held of a paper while its lines are read."""

from dataclasses import dataclass, field
from fractions import Fraction

from question_bank.formats.answers import truth
from question_bank.formats.reading import ReadProblem
from question_bank.responses import Kind

AGAIN = "\f"
"""Stands between two wordings of an answer, each of which began with 答案."""


@dataclass
class Draft:
    """One question while its lines are read."""

    number: int
    style: str
    place: str
    """Where it begins, such as "line 12"."""
    kind: Kind | str | None
    points: Fraction | None
    stem: list[str] = field(default_factory=list)
    choices: list[tuple[str, list[str]]] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)
    looks: dict[str, set[int]] = field(default_factory=dict)
    """Which choices stand out, by how they do: their places, from 0."""
    chapter: str = ""
    indent: int = 0
    """Spaces before its number."""
    at: int = 0
    """Its place among all, from 0."""
    lines: list[str] = field(default_factory=list)
    """The lines themselves, as they stand."""

    @property
    def source(self) -> str:
        """What stands in the paper."""
        return "\n".join(self.lines) or " ".join(self.stem)

    @property
    def awaits_text(self) -> bool:
        """Whether what follows may be the numbered points of an answer in words."""
        if self.choices or not any(self.current is self.fields.get(name) for name in ("answer", "marking")):
            return False
        return self.kind is Kind.SHORT_ANSWER or (self.kind is None and truth(" ".join(self.current)) is None)

    @property
    def in_explanation(self) -> bool:
        """Whether what follows may be the numbered points of an explanation."""
        return self.current is self.fields.get("explanation")

    def begin(self, name: str) -> None:
        """Begin a field: lines that follow are its own."""
        self.current = self.fields.setdefault(name, [])
        if name == "answer" and self.current:
            self.current.append(AGAIN)

    def may_be_followed_by(self, style: str, number: int, last_point: int) -> bool:
        """Whether another question may begin with this number in this style.

        `last_point` is the last number in the text that is being read, such as that of an explanation; 0 without.
        """
        if self.awaits_text or (self.in_explanation and (style != self.style or number == last_point + 1)):
            return style == self.style and number == self.number + 1
        return style == self.style or (bool(self.choices or self.fields) and number == self.number + 1)


@dataclass(frozen=True)
class Section:
    """A part of a paper, with its own number as it is written, such as 三."""

    kind: Kind | str | None = None
    ordinal: str = ""


@dataclass
class Paper:
    """What has been read so far."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)
    kind: Kind | str | None = None
    points: Fraction | None = None
    chapter: str = ""
    indent: int = 0
    """Spaces before the line that is being read, where that is known."""
    sections: list[Section] = field(default_factory=lambda: [Section()])
    """Keys at the end name numbers that begin anew in each. The first stands for none."""
    is_below: bool = False
    """Whether the keys at the end have begun."""
    section: int = 0
    """The section, by its place in `sections`, that those keys are in; 0 before they name one."""
    below_style: str = ""
    """How questions are numbered in those keys."""
    answered: Draft | None = None
    """The question that a line of those keys named last."""
    after_keys: bool = False
    """Whether the last line had nothing but keys."""
    fresh: bool = True
    """Whether the next number may be of any style, as at the beginning and after a heading."""
    _found: dict[tuple[int, int], list[Draft]] = field(default_factory=dict)
    """Questions by section and number; 0 stands for any."""
    _answered: dict[tuple[int, int], int] = field(default_factory=dict)
    """How many of those from the first on have a key."""

    def add(self, draft: Draft) -> None:
        """Begin another question."""
        draft.at = len(self.drafts)
        self.drafts.append(draft)
        section = len(self.sections) - 1
        for key in {(0, 0), (section, 0), (0, draft.number), (section, draft.number)}:
            self._found.setdefault(key, []).append(draft)

    def without_key(self, section: int = 0, number: int = 0) -> Draft | None:
        """The first question of this section and number, 0 for any, below which no key stands."""
        found = self._found.get((section, number), [])
        at = self._answered.get((section, number), 0)
        while at < len(found) and "answer" in found[at].fields:
            at += 1
        self._answered[section, number] = at
        return found[at] if at < len(found) else None

    def numbered(self, number: int) -> list[Draft]:
        """The questions of this number in their order: of the section that the keys are in, else of all."""
        return self._found.get((self.section, number)) or self._found.get((0, number), [])

    def keep_line(self, line: str) -> None:
        """Note a line that was taken with the question it belongs to, unless it was a heading."""
        if self.drafts and not self.fresh and not self.is_below:
            self.drafts[-1].lines.append(line)
