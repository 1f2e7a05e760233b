"""What the rules say, in words: what changed, what could be better, what an exam is short of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from flask_babel import gettext, ngettext

from exam import words
from exam.authoring.actions import Done, left_words
from exam.authoring.forms.questions import plain
from exam.authoring.rules import part_ids
from exam.papers.rules import FULL_POINTS, BlueprintLine, Flaw, flaw, possible
from question_bank.differences import Difference
from question_bank.hints import Hint, HintCode, Uneven
from question_bank.items import Item
from question_bank.rewording import Piece, pieces

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext


TEXTS = frozenset({"stem", "choice", "key_point", "reference", "explanation"})
"""The fields of a version that are compared word by word."""


@dataclass(frozen=True)
class Change:
    """One line of a comparison: what it is about, and its words before and after; None where it wasn't there.

    `pieces`: where words of a text changed, which.
    """

    label: str
    before: str | None
    after: str | None
    pieces: Sequence[Piece] = ()


def hint_sentences(hints: Iterable[Hint]) -> list[str]:
    """Each hint as a sentence."""
    return [_hint(hint) for hint in hints]


def _hint(hint: Hint) -> str:
    match hint.code:
        case HintCode.KEY_STANDS_OUT:
            return _(
                "The right choice %(letter)s is much longer than the others and easy to guess.", letter=hint.letter
            )
        case HintCode.NO_QUESTION:
            return _("The text doesn't ask anything yet: end it with a question mark or a gap such as （　）.")
        case HintCode.DOUBLE_NEGATION:
            return _(
                "“%(text)s” makes it a double negation, which is easily misread. Say it positively.", text=hint.text
            )
        case HintCode.ALL_OR_NONE:
            return _(
                "Choice %(letter)s, “%(text)s”, is guessed by whoever knows two of the others. Better a choice of its "
                "own.",
                letter=hint.letter,
                text=hint.text,
            )
        case HintCode.ALIKE:
            return _(
                "Choices %(letter)s and %(other)s say nearly the same; neither can be the only right one.",
                letter=hint.letter,
                other=hint.other,
            )
        case HintCode.NO_EXPLANATION:
            return _("An explanation is missing; it is needed before others look through it.")
        case HintCode.NO_TOPIC:
            return _("Choose a topic: results by topic and papers hang on it.")
        case HintCode.FEW_CHOICES:
            return _("A fourth plausible choice makes guessing harder.")
        case HintCode.NO_SOURCE:
            return _("Name the course page that teaches this, so that those who got it wrong can read it again.")
        case HintCode.NO_REFERENCE:
            return _("A model answer helps markers to judge alike.")
        case HintCode.NO_PHRASES:
            return _("“%(text)s” has no accepted phrasings, so markers get no pointers to it.", text=hint.text)


def changed_fields(
    differences: Iterable[Difference], old: Item, new: Item, pages: Mapping[str, Mapping[str, str]]
) -> list[Change]:
    """Each difference of two versions with its label; choices and key points go by their place in the newer one."""
    titles = {slug: title for chapter in pages.values() for slug, title in chapter.items()}
    places = {part: number for item in (old, new) for number, part in enumerate(part_ids(item))}
    changes = []
    for one in differences:
        show = _shower(one.field, places, titles)
        before = None if one.before is None else show(one.before)
        after = None if one.after is None else show(one.after)
        words_changed: Sequence[Piece] = ()
        if one.field in TEXTS and before is not None and after is not None:
            words_changed = pieces(before, after)
        changes.append(Change(_label(one, places), before, after, words_changed))
    return changes


def _label(one: Difference, places: Mapping[str, int]) -> str:
    number = places.get(one.part or "", 0)
    letter = ascii_uppercase[number % 26]
    match one.field:
        case "stem":
            return _("Question text")
        case "choice":
            return _("Choice %(letter)s", letter=letter)
        case "correct":
            return _("Choice %(letter)s counts as", letter=letter) if one.part else _("The statement is")
        case "key_point":
            return _("Key point %(number)s", number=number + 1)
        case "points":
            return _("Points of key point %(number)s", number=number + 1)
        case "accepted":
            return _("Accepted phrasings of key point %(number)s", number=number + 1)
        case "reference":
            return _("Model answer")
        case "explanation":
            return _("Explanation")
        case "difficulty":
            return _("Difficulty")
        case "source":
            return _("Course page")
    return _("Order")


def _shower(field: str, places: Mapping[str, int], titles: Mapping[str, str]) -> Any:
    match field:
        case "correct":
            return lambda value: _("right") if value else _("wrong")
        case "points":
            return lambda value: plain(Fraction(value))
        case "accepted":
            return lambda value: _(", ").join(value)
        case "order":
            return lambda value: " ".join(ascii_uppercase[places.get(part, 0) % 26] for part in value)
        case "difficulty":
            return lambda value: words.label(value, "difficulty")
        case "source":
            return lambda value: titles.get(value, value)
    return str


def row_name(row: BlueprintLine, topics: Mapping[int, str]) -> str:
    """A row of a blueprint as trainers say it: kind, topic, difficulty."""
    parts = [words.label(row.kind, "kind"), topics.get(row.topic, "?")]
    if row.difficulty:
        parts.append(words.label(row.difficulty, "difficulty"))
    return _(" · ").join(parts)


def flaw_sentence(rows: Sequence[BlueprintLine]) -> str | None:
    """What is wrong with a blueprint whatever the bank holds; None when it adds up."""
    match flaw(rows):
        case Flaw.NO_ROWS:
            return _("The blueprint is empty. Add its rows first.")
        case Flaw.NOT_FULL:
            total = possible(rows)
            gap = abs(FULL_POINTS - total)
            if total < FULL_POINTS:
                return _(
                    "The paper is worth %(total)s points; %(gap)s are missing.", total=plain(total), gap=plain(gap)
                )
            return _("The paper is worth %(total)s points; %(gap)s too many.", total=plain(total), gap=plain(gap))
    return None


def papers_sentence(papers: int) -> str:
    """How many papers without a common question the bank gives one person."""
    if not papers:
        return _("The bank can't fill a paper yet.")
    return _n(
        "Enough for %(num)d paper; a retake would repeat questions.",
        "Enough for %(num)d papers without a common question.",
        papers,
    )


def uneven_sentence(uneven: Uneven | None) -> str | None:
    """That the keys of the bank's single choices stand too often in one place."""
    if uneven is None:
        return None
    return _(
        "In %(number)s of %(total)s single choices %(letter)s is right. In the exam room the choices are shuffled; "
        "in exported papers they stand as written.",
        number=uneven.number,
        total=uneven.total,
        letter=uneven.letter,
    )


def bulk_sentences(done: Done) -> Iterator[tuple[str, str]]:
    """What became of a change of many questions, each sentence with its tone."""
    if done.number:
        yield _n("%(num)d question is changed.", "%(num)d questions are changed.", done.number), "good"
    for code, number in done.left.most_common():
        count = _n("%(num)d question stays as it was.", "%(num)d questions stay as they were.", number)
        yield _("%(count)s %(reason)s", count=count, reason=left_words(code)), "wait"


def undone_sentence(back: int, left: int) -> str:
    """What became of taking one back."""
    said = _n("%(num)d question is again what it was.", "%(num)d questions are again what they were.", back)
    if not left:
        return said
    kept = _n(
        "%(num)d question has been changed or used since and stays.",
        "%(num)d questions have been changed or used since and stay.",
        left,
    )
    return _("%(count)s %(reason)s", count=said, reason=kept)
