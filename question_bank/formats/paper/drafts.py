"""What is held of a paper while its lines are read."""

from dataclasses import dataclass, field
from fractions import Fraction

from question_bank.formats.answers import truth
from question_bank.formats.reading import ReadProblem
from question_bank.responses import Kind


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

    @property
    def awaits_text(self) -> bool:
        """Whether what follows may be the numbered points of an answer in words."""
        if self.choices or self.current is not self.fields.get("answer"):
            return False
        return self.kind is Kind.SHORT_ANSWER or (self.kind is None and truth(" ".join(self.current)) is None)

    def may_be_followed_by(self, style: str, number: int) -> bool:
        """Whether another question may begin with this number in this style."""
        if self.awaits_text:
            return style == self.style and number == self.number + 1
        return style == self.style or (bool(self.choices or self.fields) and number == self.number + 1)


@dataclass
class Paper:
    """What has been read so far."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)
    kind: Kind | str | None = None
    points: Fraction | None = None
    starts: list[int] = field(default_factory=lambda: [0])
    """Where each section begins among the drafts: keys at the end name numbers that begin anew in each."""
    keys_only: bool = False
    """Whether the keys at the end have begun."""
    section: int = 0
    """The section, by its place in `starts`, that those keys are in; 0 before they name one."""
    fresh: bool = True
    """Whether the next number may be of any style, as at the beginning and after a heading."""
