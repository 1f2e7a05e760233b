r"""GIFT, the text format of Moodle, read as Moodle's own parser does; where other tools differ a warning says so.

An empty line ends a question. Within one, `\~ \= \# \: \{ \} \\` stand for the character and `\n` for a new line:
while the structure is looked for, each is kept as NUL and a letter, which no text can contain.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from question_bank.formats.moodle import TOOL, topic_of
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Noted,
    ReadAnswer,
    ReadChoice,
    ReadCode,
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

GAP = "_____"
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_HIDDEN = {"~": "a", "=": "b", "#": "c", ":": "d", "{": "e", "}": "f", "\\": "g", "n": "h"}
_SHOWN = {letter: "\n" if name == "n" else name for name, letter in _HIDDEN.items()}
_ESCAPE = re.compile(r"\\([~=#:{}\\n])")
_MARKUP = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]]){1,200})\]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%")
_CATEGORY = re.compile(r"\$CATEGORY\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one question without its comments, its first line's number, and the tags that stand in comments."""

    text: str
    line: int
    tags: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"line {self.line}"


def fits(source: Source) -> bool:
    """Whether there is anything in braces, or a category."""
    text = _ESCAPE.sub("", source.text)
    return "}" in text.partition("{")[2] or any(map(_CATEGORY.match, text.split("\n")))


def read(source: Source) -> Reading:
    """Read a file. Kinds the bank doesn't have are among the problems, each with its place and stem."""
    return gathered((block.place, block.text, partial(_read, block, topic)) for block, topic in _placed(source.text))


def _placed(text: str) -> Iterator[tuple[_Block, str | None]]:
    """Each question's block with the topic of the last category before it."""
    topic = None
    for block in _blocks(text):
        category = _CATEGORY.match(block.text)
        if category:
            line, _, rest = block.text[category.end() :].partition("\n")
            topic = topic_of(line)
            if not rest.strip():
                continue
            block = _Block(rest.strip(), block.line + 1, block.tags)
        yield block, topic


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    tags: list[str] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip().startswith("//"):
            tags += [tag.replace("\\]", "]").strip() for tag in _TAG.findall(line)]
        elif line.strip():
            first = number if not lines else first
            lines.append(line.strip())
        elif lines:
            yield _Block("\n".join(lines), first, tuple(tags))
            lines, tags = [], []
        else:
            tags = []


Parts = dict[str, Any]


def _read(block: _Block, topic: str | None) -> tuple[ReadQuestion, Noted]:
    text = _ESCAPE.sub(lambda found: "\0" + _HIDDEN[found[1]], block.text)
    name = None
    if text.startswith("::") and "::" in text[2:]:
        name, _, text = text[2:].partition("::")
        text = text.strip()
    opened = text.find("{")
    if opened < 0:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "description, a text without a question")
    closed = text.find("}", opened)
    if closed < 0:
        raise Unreadable(ReadCode.UNCLOSED)
    inside = text[opened + 1 : closed].strip()
    rest = text[closed + 1 :]
    stem = _plain(text[:opened] + (GAP + rest if rest.strip() else ""))
    inside, _, general = inside.partition("####")
    kind, more, noted = _answers(inside.strip())
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    question = ReadQuestion(
        kind,
        stem,
        block.place,
        topic=topic,
        explanation=_plain(general),
        tags=block.tags,
        name=_shown((name or "").strip()) or None,
        **more,
    )
    return question, noted


def _answers(inside: str) -> tuple[Kind, Parts, Noted]:
    """What stands in the braces: the kind of question, what belongs to it, and what has to be said of it."""
    if not inside:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "essay")
    if inside.startswith("#"):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "numerical")
    if "~" in inside:
        return _choices(inside)
    if "=" in inside and "->" in inside:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "matching")
    word, *feedback = (part.strip() for part in inside.split("#"))
    if word in TRUTHS:
        noted = [(ReadCode.NOT_KEPT, "feedback for a right and a wrong answer")] if any(feedback) else []
        return Kind.TRUE_FALSE, {"correct": TRUTHS[word]}, noted
    return _short(inside, word)


def _choices(inside: str) -> tuple[Kind, Parts, Noted]:
    parts = _parts(inside.replace("=", "~="), "~")
    if len(parts) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    kind = Kind.SINGLE_CHOICE if "=" in inside else Kind.MULTIPLE_CHOICE
    choices = []
    for number, part in enumerate(parts):
        if part.startswith("="):
            fraction, text = EVERYTHING, part[1:]
        else:
            fraction, text = _weighted(part, NOTHING)
        text, _, feedback = text.partition("#")
        correct = fraction == EVERYTHING if kind is Kind.SINGLE_CHOICE else fraction > 0
        choices.append(ReadChoice(choice_id(number), _plain(text), correct, fraction, _plain(feedback)))
    keys = sum(choice.correct for choice in choices)
    noted: Noted = []
    if not keys:
        noted.append((ReadCode.NO_KEY, ""))
    if kind is Kind.SINGLE_CHOICE and keys > 1:
        noted.append((ReadCode.SEVERAL_KEYS, TOOL))
    return kind, {"choices": tuple(choices)}, noted


def _short(inside: str, word: str) -> tuple[Kind, Parts, Noted]:
    answers, feedback = [], False
    for part in _parts(inside, "="):
        fraction, text = _weighted(part, EVERYTHING)
        text, _, said = text.partition("#")
        feedback = feedback or bool(said.strip())
        answers.append(ReadAnswer(_plain(text), fraction))
    if not any(answer.text for answer in answers):
        raise Unreadable(ReadCode.NO_ANSWERS)
    noted: Noted = [(ReadCode.NOT_KEPT, "feedback for an answer")] if feedback else []
    if word.upper() in TRUTHS:
        noted.append((ReadCode.WORD_FOR_TRUTH, TOOL))
    return Kind.SHORT_ANSWER, {"answers": tuple(answers)}, noted


def _parts(inside: str, mark: str) -> Sequence[str]:
    """The parts that begin with this mark; what stands before the first, if anything, is one as well."""
    parts = [part.strip() for part in inside.split(mark)]
    return parts if parts[0] else parts[1:]


def _weighted(part: str, usual: Fraction) -> tuple[Fraction, str]:
    """The share that stands before an answer, and the answer."""
    found = _WEIGHT.match(part)
    if not found:
        return usual, part
    fraction = Fraction(found[1].rstrip(".")) / 100
    if not -1 <= fraction <= 1:
        raise Unreadable(ReadCode.BAD_WEIGHT, f"{found[1]} %")
    return fraction, part[found.end() :]


def _plain(text: str) -> str:
    """A text as it is meant: without the name of its markup, and with what was escaped."""
    text = text.strip()
    if found := _MARKUP.match(text):
        text = text[found.end() :].strip()
    return _shown(text)


def _shown(text: str) -> str:
    return re.sub("\0(.)", lambda hidden: _SHOWN[hidden[1]], text)


# Writing


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that `read` reads back, and say what GIFT has no place for."""
    blocks: list[str] = []
    problems: list[ReadProblem] = []
    lost: Counter[str] = Counter()
    topic = None
    for question in questions:
        answers = _written_answers(question, problems)
        if answers is None:
            continue
        if question.topic != topic:
            topic = question.topic
            blocks.append(f"$CATEGORY: {' '.join((topic or '').split())}")
        tags = " ".join(f"[tag:{_tag(tag)}]" for tag in question.tags)
        name = f"::{_escaped(question.name)}::" if question.name else ""
        general = f"\n\t####{_marked(question.explanation)}" if question.explanation else ""
        comment = f"// {tags}\n" if tags else ""
        blocks.append(f"{comment}{name}{_marked(question.stem)}{{{answers}{general}\n}}")
        lost.update(_lost(question))
    return Written("\n\n".join([*blocks, ""]).encode(), (*problems, *losses(lost)))


def _written_answers(question: ReadQuestion, problems: list[ReadProblem]) -> str | None:
    """What goes into the braces; None, with a problem, where GIFT can't say it."""
    match question.kind:
        case Kind.TRUE_FALSE if question.correct is not None:
            return "TRUE" if question.correct else "FALSE"
        case Kind.SHORT_ANSWER if question.answers and not any("->" in one.text for one in question.answers):
            return "".join(f"\n\t={_share(one.fraction, EVERYTHING)}{_marked(one.text)}" for one in question.answers)
        case Kind.SINGLE_CHOICE if any(one.fraction == EVERYTHING for one in question.choices):
            return "".join(map(_written_choice, question.choices))
        case Kind.MULTIPLE_CHOICE if len(question.choices) > 1:
            return "".join(f"\n\t~{_share(one.fraction)}{_with_feedback(one)}" for one in question.choices)
    short = question.kind is Kind.SHORT_ANSWER
    why = "a short answer without wordings, or with an arrow in one" if short else "a question without a key"
    problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
    return None


def _written_choice(choice: ReadChoice) -> str:
    if choice.fraction == EVERYTHING:
        return f"\n\t={_with_feedback(choice)}"
    return f"\n\t~{_share(choice.fraction)}{_with_feedback(choice)}"


def _with_feedback(choice: ReadChoice) -> str:
    return _marked(choice.text) + (f"#{_marked(choice.feedback)}" if choice.feedback else "")


def _share(fraction: Fraction, usual: Fraction | None = None) -> str:
    return "" if fraction == usual else f"%{float(fraction * 100):.5f}".rstrip("0").rstrip(".") + "%"


def _marked(text: str) -> str:
    """A text that begins like something else is told to be one."""
    escaped = _escaped(text)
    return f"[moodle]{escaped}" if escaped.startswith(("[", "//", "%", "$")) else escaped


def _escaped(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[~=#:{}\\]", r"\\\g<0>", text).replace("\n", "\\n")


def _tag(tag: str) -> str:
    """A tag as a comment can hold it: in one line, and a backslash only before a bracket."""
    return " ".join(tag.replace("\\", "/").split()).replace("]", "\\]")


def _lost(question: ReadQuestion) -> Iterator[str]:
    if question.points is not None:
        yield "points"
    if question.difficulty is not None:
        yield "difficulty"
    if question.key_points:
        yield "key points"
    if question.media:
        yield "pictures and sounds"
    if any("\\" in tag for tag in question.tags):
        yield "backslashes in tags"
    if any(one.case_sensitive for one in question.answers):
        yield "capitals that matter"
