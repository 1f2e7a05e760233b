"""The room's questions as HTML. A question looks the same to all candidates but for its number, the order of its
choices and their tokens: its template renders it once, and a page only fills that in.

What is kept between requests is what a version asks, without its key: it never changes, and nothing in it is a
candidate's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache, partial
from itertools import groupby

from flask import request
from flask_babel import get_locale
from markupsafe import Markup
from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.attempts.rules import Layout, Place
from exam.memory import Memory
from exam.moulds import Mould, cast, hole
from exam.papers import queries as papers
from exam.pictures import with_media
from question_bank import bank
from question_bank.items import CreditRule, Item, Kind, MultipleChoice, SingleChoice
from question_bank.tokens import Facts

MOST_KEPT = 4000
"""Questions, some 3 KB each; one in two languages counts twice."""


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice as it leaves the server: its token and its words, nothing else."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as it leaves the server. No key, weight, explanation, topic, difficulty or id of the bank."""

    position: int
    kind: Kind
    points: Fraction
    html: Markup


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """What the room shows: what the exam is called, and its questions in the paper's order."""

    title: str
    questions: list[ShownQuestion]


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """Neighbouring questions of one kind and worth: a block of the answer sheet."""

    kind: Kind
    points: Fraction
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QuestionMould:
    """One version's question with holes for what differs, and the words of its choices by their ids in the bank."""

    mould: Mould
    texts: dict[str, Markup]

    def fill(self, position: int, place: Place) -> Markup:
        """The question as the candidate sees it who has it at this position."""
        words = {"position": str(position)}
        for n, (token, id) in enumerate(place.choices):
            words[f"token{n}"], words[f"text{n}"] = token, self.texts[id]
        return self.mould.fill(words)


Look = tuple[str, int, datetime, int, int, CreditRule, str, str]
"""What a question's look depends on: the database, its version (whose `changed_at` tells apart what numbers alone
don't, once a database was restored), its worth as a fraction, the rule for partial credit, the language, and where the
site's addresses begin."""

_moulds = Memory[Look, QuestionMould](MOST_KEPT)


def paper(session: Session, attempt: Attempt) -> ShownPaper:
    """What the room shows: a statement, and where a question is new to this process another, or two for pictures."""
    layout, language = Layout.from_data(attempt.layout), str(get_locale())
    of = bank.database_of(session)
    title, slots = papers.outline(session, attempt.paper_id)
    items = bank.items(session, [(slot.version_id, slot.changed_at) for slot in slots])
    media = cache(lambda: bank.media_facts(session, items.values()))
    shown = []
    for slot in slots:
        place, item = layout.places[slot.position], items[slot.version_id]
        worth = slot.points.numerator, slot.points.denominator  # quicker to look up than a Fraction
        look: Look = (of, slot.version_id, slot.changed_at, *worth, attempt.credit_rule, language, request.script_root)
        mould = _moulds.recall(look, partial(_mould, item, slot.points, attempt.credit_rule, media))
        assert mould
        shown.append(ShownQuestion(slot.position, place.kind, slot.points, mould.fill(slot.position, place)))
    return ShownPaper(title, shown)


def together(shown: Iterable[ShownQuestion]) -> Markup:
    """All questions, one under the other."""
    return Markup("\n").join(question.html for question in shown)


def sheet(shown: Iterable[ShownQuestion]) -> tuple[SheetGroup, ...]:
    """The blocks of the answer sheet, in the paper's order."""
    blocks = groupby(shown, key=lambda question: (question.kind, question.points))
    return tuple(
        SheetGroup(kind, points, tuple(question.position for question in block)) for (kind, points), block in blocks
    )


def forget() -> None:
    """Render everything anew: for tests, where moments stand still and numbers come back."""
    _moulds.clear()


def _mould(
    item: Item, points: Fraction, credit_rule: CreditRule, media: Callable[[], Mapping[str, Facts]]
) -> QuestionMould:
    """Let the template render a question as if its holes were words."""
    choices = item.choices if isinstance(item, SingleChoice | MultipleChoice) else ()
    mould = cast(
        "attempts/_question.html",
        position=hole("position"),
        kind=item.kind,
        stem=item.stem,
        points=points,
        credit_rule=credit_rule,
        media=media(),
        shown=[ShownChoice(hole(f"token{n}"), hole(f"text{n}")) for n in range(len(choices))],
    )
    return QuestionMould(mould, {one.id: with_media(one.text, media(), eager=True, in_label=True) for one in choices})
