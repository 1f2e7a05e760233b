"""From what a file says to what the bank holds, and back: the bank's four kinds have no shares, names or patterns."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import in_texts
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Medium,
    Noted,
    ReadAnswer,
    ReadChoice,
    ReadKeyPoint,
    ReadQuestion,
    choice_id,
)
from question_bank.items import Item, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse
from question_bank.problems import LONGEST_KEY_POINT, LONGEST_PHRASE
from question_bank.responses import Kind
from question_bank.tokens import PICTURE, token

HALF = Fraction(1, 2)
USUAL_POINTS = Fraction(5)
"""What a short answer is worth whose file doesn't say."""
QUOTED = 40
"""Characters of a choice that stand before its feedback."""


@dataclass(frozen=True)
class Draft:
    """A question as the bank would hold it: `data` as `items.to_data` writes it, with None where a truth is unknown.

    `noted` is what it loses by that, `aside` what no question of the bank has and a file mostly gives (points, names).
    """

    data: dict[str, Any]
    noted: Noted
    aside: frozenset[str] = frozenset()


def as_draft(question: ReadQuestion) -> Draft:
    """What the bank would hold of a question."""
    noted: Noted = []
    data: dict[str, Any] = {
        "kind": question.kind.value,
        "stem": question.stem,
        "explanation": _explanation(question),
    }
    match question.kind:
        case Kind.TRUE_FALSE:
            data["correct"] = question.correct
        case Kind.SHORT_ANSWER:
            data |= _short(question, noted)
        case _:
            data["choices"] = [
                {"id": one.id.lower(), "text": one.text, "correct": one.correct} for one in question.choices
            ]
            if _has_shares(question):
                noted.append((ReadCode.NOT_KEPT, "shares of choices: the exam's own rule gives points"))
    facts = {"points": question.points is not None and question.kind is not Kind.SHORT_ANSWER, "names": question.name}
    return Draft(data, noted, frozenset(what for what, given in facts.items() if given))


def _explanation(question: ReadQuestion) -> str:
    """The explanation, with the feedback of choices below: letters mean nothing where choices are shuffled."""
    lines = [question.explanation] if question.explanation else []
    lines += [f"“{_short_form(one.text)}”：{one.feedback}" for one in question.choices if one.feedback]
    return "\n".join(lines)


def _short_form(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"


def _has_shares(question: ReadQuestion) -> bool:
    right = sum(one.correct for one in question.choices)
    each = EVERYTHING if question.kind is Kind.SINGLE_CHOICE else Fraction(1, right or 1)
    # Tools keep five decimals: three thirds are 33.33333 each.
    return any(abs(one.fraction - (each if one.correct else NOTHING)) > Fraction(1, 10_000) for one in question.choices)


def _short(question: ReadQuestion, noted: Noted) -> dict[str, Any]:
    wordings = [one for one in question.answers if one.text.strip("* ") and one.fraction > NOTHING]
    full = [one for one in wordings if one.fraction == EVERYTHING] or wordings
    if len(full) < len(wordings):
        noted.append((ReadCode.NOT_KEPT, "wordings that are worth part of the points"))
    if any(one.case_sensitive for one in wordings):
        noted.append((ReadCode.NOT_KEPT, "capitals that matter"))
    reference = full[0].text.replace("*", "…").strip("… ") if full else ""
    points = [(one.text, one.points, one.accepted) for one in question.key_points]
    if not points and reference:
        text = reference if len(reference) <= LONGEST_KEY_POINT else reference[: LONGEST_KEY_POINT - 1] + "…"
        points = [(text, question.points or USUAL_POINTS, tuple(_phrases(full, noted)))]
        noted.append((ReadCode.KEY_POINT_MADE, ""))
    rows = []
    for number, (text, worth, accepted) in enumerate(points, start=1):
        halves = max(HALF, round(worth * 2) * HALF) if worth > 0 else worth
        if halves != worth:
            noted.append((ReadCode.POINTS_ROUNDED, f"{float(worth):.2f} → {float(halves):g}"))
        rows.append({"id": f"p{number}", "text": text, "points": str(halves), "accepted": list(accepted)})
    return {"reference": reference, "key_points": rows}


def _phrases(answers: Iterable[ReadAnswer], noted: Noted) -> Iterator[str]:
    """The wordings that can be looked for in a candidate's text: a `*` at either end means just that."""
    for one in answers:
        phrase = re.sub(r"\\\*", "\0", one.text).strip("* ")
        if "*" in phrase:
            noted.append((ReadCode.NOT_KEPT, f"the pattern {one.text}"))
        elif phrase and len(phrase) <= LONGEST_PHRASE and "\n" not in phrase:
            yield phrase.replace("\0", "*")


def as_question(
    item: Item,
    *,
    place: str,
    topic: str | None = None,
    difficulty: int | None = None,
    tags: Collection[str] = (),
    name: str | None = None,
    media: Mapping[str, bytes] | None = None,
    family: str = "",
    seconds: int | None = None,
) -> ReadQuestion:
    """A question of the bank as formats write it. `media` are the contents of those in its texts, by their names."""
    more: dict[str, Any] = {}
    points = None
    match item:
        case SingleChoice() | MultipleChoice():
            more["choices"] = tuple(_read_choices(item))
        case TrueFalse():
            more["correct"] = item.correct
        case ShortAnswer():
            points = item.points
            more["key_points"] = tuple(ReadKeyPoint(one.text, one.points, one.accepted) for one in item.key_points)
            more["answers"] = (ReadAnswer(item.reference),) if item.reference else ()
    return ReadQuestion(
        item.kind,
        item.stem,
        place,
        points=points,
        topic=topic,
        difficulty=difficulty,
        explanation=item.explanation,
        tags=tuple(tags),
        media=tuple(Medium(one, content) for one, content in (media or {}).items()),
        name=name,
        family=family,
        seconds=seconds,
        **more,
    )


def _read_choices(item: SingleChoice | MultipleChoice) -> Iterator[ReadChoice]:
    share = EVERYTHING if isinstance(item, SingleChoice) else Fraction(1, len(item.keys) or 1)
    for number, one in enumerate(item.choices):
        yield ReadChoice(choice_id(number), one.text, one.correct, share if one.correct else NOTHING)


def with_media_names(question: ReadQuestion, names: Mapping[str, str]) -> ReadQuestion:
    """The question with other names in the tokens of its texts, by their old ones; its media are left behind."""

    def change(text: str) -> str:
        return PICTURE.sub(lambda found: token(found["alt"], names.get(found["name"], found["name"])), text)

    return replace(in_texts(question, change), media=())


def with_kind(data: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """The data of a draft made another kind: what both have stays, what only the new one has begins empty."""
    made: dict[str, Any] = {"kind": kind.value, "stem": data["stem"], "explanation": data["explanation"]}
    match kind:
        case Kind.TRUE_FALSE:
            made["correct"] = data.get("correct")
        case Kind.SHORT_ANSWER:
            made |= {"reference": data.get("reference", ""), "key_points": data.get("key_points", [])}
        case _:
            made["choices"] = data.get("choices", [])
    return made
