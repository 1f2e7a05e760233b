"""Aiken: single choices in plain text, a line for each choice, and `ANSWER: B` at the end of each question."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.numbers import number_of
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Noted,
    ReadChoice,
    Reading,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    Written,
    choice_id,
    excerpt,
    gathered,
    losses,
)
from question_bank.formats.source import Source
from question_bank.responses import Kind

_CHOICE = re.compile(r"([A-Z])[.)．）、]\s*(.*)")
_ANSWER = re.compile(r"ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)
_KEY = re.compile(r"([A-Za-z])(?:[.．。]?|[.)．）、]\s*(.*))")
"""A letter, and perhaps the words of its choice."""


@dataclass
class _Block:
    """One question while its lines are read. `letters` are those that stand in the file."""

    line: int
    stem: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    answer: str | None = None

    @property
    def place(self) -> str:
        return f"line {self.line}"

    @property
    def source(self) -> str:
        return " ".join([*self.stem, *self.texts])


def fits(source: Source) -> bool:
    """Whether a key follows choices: in capitals, as Moodle asks for, or else of a question that has no number."""
    after_choice = has_number = False
    for line in filter(None, map(str.strip, source.text.split("\n"))):
        if after_choice and _ANSWER.fullmatch(line) and (line.startswith("ANSWER") or not has_number):
            return True
        was_choice, after_choice = after_choice, bool(_CHOICE.fullmatch(line))
        if not (was_choice or after_choice):
            has_number = number_of(line) is not None
    return False


def read(source: Source) -> Reading:
    """Read a file. A question that can't be read is among the problems, and takes no other with it."""
    return gathered((block.place, block.source, partial(_read, block)) for block in _blocks(source.text))


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(map(str.strip, text.split("\n")), start=1):
        if not line:
            continue
        choice, answer = _CHOICE.fullmatch(line), _ANSWER.fullmatch(line)
        # Words after the choices: the question before had no key, and another one begins.
        if block and block.texts and not (choice or answer):
            yield block
            block = None
        block = block or _Block(number)
        if answer:
            block.answer = answer[1].strip()
            yield block
            block = None
        elif choice and block.stem:
            block.letters.append(choice[1])
            block.texts.append(choice[2].strip())
        else:
            block.stem.append(line)
    if block:
        yield block


def _read(block: _Block) -> tuple[ReadQuestion, Noted]:
    first = _CHOICE.fullmatch(block.stem[0]) if block.stem else None
    if not block.stem or (len(block.stem) == 1 and first and first[1] == "A" and block.letters[:1] == ["B"]):
        raise Unreadable(ReadCode.NO_STEM)
    if len(block.texts) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    if not block.answer:
        raise Unreadable(ReadCode.NO_KEY)
    found = _KEY.fullmatch(block.answer)
    key = found[1].upper() if found else ""
    if block.letters.count(key) != 1:
        raise Unreadable(ReadCode.BAD_KEY, block.answer)
    choices = tuple(
        ReadChoice(choice_id(number), text, letter == key, EVERYTHING if letter == key else NOTHING)
        for number, (letter, text) in enumerate(zip(block.letters, block.texts, strict=True))
    )
    return ReadQuestion(Kind.SINGLE_CHOICE, "\n".join(block.stem), block.place, choices), []


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that `read` reads back, and say what Aiken has no place for."""
    blocks: list[str] = []
    problems: list[ReadProblem] = []
    lost: Counter[str] = Counter()
    for question in questions:
        stem = [line.strip() for line in question.stem.split("\n") if line.strip()]
        if why := _why_not(question, stem):
            problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
            continue
        rows = [f"{one.id}. {' '.join(one.text.split())}" for one in question.choices]
        key = next(one.id for one in question.choices if one.correct)
        blocks.append("\n".join([*stem, *rows, f"ANSWER: {key}"]) + "\n")
        lost.update(_lost(question))
    return Written("\n".join(blocks).encode(), (*problems, *losses(lost)))


def _why_not(question: ReadQuestion, stem: list[str]) -> str:
    if question.kind is not Kind.SINGLE_CHOICE:
        return "it knows single choices only"
    if [one.fraction for one in question.choices if one.fraction != NOTHING] != [EVERYTHING]:
        return "it knows exactly one right choice, and no shares"
    if len(question.choices) < 2 or not stem:
        return "it needs words and two choices"
    if any(_ANSWER.fullmatch(line) for line in stem) or any(_CHOICE.fullmatch(line) for line in stem[1:]):
        return "a line of the question looks like a choice or a key"
    return ""


def _lost(question: ReadQuestion) -> Iterator[str]:
    if any(one.feedback for one in question.choices):
        yield "feedback"
    if any(" ".join(one.text.split()) != one.text for one in question.choices):
        yield "line breaks in choices"
    facts = {
        "points": question.points,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "explanation": question.explanation,
        "tags": question.tags,
        "name": question.name,
        "pictures and sounds": question.media,
    }
    yield from (what for what, value in facts.items() if value)
