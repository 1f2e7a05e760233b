"""A file of Moodle's XML read, question by question."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import plain
from question_bank.formats.moodle import TOOL, topic_of
from question_bank.formats.moodlexml.texts import Texts, format_of
from question_bank.formats.reading import (
    EVERYTHING,
    MOST_QUESTIONS,
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
from question_bank.formats.trees import MOST_TAGS, child, children, name_of, text_of
from question_bank.responses import Kind

_HEAD = re.compile(rb"<!DOCTYPE\s+quiz\b|<(?P<root>[A-Za-z][^\s/>]*)")
_LAST_LINE = 65_535
"""The parser counts lines up to here."""
_SHOWN = 2000
"""How much of a text is shown beside what was understood, in characters."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{0,20})?")
_SAID_BY_MOODLE = frozenset([
    "your answer is correct", "your answer is partially correct", "your answer is incorrect",
    "您的答案是正确的", "您的答案是部分正确的", "您的答案是错误的", "你的回答正确", "你的回答部分正确",
    "你的回答不正确", "您的回答正确", "您的回答部分正确", "您的回答不正确",
])  # fmt: skip
"""The feedback that Moodle puts in by itself."""
_DEFAULT_CATEGORY = "The default category for questions shared in context"
_NO = ("false", "0", "")
ESSAY = "essay"

Parts = dict[str, Any]


def fits(source: Source) -> bool:
    """Whether its first element is a quiz."""
    if not source.is_xml:
        return False
    head = re.sub(rb"<!--.*?-->", b"", source.content[:8000].replace(b"\0", b""), flags=re.DOTALL)
    found = _HEAD.search(head)
    return found is not None and found["root"] in (b"quiz", None)


def read(source: Source) -> Reading:
    """Read a file. Kinds the bank doesn't have are among the problems, each with its place and stem."""
    if source.content.count(b"&lt;") > 2 * MOST_TAGS:
        raise Unreadable(ReadCode.TOO_LARGE, f"{2 * MOST_TAGS:,} tags")
    problems: list[ReadProblem] = []
    questions = list(_placed(source.root, problems))
    return gathered(
        ((place, _begin(one), partial(_read, one, place, topic)) for place, one, topic in questions), problems
    )


def _placed(root: _Element, problems: list[ReadProblem]) -> Iterator[tuple[str, _Element, str | None]]:
    """Each question with its place and the topic of the last category before it."""
    topic, number = None, 0
    for element in children(root):
        if name_of(element) != "question":
            problems.append(ReadProblem(ReadCode.NOT_A_QUESTION, _line(element), excerpt(text_of(element))))
        elif element.get("type") == "category":
            topic = topic_of(text_of(child(element, "category")))
            info = Texts().read(child(element, "info"))
            if info and not info.startswith(_DEFAULT_CATEGORY):
                detail = "what is said of the category"
                problems.append(ReadProblem(ReadCode.NOT_KEPT, _line(element), excerpt(info), detail))
            if number_given := _said(element, "idnumber", ""):
                detail = f"the ID number {excerpt(number_given)}"
                problems.append(ReadProblem(ReadCode.NOT_KEPT, _line(element), excerpt(topic or ""), detail))
        else:
            number += 1
            if number > MOST_QUESTIONS:
                raise Unreadable(ReadCode.TOO_MANY_QUESTIONS, f"{MOST_QUESTIONS:,}")
            yield f"question {number}, {_line(element)}".removesuffix(", file"), element, topic


def _line(element: _Element) -> str:
    line: Any = element.sourceline
    return f"line {line}" if line and line < _LAST_LINE else "file"


def _begin(element: _Element) -> str:
    """What stands in a question, its own words first, whatever becomes of it."""
    stem, _lost = plain(text_of(child(element, "questiontext", "text"))[:_SHOWN])
    answers = (
        f"{one.get('fraction', '0')} % {text_of(child(one, 'text')).strip()[:_SHOWN]}"
        for one in islice(children(element, "answer"), 30)
    )
    return "\n".join([stem, *answers])


def _read(element: _Element, place: str, topic: str | None) -> tuple[ReadQuestion, Noted]:
    kind = element.get("type") or "none named"
    if kind not in _KINDS:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, kind)
    texts = Texts()
    head = child(element, "questiontext")
    usual = format_of(head)
    stem = f"{texts.read(head)} {texts.old_picture(element)}".strip()
    if not stem:
        raise Unreadable(*((ReadCode.UNSUPPORTED_KIND, kind) if kind == ESSAY else (ReadCode.NO_STEM,)))
    noted: Noted = []
    made = _KINDS[kind](element, texts, usual, noted)
    question = ReadQuestion(
        stem=stem,
        place=place,
        topic=topic,
        points=_points(element, noted),
        explanation=texts.read(child(element, "generalfeedback"), usual),
        tags=_tags(element),
        media=tuple(texts.media),
        name=_name(element, stem),
        **made,
    )
    if kind == ESSAY:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, kind, question)
    noted += ((ReadCode.NOT_KEPT, what) for what in (*_beside(element, usual), *texts.lost))
    return question, list(dict.fromkeys(noted))


def _choices(element: _Element, texts: Texts, usual: str, noted: Noted) -> Parts:
    """A multiple choice of Moodle's, single or not."""
    single = _said(element, "single", "true") not in _NO
    rows = [(one, _share(one)) for one in children(element, "answer")]
    choices = _read_choices(rows, texts, usual, single)
    keys = sum(one.correct for one in choices)
    if not keys:
        noted.append((ReadCode.NO_KEY, ""))
    if single and keys > 1:
        noted.append((ReadCode.SEVERAL_KEYS, TOOL))
    return {"kind": Kind.SINGLE_CHOICE if single else Kind.MULTIPLE_CHOICE, "choices": choices}


def _right_or_wrong(element: _Element, texts: Texts, usual: str, noted: Noted, wrong: int = 0) -> Parts:
    """A kind of plugin whose choices are right or not. A wrong one takes away `wrong` times what a right one gives."""
    answers = list(children(element, "answer"))
    right = [_share(one) != NOTHING for one in answers]
    each = Fraction(round(Fraction(10**7, sum(right) or 1)), 10**7)
    rows = [(one, each if good else -each * wrong) for one, good in zip(answers, right, strict=True)]
    if not any(right):
        noted.append((ReadCode.NO_KEY, ""))
    if not wrong:
        noted.append((ReadCode.NOT_KEPT, "that only all the right choices together count"))
    return {"kind": Kind.MULTIPLE_CHOICE, "choices": _read_choices(rows, texts, usual, single=False)}


def _read_choices(
    rows: Sequence[tuple[_Element, Fraction]], texts: Texts, usual: str, single: bool
) -> tuple[ReadChoice, ...]:
    if len(rows) < 2:
        raise Unreadable(ReadCode.TOO_FEW_CHOICES)
    return tuple(
        ReadChoice(
            choice_id(number),
            texts.read(one, usual),
            share == EVERYTHING if single else share > NOTHING,
            share,
            texts.read(child(one, "feedback"), usual),
        )
        for number, (one, share) in enumerate(rows)
    )


def _truth(element: _Element, texts: Texts, usual: str, noted: Noted) -> Parts:
    """True or false: the answer with 100 % decides. Old files name them in some language, the true one first."""
    shares: dict[bool, Fraction] = {}
    by_order = False
    for number, one in enumerate(children(element, "answer")):
        word = text_of(child(one, "text")).strip()
        by_order = by_order or word not in ("true", "false")
        shares[word == "true" if word in ("true", "false") else number == 0] = _share(one)
        if texts.read(child(one, "feedback"), usual):
            noted.append((ReadCode.NOT_KEPT, "feedback for a right and a wrong answer"))
    if by_order:
        noted.append((ReadCode.TRUTH_BY_ORDER, TOOL))
    full = [truth for truth, share in shares.items() if share == EVERYTHING]
    for share in shares.values():
        if share not in (NOTHING, EVERYTHING):
            noted.append((ReadCode.NOT_KEPT, f"{float(share * 100):g} % for the wrong answer"))
    if len(full) != 1:
        noted.append((ReadCode.NO_KEY, ""))
    return {"kind": Kind.TRUE_FALSE, "correct": full[0] if len(full) == 1 else None}


def _wordings(element: _Element, texts: Texts, usual: str, noted: Noted) -> Parts:
    """A short answer. Its wordings are plain whatever their format says, and have stars for anything."""
    strict = _said(element, "usecase", "0") not in _NO
    answers = []
    for one in children(element, "answer"):
        answers.append(ReadAnswer(text_of(child(one, "text")).strip(), _share(one), strict))
        if texts.read(child(one, "feedback"), usual):
            noted.append((ReadCode.NOT_KEPT, "feedback for an answer"))
    if not any(one.text for one in answers):
        raise Unreadable(ReadCode.NO_ANSWERS)
    return {"kind": Kind.SHORT_ANSWER, "answers": tuple(answers)}


def _essay(element: _Element, texts: Texts, usual: str, noted: Noted) -> Parts:
    """A short answer that an essay may become: what its markers are told is how it might read."""
    told = texts.read(child(element, "graderinfo"), usual)
    return {"kind": Kind.SHORT_ANSWER, "answers": (ReadAnswer(told),) if told else ()}


_KINDS: Mapping[str, Callable[[_Element, Texts, str, Noted], Parts]] = {
    "multichoice": _choices,
    "multichoiceset": _right_or_wrong,
    "oumultiresponse": partial(_right_or_wrong, wrong=1),
    "truefalse": _truth,
    "shortanswer": _wordings,
    ESSAY: _essay,
}


def _share(answer: _Element) -> Fraction:
    """An answer's share of the question, of its per cent."""
    text = answer.get("fraction", "0").strip()
    if not _NUMBER.fullmatch(text) or abs(Fraction(text)) > 100:
        raise Unreadable(ReadCode.BAD_WEIGHT, f"{excerpt(text)} %")
    return Fraction(text) / 100


def _points(element: _Element, noted: Noted) -> Fraction | None:
    text = _said(element, "defaultgrade", "")
    if text and (not _NUMBER.fullmatch(text) or text.startswith("-")):
        noted.append((ReadCode.BAD_POINTS, excerpt(text)))
        return None
    return Fraction(text) if text else None


def _tags(element: _Element) -> tuple[str, ...]:
    groups = [element, *children(element, "coursetags", "tags")]
    tags = [tag for group in groups for tag in children(group, "tag")]
    return tuple(dict.fromkeys(filter(None, (" ".join(text_of(tag).split()) for tag in tags))))


def _name(element: _Element, stem: str) -> str | None:
    name = " ".join(text_of(child(element, "name", "text")).split())
    return name if name and name != stand_in(stem) else None


def stand_in(stem: str) -> str:
    """The name of a question that has none: Moodle asks for one."""
    return f"{' '.join(stem.split())[:60].strip()}…"


def _beside(element: _Element, usual: str) -> Iterator[str]:
    """What Moodle keeps of a question and the bank doesn't, where it isn't what Moodle puts in by itself."""
    if number := _said(element, "idnumber", ""):
        yield f"the ID number {excerpt(number)}"
    said = (
        Texts().read(child(element, f"{how}feedback"), usual) for how in ("correct", "partiallycorrect", "incorrect")
    )
    if any(text and text.lower().rstrip(".。!！") not in _SAID_BY_MOODLE for text in said):
        yield "feedback for the whole answer"
    if any(text_of(hint).strip() for hint in children(element, "hint")):
        yield "hints"
    if child(element, "shuffleanswers") is not None and _said(element, "shuffleanswers", "") in _NO:
        yield "that the choices stay in their order"


def _said(element: _Element, name: str, usual: str) -> str:
    """What a plain element says; `usual` where there is none."""
    found = child(element, name)
    return usual if found is None else text_of(found).strip()
