"""One record of a table made a question, or a reason why it can't be one."""

import re
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from question_bank.families import LONGEST_FAMILY, LONGEST_TIME, SHORTEST_TIME, family_name
from question_bank.formats import answers, options
from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.points import are_points, key_points, wordings
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Noted,
    ReadAnswer,
    ReadChoice,
    ReadQuestion,
    Unreadable,
    choice_id,
)
from question_bank.formats.tables.records import Record
from question_bank.responses import Kind

_CODES = {
    "SINGLE": Kind.SINGLE_CHOICE, "RADIO": Kind.SINGLE_CHOICE, "DANXUAN": Kind.SINGLE_CHOICE, "SC": Kind.SINGLE_CHOICE,
    "MULTI": Kind.MULTIPLE_CHOICE, "MULTIPLE": Kind.MULTIPLE_CHOICE, "CHECKBOX": Kind.MULTIPLE_CHOICE,
    "DUOXUAN": Kind.MULTIPLE_CHOICE, "MC": Kind.MULTIPLE_CHOICE, "MULTISELECT": Kind.MULTIPLE_CHOICE,
    "TF": Kind.TRUE_FALSE, "JUDGE": Kind.TRUE_FALSE, "JUDGMENT": Kind.TRUE_FALSE, "JUDGEMENT": Kind.TRUE_FALSE,
    "BOOLEAN": Kind.TRUE_FALSE, "PANDUAN": Kind.TRUE_FALSE, "BOOL": Kind.TRUE_FALSE,
    "SHORT": Kind.SHORT_ANSWER, "JIANDA": Kind.SHORT_ANSWER, "QA": Kind.SHORT_ANSWER, "TEXT": Kind.SHORT_ANSWER,
    "SUBJECTIVE": Kind.SHORT_ANSWER, "主观题": Kind.SHORT_ANSWER, "主观": Kind.SHORT_ANSWER,
}  # fmt: skip
_CHOICE = re.compile("选择|客观|CHOICE|MCQ|OBJECTIVE|^单$|^多$")
_MULTIPLE_CHOICE = re.compile(r"\s*multiple[ -]choices?(?:\s+questions?)?\s*", re.IGNORECASE)
"""What English tools call a question that has several choices, most often with one right."""


def finish(record: Record) -> tuple[ReadQuestion, Noted]:
    """The question, and what has to be said of it. Raises Unreadable."""
    noted: Noted = [(ReadCode.NOT_KEPT, f"column {heading}") for heading in record.unknown]
    stem = record.said("stem")
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    kind = _kind(record, noted)
    made: dict[str, Any] = {}
    match kind:
        case Kind.TRUE_FALSE:
            made["correct"] = _truth(record, noted)
        case Kind.SHORT_ANSWER:
            made |= _short(record, noted)
        case _:
            made["choices"] = _choices(record, kind, noted)
    return ReadQuestion(kind, stem, record.place, **_facts(record, noted), **made), noted


def _kind(record: Record, noted: Noted) -> Kind:
    said = record.said("kind")
    named = _named(record, said) if said else record.section
    if isinstance(named, Kind):
        return named
    if named or (said and not _CHOICE.search(answers.folded(said)) and not answers.folded(said).isdecimal()):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, str(named or said), _as_short_answer(record, str(named or said)))
    guessed = _guess(record)
    has_other_meaning = guessed is not Kind.MULTIPLE_CHOICE and _MULTIPLE_CHOICE.fullmatch(said)
    if answers.folded(said).isdecimal() or has_other_meaning:
        noted.append((ReadCode.KIND_GUESSED, said))
    return guessed


def _as_short_answer(record: Record, kind: str) -> ReadQuestion | None:
    """What an essay would be as a short answer; None for a kind that can't be one."""
    if not answers.is_open_text(kind) or not record.said("stem"):
        return None
    noted: Noted = []
    return ReadQuestion(
        Kind.SHORT_ANSWER, record.said("stem"), record.place, **_facts(record, noted), **_short(record, noted)
    )


def _named(record: Record, said: str) -> Kind | str | None:
    """The kind that a word or a code stands for; a word where it names one the bank doesn't have."""
    word = answers.folded(said).removesuffix("题") or said
    if _MULTIPLE_CHOICE.fullmatch(said):
        return None
    if explained := record.legend.get(word):
        return answers.kind_named(explained)
    plain = re.sub(r"[\s_\-]", "", word)
    if plain in _CODES:
        return _CODES[plain]
    if word in ("单", "多"):
        return Kind.SINGLE_CHOICE if word == "单" else Kind.MULTIPLE_CHOICE
    return answers.kind_named(said)


def _guess(record: Record) -> Kind:
    """The kind by what is there: choices, how many of them are right, a word for true or false."""
    answer = record.said("answer")
    texts = [text for text, _mark in record.choices]
    if answers.are_truths(texts):
        return Kind.TRUE_FALSE
    if len(texts) > 1:
        right = sum(mark is True for _text, mark in record.choices) or len(_keys(record, texts) or ())
        return Kind.MULTIPLE_CHOICE if right > 1 else Kind.SINGLE_CHOICE
    return Kind.TRUE_FALSE if answers.truth(answer) is not None else Kind.SHORT_ANSWER


def _truth(record: Record, noted: Noted) -> bool | None:
    """Whether the statement is true: by a word, a tick, or the letter of the choice 正确 or 错误."""
    texts = [answers.truth(text) for text in options.unlabelled([text for text, _mark in record.choices])]
    ticked = [truth for truth, (_text, mark) in zip(texts, record.choices, strict=True) if mark]
    answer = record.said("answer")
    if len(ticked) == 1 and ticked[0] is not None:
        return ticked[0]
    word = answers.folded(answer)
    found = answers.letters(answer) if len(word) == 1 else None
    if found and found[0] < "C":
        place = ord(found[0]) - ord("A")
        if place < len(texts) and texts[place] is not None:
            return texts[place]
        if not any(text for text, _mark in record.choices):
            noted.append((ReadCode.TRUTH_BY_LETTER, word))
            return found[0] == "A"
    truth = {"1": True, "0": False}.get(word, answers.truth(answer))
    if truth is None:
        noted.append((ReadCode.BAD_KEY, answer) if answer else (ReadCode.NO_KEY, ""))
    return truth


def _short(record: Record, noted: Noted) -> dict[str, Any]:
    """The wordings or key points of a short answer; its answer may stand where the first choice would."""
    answer = record.said("answer") or next((text for text, _mark in record.choices if text), "")
    answer = re.sub(r"^(?:参考|标准)?答案\s*[:：]\s*", "", answer)
    made: dict[str, Any] = {}
    worth = _points(record, [])
    if record.said("key_points"):
        lines = [line.strip() for line in record.said("key_points").split("\n") if line.strip()]
        made["key_points"] = key_points(lines, worth)
        if answer:
            made["answers"] = (ReadAnswer(answer),)
    elif are_points(lines := answer.split("\n")):
        made["key_points"] = key_points(lines, worth)
    elif found := wordings(lines):
        made["answers"] = found
    if others := record.said("more_answers"):
        made["answers"] = (*made.get("answers", ()), *(ReadAnswer(line) for line in others.split("\n") if line.strip()))
    if not made:
        noted.append((ReadCode.NO_KEY, ""))
    return made


def _choices(record: Record, kind: Kind, noted: Noted) -> tuple[ReadChoice, ...]:
    if sum(bool(text) for text, _mark in record.choices) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    given = [text for text, _mark in record.choices]
    ids = [choice_id(number) for number in range(len(given))]
    if "" in given:
        raise Unreadable(
            ReadCode.CHOICES_OUT_OF_ORDER, "".join(id for id, text in zip(ids, given, strict=True) if text)
        )
    texts = options.unlabelled(given)
    right = _right(record, texts, ids, noted)
    if kind is Kind.SINGLE_CHOICE and len(right) > 1:
        noted.append((ReadCode.TWO_KEYS, ""))
    each = Fraction(1, len(right)) if kind is Kind.MULTIPLE_CHOICE and right else EVERYTHING
    return tuple(
        ReadChoice(id, text, id in right, each if id in right else NOTHING, record.feedback.get(number, ""))
        for number, (id, text) in enumerate(zip(ids, texts, strict=True))
    )


def _right(record: Record, texts: list[str], ids: list[str], noted: Noted) -> set[str]:
    """The ids of the right choices: those ticked, or those that the answer names."""
    ticked = {id for id, (_text, mark) in zip(ids, record.choices, strict=True) if mark}
    answer = record.said("answer")
    named = _keys(record, texts) if answer else None
    if named is not None and (unknown := named - set(ids)):
        noted.append((ReadCode.BAD_KEY, ", ".join(sorted(unknown))))
        return ticked
    if named is None and answer and not ticked:
        noted.append((ReadCode.BAD_KEY, answer))
    elif ticked and named and named != ticked:
        noted.append((ReadCode.KEYS_DIFFER, f"{''.join(sorted(ticked))} / {answer}"))
    elif not ticked and not named:
        noted.append((ReadCode.NO_KEY, ""))
    return ticked or named or set()


def _keys(record: Record, texts: list[str]) -> set[str] | None:
    """The ids that an answer names: by letters, by numbers from 1, or by the words of the choices; None if neither."""
    answer = record.said("answer")
    if not answer:
        return None
    if answer.startswith("[") and (listed := options.listed(answer)):
        answer = "\n".join(listed)
    word = re.sub(r"选项|答案|选|OPTION", "", answers.folded(answer))
    if found := answers.letters(word):
        return set(found)
    wanted = _same(answer)
    for pieces in ([answer], re.split(r"[\n|｜;；]+", answer), re.split(r"[\n|｜;；,，、]+", answer)):
        chosen = {number for piece in pieces for number, text in enumerate(texts) if _same(text) == _same(piece)}
        if chosen and len(chosen) == len({_same(piece) for piece in pieces if piece.strip()}):
            return {choice_id(number) for number in chosen}
    if re.fullmatch(r"[0-9]{1,2}([\s,，、;；|]+[0-9]{1,2})*", wanted):
        numbers = {int(one) for one in re.findall(r"[0-9]+", wanted)}
        if all(1 <= number <= len(texts) for number in numbers):
            return {choice_id(number - 1) for number in numbers}
    return None


def _same(text: str) -> str:
    return " ".join(normalize("NFKC", text).split()).casefold()


def _points(record: Record, noted: Noted) -> Fraction | None:
    if not record.said("points"):
        return None
    try:
        return answers.points(record.said("points"))
    except Unreadable as error:
        noted.append((error.code, error.detail))
        return None


def _facts(record: Record, noted: Noted) -> dict[str, Any]:
    topic, chapter = record.said("topic"), record.said("chapter")
    tags = [one for one in re.split(r"[,，、;；|\n]+", record.said("tags")) if one.strip()]
    if topic and chapter and chapter != topic:
        tags.append(chapter)  # the narrower of the two is what the bank calls a topic
    difficulty = answers.difficulty(record.said("difficulty")) if record.said("difficulty") else None
    if record.said("difficulty") and difficulty is None:
        noted.append((ReadCode.NOT_KEPT, f"difficulty {record.said('difficulty')}"))
    return {
        "points": _points(record, noted),
        "topic": topic or chapter or None,
        "difficulty": difficulty,
        "explanation": record.said("explanation"),
        "tags": tuple(dict.fromkeys(one.strip() for one in tags)),
        "name": record.said("name") or None,
        "family": _family(record, noted),
        "seconds": _seconds(record, noted),
    }


def _family(record: Record, noted: Noted) -> str:
    found = family_name(record.said("family"))
    if len(found) <= LONGEST_FAMILY:
        return found
    noted.append((ReadCode.NOT_KEPT, f"family {found[:LONGEST_FAMILY]}…"))
    return ""


def _seconds(record: Record, noted: Noted) -> int | None:
    said = record.said("seconds")
    found = int(said) if re.fullmatch(r"[0-9]{1,4}", normalize("NFKC", said)) else None
    if said and (found is None or not SHORTEST_TIME <= found <= LONGEST_TIME):
        noted.append((ReadCode.NOT_KEPT, f"expected time {said[:20]}"))
        return None
    return found
