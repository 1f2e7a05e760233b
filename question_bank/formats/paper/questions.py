"""What has been gathered of one question made a question, or a reason why it can't be one."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from question_bank.formats import answers
from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.drafts import Draft
from question_bank.formats.paper.keys import key_at_start
from question_bank.formats.paper.looks import by_looks, without_ticks
from question_bank.formats.paper.points import are_points, key_points, wordings
from question_bank.formats.paper.stems import GAP, read_stem
from question_bank.formats.reading import EVERYTHING, NOTHING, Noted, ReadChoice, ReadQuestion, Unreadable, choice_id
from question_bank.responses import Kind

_WITH_WORDS = re.compile(r"[(（]?(?P<letter>[A-Za-z])\s*[.．、:：)）]\s*(?P<words>\S.*)")
"""A key that says its choice as well: B. 倾听."""


def finish(draft: Draft) -> tuple[ReadQuestion, Noted]:
    """The question, and what has to be said of it. Raises Unreadable."""
    noted: Noted = []
    if said := " ".join(draft.fields.get("kind", [])):
        draft.kind = answers.kind_named(said) or said
    stem = read_stem(draft, noted)
    if draft.kind is not None and draft.kind not in list(Kind):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, draft.kind, _as_short_answer(draft))
    if not stem.text:
        raise Unreadable(ReadCode.NO_STEM)
    texts = [" ".join(lines).strip() for _letter, lines in draft.choices]
    key, more = _plain_key(draft, stem.key, texts)
    if not key:
        key, texts, how = by_looks(draft, texts)
        noted += [(ReadCode.KEY_BY_LOOKS, how)] if key else []
    else:
        texts = without_ticks(draft, texts, key)
    kind = Kind(draft.kind) if draft.kind else _guess(texts, key, stem.text)
    text, made = stem.text, _made(draft, kind, texts, key, noted)
    if "choices" not in made and texts and not answers.are_truths(texts):
        text += "".join(f"\n{letter}. {words}" for (letter, _lines), words in zip(draft.choices, texts, strict=True))
    explanation = "\n".join([*([more] if more else []), *draft.fields.get("explanation", [])])
    question = ReadQuestion(kind, text, draft.place, explanation=explanation, **_facts(draft, noted), **made)
    return question, noted


def _as_short_answer(draft: Draft) -> ReadQuestion | None:
    """What an essay would be as a short answer; None for a kind that can't be one."""
    if draft.choices or not answers.is_open_text(str(draft.kind)):
        return None
    try:
        question, _noted = finish(replace(draft, kind=Kind.SHORT_ANSWER))
    except Unreadable:
        return None
    return question


def _made(draft: Draft, kind: Kind, texts: list[str], key: str, noted: Noted) -> dict[str, Any]:
    """What a question of this kind has of its own."""
    match kind:
        case Kind.TRUE_FALSE:
            return {"correct": _truth(texts, key, noted)}
        case Kind.SHORT_ANSWER:
            made = _in_words(draft)
            noted += [] if made else [(ReadCode.NO_KEY, "")]
            return made
        case _:
            return {"choices": _choices(draft, texts, key, kind, noted)}


def _plain_key(draft: Draft, key: str, texts: list[str]) -> tuple[str, str]:
    """A key without what follows it, as in B（倾听） or 错，应为三天, and that, unless it is the choice itself."""
    whole = _WITH_WORDS.fullmatch(key)
    place = ord(whole["letter"].upper()) - ord("A") if whole else len(texts)
    if whole and place < len(texts) and answers.folded(texts[place]) == answers.folded(whole["words"]):
        return draft.choices[place][0], ""
    if draft.kind is Kind.SHORT_ANSWER or answers.letters(key) or answers.truth(key) is not None:
        return key, ""
    same = [place for place, text in enumerate(texts) if text and answers.folded(text) == answers.folded(key)]
    if len(same) == 1:
        return draft.choices[same[0]][0], ""
    if not texts and draft.kind is not Kind.TRUE_FALSE:
        return key, ""
    found, *rest = list(key_at_start(key)) or [key]
    more = "".join(rest)
    is_choice = any(
        answers.folded(text) in (answers.folded(more), answers.folded(more.strip("()（）"))) for text in texts
    )
    return found, "" if is_choice else more


def _guess(texts: list[str], key: str, stem: str) -> Kind:
    """The kind of a question that doesn't say it. Raises Unreadable for words that belong into gaps."""
    if answers.are_truths(texts):
        return Kind.TRUE_FALSE
    if texts:
        return Kind.MULTIPLE_CHOICE if len(answers.letters(key) or ()) > 1 else Kind.SINGLE_CHOICE
    if answers.truth(key) is not None:
        return Kind.TRUE_FALSE
    if GAP.search(stem):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "填空")
    return Kind.SHORT_ANSWER


def _truth(texts: list[str], key: str, noted: Noted) -> bool | None:
    chosen = answers.letters(key)
    found = answers.truth(key)
    if texts and chosen and len(chosen) == 1 and ord(chosen[0]) - ord("A") < len(texts):
        found = answers.truth(texts[ord(chosen[0]) - ord("A")])
    elif not texts and chosen in (("A",), ("B",)):
        found = chosen == ("A",)
        noted.append((ReadCode.TRUTH_BY_LETTER, key))
    if found is None:
        noted.append((ReadCode.BAD_KEY, key) if key else (ReadCode.NO_KEY, ""))
    return found


def _choices(draft: Draft, texts: list[str], key: str, kind: Kind, noted: Noted) -> tuple[ReadChoice, ...]:
    if len(texts) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    ids = [choice_id(number) for number in range(len(texts))]
    if [letter for letter, _lines in draft.choices] != ids:
        raise Unreadable(ReadCode.CHOICES_OUT_OF_ORDER, "".join(letter for letter, _lines in draft.choices))
    keys = answers.letters(key) or ()
    if not key:
        noted.append((ReadCode.NO_KEY, ""))
    elif not keys or set(keys) - set(ids):
        noted.append((ReadCode.BAD_KEY, key))
    elif kind is Kind.SINGLE_CHOICE and len(keys) > 1:
        noted.append((ReadCode.TWO_KEYS, ""))
    right = [id for id in ids if id in keys]
    each = Fraction(1, len(right)) if kind is Kind.MULTIPLE_CHOICE and right else EVERYTHING
    return tuple(
        ReadChoice(id, text, id in right, each if id in right else NOTHING) for id, text in zip(ids, texts, strict=True)
    )


def _in_words(draft: Draft) -> dict[str, Any]:
    """The key points of an answer, the whole of it as wordings, or both where both are given."""
    lines, marking = draft.fields.get("answer", []), draft.fields.get("marking", [])
    made: dict[str, Any] = {}
    if marking or are_points(lines):
        made["key_points"] = key_points(marking or lines, draft.points)
    if lines and (marking or "key_points" not in made):
        made["answers"] = wordings(lines)
    return {name: value for name, value in made.items() if value}


def _facts(draft: Draft, noted: Noted) -> dict[str, Any]:
    said = {name: " ".join(lines).strip() for name, lines in draft.fields.items()}
    facts: dict[str, Any] = {"points": draft.points, "topic": said.get("topic") or draft.chapter or None}
    facts["tags"] = tuple(filter(None, re.split(r"[,，、;；\s]+", said.get("tags", ""))))
    if text := said.get("points"):
        try:
            facts["points"] = answers.points(text)
        except Unreadable as error:
            noted.append((error.code, error.detail))
    if text := said.get("difficulty"):
        facts["difficulty"] = answers.difficulty(text)
        if facts["difficulty"] is None:
            noted.append((ReadCode.NOT_KEPT, f"difficulty {text}"))
    if text := said.get("given"):
        noted.append((ReadCode.NOT_KEPT, f"somebody's own answer {text}"))
    return facts
