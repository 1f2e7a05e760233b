"""A file of GIFT read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import html, plain
from question_bank.formats.moodle import TOOL, topic_of
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Noted,
    ReadAnswer,
    ReadChoice,
    Reading,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    choice_id,
    excerpt,
    gathered,
)
from question_bank.formats.source import Source
from question_bank.responses import Kind

GAP = "_____"
_DESCRIPTION = "description, a text without a question"
_BARE = "a text without a question, or one whose answers don't stand in braces"
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_HIDDEN = {"~": "a", "=": "b", "#": "c", ":": "d", "{": "e", "}": "f", "\\": "g", "n": "h"}
_SHOWN = {letter: "\n" if name == "n" else name for name, letter in _HIDDEN.items()}
_ESCAPE = re.compile(r"\\([~=#:{}\\n])")
_MARKUP = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]]){1,200})\]")
_ID = re.compile(r"\[id:((?:\\\]|[^\]]){1,200})\]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,9}(?:\.[0-9]{0,20})?)%")
_NO_WEIGHT = re.compile(r"%[-+0-9., ]{1,20}%")
"""What somebody meant for a share, where it can't be one: after an equals sign in a choice, or with a comma."""
_ORDERING = re.compile(r">\s*[0-9]")
_MARKS = re.compile(r"[{}]|^[~=]", re.MULTILINE)
"""What belongs into the braces of the answers."""
_ANSWERS = re.compile(r"\{\s{0,80}(?:[=~#]|(?:T|TRUE|F|FALSE)\s{0,80}[#}])")
_CATEGORY = re.compile(r"\$CATEGORY\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one question without its comments, its first line's number, and what the comments say of it."""

    text: str
    line: int
    tags: tuple[str, ...]
    id_number: str = ""

    @property
    def place(self) -> str:
        return f"line {self.line}"


def fits(source: Source) -> bool:
    """Whether there is anything in braces, or a category."""
    text = _ESCAPE.sub("", source.text)
    return "}" in text.partition("{")[2] or any(map(_CATEGORY.match, text.split("\n")))


def fits_surely(source: Source) -> bool:
    """Whether there are answers in braces, or a category: a formula or a place to fill in has braces too."""
    text = _ESCAPE.sub("", source.text)
    return bool(_ANSWERS.search(text)) or any(map(_CATEGORY.match, text.split("\n")))


def read(source: Source) -> Reading:
    """Read a file. Kinds the bank doesn't have are among the problems, each with its place and stem."""
    blocks = list(_placed(source.text))
    problems = [problem for block, _topic in blocks for problem in _beside(block)]
    return gathered(((block.place, block.text, partial(_read, block, topic)) for block, topic in blocks), problems)


def _beside(block: _Block) -> Iterator[ReadProblem]:
    """What has to be said of a block, whatever becomes of it."""
    if block.id_number:
        detail = f"the ID number {excerpt(block.id_number)}"
        yield ReadProblem(ReadCode.NOT_KEPT, block.place, excerpt(block.text), detail)
    before, opened, rest = _hidden(block.text).partition("{")
    outside = before + GAP + rest.partition("}")[2]
    found = _MARKS.search(outside) if opened else None
    if found:
        words = excerpt(_shown(outside[found.start() :]))
        yield ReadProblem(ReadCode.MARKS_OUTSIDE, block.place, excerpt(block.text), words)


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
            block = replace(block, text=rest.strip(), line=block.line + 1)
        yield block, topic


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    comments = ""
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip().startswith("//"):
            comments += line
            lines += [" "] if lines else []
        elif line.strip():
            first = number if not lines else first
            lines.append(line.strip())
        else:
            if lines:
                found = _ID.search(comments)
                tags = tuple(map(_unescaped, _TAG.findall(comments)))
                yield _Block("\n".join(lines).strip(), first, tags, _unescaped(found[1]) if found else "")
            lines, comments = [], ""


def _unescaped(comment: str) -> str:
    return comment.replace("\\]", "]").strip()


Parts = dict[str, Any]


def _read(block: _Block, topic: str | None) -> tuple[ReadQuestion, Noted]:
    name, text = _named(_hidden(block.text))
    words, inside, general = _divided(text)
    markup, stem = _marked_as(words)
    texts = _Texts(html=markup == "html")
    facts: Parts = {
        "place": block.place,
        "topic": topic,
        "explanation": texts.read(general),
        "tags": block.tags,
        "name": name,
        "html": texts.html,
    }
    if stem and not inside:
        instead = ReadQuestion(Kind.SHORT_ANSWER, stem, **facts)
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "essay", instead)
    kind, more, noted = _answers(inside, texts)
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    question = ReadQuestion(kind, stem, **facts, **more)
    return question, [*noted, *((ReadCode.NOT_KEPT, what) for what in sorted(texts.lost))]


def _named(text: str) -> tuple[str | None, str]:
    """The name between colons, if there is one, and what follows it."""
    if not text.startswith("::"):
        return None, text
    name, colons, rest = text[2:].partition("::")
    return (" ".join(_shown(name).split()) or None, rest.strip()) if colons else (None, name)


def _divided(text: str) -> tuple[str, str, str]:
    """The words of a question, what stands in its braces, and the general feedback there."""
    before, opened, rest = text.partition("{")
    if not opened and "}" in text:
        raise Unreadable(ReadCode.UNOPENED)
    if not opened:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, _BARE if _MARKS.search(text) else _DESCRIPTION)
    inside, closed, after = rest.partition("}")
    if not closed:
        raise Unreadable(ReadCode.UNCLOSED)
    answers, feedback, general = inside.rpartition("####")
    words = before + ("" if text.endswith("}") else GAP) + after
    return (words, answers.strip(), general) if feedback else (words, inside.strip(), "")


class _Texts:
    """Reads the texts of a question: each is in the markup of the question unless it names one of its own."""

    def __init__(self, html: bool) -> None:
        self.html = html
        self.lost: set[str] = set()

    def read(self, text: str) -> str:
        markup, text = _marked_as(text)
        if markup == "html" and not self.html:
            text, lost = plain(text)
            self.lost |= lost
        elif markup in ("plain", "markdown") and self.html:
            text = html(text)
        return text


def _answers(inside: str, texts: _Texts) -> tuple[Kind, Parts, Noted]:
    """What stands in the braces: the kind of question, what belongs to it, and what has to be said of it."""
    if not inside:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "essay")
    if inside.startswith("#"):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "numerical")
    if _ORDERING.match(inside):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "ordering")
    if "~" in inside:
        return _choices(inside, texts)
    if "=" in inside and "->" in inside:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "matching")
    word, *feedback = (part.strip() for part in inside.split("#"))
    if word in TRUTHS:
        noted = [(ReadCode.NOT_KEPT, "feedback for a right and a wrong answer")] if any(feedback) else []
        return Kind.TRUE_FALSE, {"correct": TRUTHS[word]}, noted
    return _short(inside, word)


def _choices(inside: str, texts: _Texts) -> tuple[Kind, Parts, Noted]:
    parts = _parts(inside.replace("=", "~="), "~")
    if len(parts) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    kind = Kind.SINGLE_CHOICE if "=" in inside else Kind.MULTIPLE_CHOICE
    choices, odd = [], None
    for number, part in enumerate(parts):
        if part.startswith("="):
            fraction, text = EVERYTHING, part[1:]
        else:
            fraction, text = _weighted(part, NOTHING)
        odd = odd or _NO_WEIGHT.match(text.strip())
        text, _, feedback = text.partition("#")
        correct = fraction == EVERYTHING if kind is Kind.SINGLE_CHOICE else fraction > 0
        choices.append(ReadChoice(choice_id(number), texts.read(text), correct, fraction, texts.read(feedback)))
    keys = sum(choice.correct for choice in choices)
    noted: Noted = [(ReadCode.SHARE_AS_WORDS, odd[0])] if odd else []
    if not keys:
        noted.append((ReadCode.NO_KEY, ""))
    if kind is Kind.SINGLE_CHOICE and keys > 1:
        noted.append((ReadCode.SEVERAL_KEYS, TOOL))
    return kind, {"choices": tuple(choices)}, noted


def _short(inside: str, word: str) -> tuple[Kind, Parts, Noted]:
    answers, feedback, odd = [], False, None
    for part in _parts(inside, "="):
        fraction, text = _weighted(part, EVERYTHING)
        odd = odd or _NO_WEIGHT.match(text.strip())
        text, _, said = text.partition("#")
        feedback = feedback or bool(said.strip())
        answers.append(ReadAnswer(_marked_as(text)[1], fraction))
    if not any(answer.text for answer in answers):
        raise Unreadable(ReadCode.NO_ANSWERS)
    noted: Noted = [(ReadCode.SHARE_AS_WORDS, odd[0])] if odd else []
    if feedback:
        noted.append((ReadCode.NOT_KEPT, "feedback for an answer"))
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


def _marked_as(text: str) -> tuple[str | None, str]:
    """The markup that a text names, and the text as it is meant: with what was escaped."""
    text = text.strip()
    found = _MARKUP.match(text)
    return found[1] if found else None, _shown(text[found.end() :] if found else text).strip()


def _hidden(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\0" + _HIDDEN[found[1]], text)


def _shown(text: str) -> str:
    return re.sub("\0(.)", lambda hidden: _SHOWN[hidden[1]], text)
