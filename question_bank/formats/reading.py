"""What a file of questions says: those that could be read, and what is in the way of the others. Shared by all formats.

A question as read may lack what the bank asks for (a topic, a key): it is for a person to complete. Nothing is dropped
without a problem that says what and where.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from question_bank.formats.codes import SENTENCES, WARNINGS, ReadCode, Severity
from question_bank.responses import Kind

EVERYTHING, NOTHING = Fraction(1), Fraction(0)
MOST_QUESTIONS = 100_000
"""In one file."""
EXCERPT = 80
"""How much of the source is shown with a problem, in characters."""


@dataclass(frozen=True, slots=True)
class ReadChoice:
    """A choice. `fraction` is its share of the question, below 0 where a wrong tick takes something away."""

    id: str
    text: str
    correct: bool
    fraction: Fraction
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A wording that a short answer may have, `*` standing for anything, and its share of the question."""

    text: str
    fraction: Fraction = EVERYTHING
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ReadKeyPoint:
    """Something a short answer should say."""

    text: str
    points: Fraction
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or sound that came with the file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """One question as a file has it. `place` is where, such as "line 12"; None and empty are what it doesn't say."""

    kind: Kind
    stem: str
    place: str
    choices: tuple[ReadChoice, ...] = ()
    correct: bool | None = None
    """Of a statement that is true or false."""
    key_points: tuple[ReadKeyPoint, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()
    points: Fraction | None = None
    topic: str | None = None
    difficulty: int | None = None
    explanation: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    name: str | None = None
    family: str = ""
    """Questions of one family never stand in a paper together."""
    seconds: int | None = None
    """How long it takes."""
    html: bool = False
    """Whether its texts, but not the wordings of its answers, are HTML yet, as GIFT has them."""


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Something in a file that a person should know of: what, where, and how the source begins there."""

    code: ReadCode
    place: str = "file"
    excerpt: str = ""
    detail: str = ""
    instead: "ReadQuestion | None" = None
    """What could be made of it if a trainer says so: a short answer of an essay."""

    @property
    def severity(self) -> Severity:
        """How much it is in the way."""
        if self.code in (ReadCode.UNSUPPORTED_KIND, ReadCode.LEFT_OUT):
            return Severity.UNSUPPORTED
        return Severity.WARNING if self.code in WARNINGS else Severity.ERROR

    @property
    def message(self) -> str:
        """It in English, with the remedy."""
        return SENTENCES[self.code].format(detail=self.detail)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. One that is refused as a whole has a problem and no question."""

    questions: tuple[ReadQuestion, ...] = ()
    problems: tuple[ReadProblem, ...] = ()
    refused: bool = False
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What stands in the file at each place, for showing beside what was understood."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and what its format has no place for."""

    content: bytes
    problems: tuple[ReadProblem, ...] = ()


def losses(counted: Mapping[str, int]) -> Iterator[ReadProblem]:
    """What a format has no place for, one warning for each sort of thing, with how many questions had it."""
    for what, count in sorted(counted.items()):
        yield ReadProblem(ReadCode.NOT_KEPT, detail=f"{what} (of {count})")


class Unreadable(Exception):
    """One question, or a whole file, can't be read. For the readers of this package."""

    def __init__(self, code: ReadCode, detail: str = "", instead: ReadQuestion | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.instead = instead


Noted = list[tuple[ReadCode, str]]
"""What has to be said of a question that could be read: each with its detail."""


def gathered(
    attempts: Iterable[tuple[str, str, Callable[[], tuple[ReadQuestion, Noted]]]],
    problems: Iterable[ReadProblem] = (),
) -> Reading:
    """The reading of a file from its pieces: for each its place, its source, and what makes a question of it.

    A piece that is Unreadable is a problem, and takes no other with it. Without any piece, and with far too many, the
    file is refused.
    """
    questions: list[ReadQuestion] = []
    found = list(problems)
    sources: dict[str, str] = {}
    for number, (place, source, make) in enumerate(attempts):
        if number == MOST_QUESTIONS:
            return refusal(ReadCode.TOO_MANY_QUESTIONS, f"{MOST_QUESTIONS:,}")
        sources[place] = source
        try:
            question, noted = make()
        except Unreadable as error:
            found.append(ReadProblem(error.code, place, excerpt(source), error.detail, error.instead))
            continue
        questions.append(question)
        found += [ReadProblem(code, place, excerpt(question.stem), detail) for code, detail in noted]
    if not questions and not found:
        return refusal(ReadCode.EMPTY)
    return Reading(tuple(questions), tuple(found), sources=sources)


def refusal(code: ReadCode, detail: str = "") -> Reading:
    """The reading of a file of which nothing can be made."""
    return Reading(problems=(ReadProblem(code, detail=detail),), refused=True)


def same_shares(one: ReadQuestion, other: ReadQuestion) -> bool:
    """Whether the choices of two questions are worth the same; tools keep five decimals of a third."""
    pairs = zip(one.choices, other.choices, strict=True)
    return all(abs(mine.fraction - theirs.fraction) < Fraction(1, 10_000) for mine, theirs in pairs)


def excerpt(source: str) -> str:
    """The beginning of a place in the source, in one line."""
    line = " ".join(source.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def choice_id(number: int) -> str:
    """The letter of the choice at this place, from 0: A, B … Z. Refuses more."""
    if number >= 26:
        raise Unreadable(ReadCode.TOO_MANY_CHOICES)
    return chr(ord("A") + number)


def question_data(question: ReadQuestion, number: Callable[[Fraction], Any] = float) -> dict[str, Any]:
    """The JSON form of `flask questions read --json`; shares and points are plain numbers, for other programs."""
    return {
        "kind": question.kind.value,
        "stem": question.stem,
        "choices": [
            {"id": one.id, "text": one.text, "correct": one.correct, "fraction": number(one.fraction),
             "feedback": one.feedback}
            for one in question.choices
        ],
        "correct": question.correct,
        "key_points": [
            {"text": one.text, "points": number(one.points), "accepted": list(one.accepted)}
            for one in question.key_points
        ],
        "answers": [
            {"text": one.text, "fraction": number(one.fraction), "case_sensitive": one.case_sensitive}
            for one in question.answers
        ],
        "points": None if question.points is None else number(question.points),
        "topic": question.topic,
        "difficulty": question.difficulty,
        "explanation": question.explanation,
        "tags": list(question.tags),
        "media": [{"name": one.name, "bytes": len(one.content)} for one in question.media],
        "place": question.place,
        "name": question.name,
        **({"family": question.family} if question.family else {}),
        **({"expected_seconds": question.seconds} if question.seconds is not None else {}),
    }  # fmt: skip


def problem_data(problem: ReadProblem) -> dict[str, str]:
    """The JSON form of a problem."""
    return {
        "severity": problem.severity.value,
        "place": problem.place,
        "message": problem.message,
        "excerpt": problem.excerpt,
    }
