"""What has been gathered of one question made a question, or a reason why it can't be one."""

import re
from fractions import Fraction
from typing import Any

from question_bank.formats import answers
from question_bank.formats.paper.drafts import Draft
from question_bank.formats.paper.lines import NUMBER
from question_bank.formats.paper.looks import by_looks
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Noted,
    ReadAnswer,
    ReadChoice,
    ReadCode,
    ReadKeyPoint,
    ReadQuestion,
    Unreadable,
    choice_id,
)
from question_bank.responses import Kind

_KEY_IN_LINE = re.compile(r"[（(【\[]?\s*(?:正确)?答案\s*[】\]]?\s*[:：]\s*(?P<key>[^（(【\[：:]{1,40}?)\s*[)）】\]]?$")
KEY_IN_BRACKETS = re.compile(r"[（(]\s*(?P<key>[A-ZＡ-Ｚa-zａ-ｚ√✓✔×✗✘对错正确误是否不TF,，、;；\s]{1,30}?)\s*[)）]")
_WORTH = re.compile(r"[（(]\s*([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*分\s*[)）]")
BLANK = "（　　）"


def finish(draft: Draft) -> tuple[ReadQuestion, Noted]:
    """The question, and what has to be said of it. Raises Unreadable."""
    if draft.kind is not None and draft.kind not in list(Kind):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, draft.kind)
    noted: Noted = []
    stem, key = _stem_and_key(draft, noted)
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    texts = [" ".join(lines).strip() for _letter, lines in draft.choices]
    if not key:
        key, texts, how = by_looks(draft, texts)
        noted += [(ReadCode.KEY_BY_LOOKS, how)] if key else []
    kind = Kind(draft.kind) if draft.kind else _guess(texts, key)
    made: dict[str, Any] = {}
    match kind:
        case Kind.TRUE_FALSE:
            made["correct"] = _truth(texts, key)
            if made["correct"] is None:
                noted.append((ReadCode.NO_KEY, "") if not key else (ReadCode.BAD_KEY, key))
        case Kind.SHORT_ANSWER:
            made |= points_or_wording(draft.fields.get("answer", []), draft.points)
            if not made:
                noted.append((ReadCode.NO_KEY, ""))
        case _:
            made["choices"] = _choices(draft, texts, key, kind, noted)
    explanation = "\n".join(draft.fields.get("explanation", []))
    question = ReadQuestion(kind, stem, draft.place, explanation=explanation, **_facts(draft, noted), **made)
    return question, noted


def _stem_and_key(draft: Draft, noted: Noted) -> tuple[str, str]:
    """The words of the question, and its key: from a line of its own, the end of one, or out of a bracket."""
    lines = list(draft.stem)
    key = " ".join(draft.fields.get("answer", [])).strip()
    holders = [lines] + ([draft.choices[-1][1]] if draft.choices else [])
    for holder in holders:
        if not key and holder and (found := _KEY_IN_LINE.search(holder[-1])):
            key, holder[-1] = found["key"], holder[-1][: found.start()].strip()
    stem = "\n".join(line for line in lines if line)
    found = _key_in_brackets(stem, draft)
    meaning = answers.letters if draft.choices else answers.truth
    if found and (not key or meaning(found["key"]) == meaning(key)):
        return (stem[: found.start()] + BLANK + stem[found.end() :]).strip(), key or found["key"]
    if found and not stem[found.end() :].strip("。.?？!！ "):
        noted.append((ReadCode.KEYS_DIFFER, f"{found['key'].strip()} / {key}"))
    return stem.strip(), key


def _key_in_brackets(stem: str, draft: Draft) -> re.Match[str] | None:
    """The bracket in the words that holds a key: letters of the choices, or without choices a sign or word."""
    ids = {letter for letter, _lines in draft.choices}
    found = [
        one
        for one in KEY_IN_BRACKETS.finditer(stem)
        if (ids.issuperset(answers.letters(one["key"]) or "-") if ids else answers.truth(one["key"]) is not None)
    ]
    return found[-1] if found and draft.kind != Kind.SHORT_ANSWER else None


def _guess(texts: list[str], key: str) -> Kind:
    if len(texts) == 2 and {answers.truth(text) for text in texts} == {True, False}:
        return Kind.TRUE_FALSE
    if texts:
        return Kind.MULTIPLE_CHOICE if len(answers.letters(key) or ()) > 1 else Kind.SINGLE_CHOICE
    return Kind.TRUE_FALSE if answers.truth(key) is not None else Kind.SHORT_ANSWER


def _truth(texts: list[str], key: str) -> bool | None:
    chosen = answers.letters(key)
    if texts and chosen and len(chosen) == 1 and ord(chosen[0]) - ord("A") < len(texts):
        return answers.truth(texts[ord(chosen[0]) - ord("A")])
    return answers.truth(key)


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


def points_or_wording(lines: list[str], points: Fraction | None, always: bool = False) -> dict[str, Any]:
    """The key points of an answer in words, or the whole of it as one wording unless they are `always` key points.

    `points` is what the question is worth: shared out among those that don't say it.
    """
    numbered = [found for line in lines for found in [NUMBER.match(line)] if found]
    if not always and len(numbered) < 2 and not any(_WORTH.search(line) for line in lines):
        return {"answers": (ReadAnswer("\n".join(lines)),)} if lines else {}
    rows: list[str] = []
    for line in lines:
        found = NUMBER.match(line)
        if found or not rows or _WORTH.search(rows[-1]):
            rows.append(line[found.end() :] if found else line)
        else:
            rows[-1] += "\n" + line
    usual = points / len(rows) if points and rows else EVERYTHING
    made = []
    for row in rows:
        worth = _WORTH.search(row)
        text = (row[: worth.start()] + row[worth.end() :] if worth else row).strip().rstrip("；;。")
        made.append(ReadKeyPoint(text, Fraction(worth[1]) if worth else usual))
    return {"key_points": tuple(made)}


def _facts(draft: Draft, noted: Noted) -> dict[str, Any]:
    said = {name: " ".join(lines).strip() for name, lines in draft.fields.items()}
    facts: dict[str, Any] = {"points": draft.points, "topic": said.get("topic") or None}
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
    return facts
