"""A file of Moodle's XML written."""

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import PurePath
from urllib.parse import quote

from lxml import etree
from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.markup import PICTURE, html
from question_bank.formats.moodle import by_topic, in_the_way, percent
from question_bank.formats.moodlexml.questions import stand_in
from question_bank.formats.moodlexml.texts import FILES, HTML, PLAIN
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    Medium,
    ReadProblem,
    ReadQuestion,
    Written,
    excerpt,
    losses,
)
from question_bank.responses import Kind

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SOUNDS = {".mp3": "audio", ".ogg": "audio", ".oga": "audio", ".wav": "audio", ".m4a": "audio", ".aac": "audio",
           ".flac": "audio", ".mp4": "video", ".webm": "video", ".mov": "video"}  # fmt: skip


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that Moodle imports and `read` reads back, those without a topic first; says what is lost."""
    quiz = etree.Element("quiz")
    problems: list[ReadProblem] = []
    lost: Counter[str] = Counter()
    topic = None
    for question in by_topic(questions):
        if why := _no_place(question):
            problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
            continue
        if question.topic != topic:
            topic = question.topic
            category = etree.SubElement(_element(quiz, "question", type="category"), "category")
            _text(category, f"$course$/top/{' '.join((topic or '').split())}")
        _Question(question, quiz).write()
        lost.update(_lost(question))
        if stop := in_the_way(question):
            problems.append(ReadProblem(ReadCode.STOPS_MOODLE, question.place, excerpt(question.stem), stop))
    content = etree.tostring(quiz, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Written(content, (*problems, *losses(lost)))


def _no_place(question: ReadQuestion) -> str:
    """Why Moodle has no place for a question; empty if it has one."""
    match question.kind:
        case Kind.SHORT_ANSWER:
            return "" if any(one.text for one in question.answers) else "a short answer without wordings"
        case Kind.TRUE_FALSE:
            return "a statement that isn't said to be true or false" if question.correct is None else ""
    return "" if len(question.choices) > 1 else "a choice between fewer than two"


@dataclass(frozen=True)
class _Question:
    """One question on its way into the file."""

    question: ReadQuestion
    quiz: _Element

    def write(self) -> None:
        question = self.question
        type = {Kind.TRUE_FALSE: "truefalse", Kind.SHORT_ANSWER: "shortanswer"}.get(question.kind, "multichoice")
        element = _element(self.quiz, "question", type=type)
        _text(etree.SubElement(element, "name"), " ".join((question.name or stand_in(_clean(question.stem))).split()))
        stem = self._formatted(element, "questiontext", question.stem)
        self._formatted(element, "generalfeedback", question.explanation)
        if question.points is not None:
            _said(element, "defaultgrade", f"{float(question.points):.7f}")
        match question.kind:
            case Kind.TRUE_FALSE:
                for truth in (True, False):
                    share = EVERYTHING if truth == question.correct else NOTHING
                    _text(_answer(element, share), str(truth).lower())
            case Kind.SHORT_ANSWER:
                _said(element, "usecase", str(int(all(one.case_sensitive for one in question.answers))))
                for answer in question.answers:
                    _text(_answer(element, answer.fraction), answer.text)
            case _:
                self._choices(element)
        if question.tags:
            tags = etree.SubElement(element, "tags")
            for tag in question.tags:
                _text(etree.SubElement(tags, "tag"), tag)
        shown = {file.get("name") for file in element.iter("file")}
        for medium in question.media:
            if medium.name not in shown:
                _file(stem, medium)

    def _choices(self, element: _Element) -> None:
        _said(element, "single", str(self.question.kind is Kind.SINGLE_CHOICE).lower())
        _said(element, "shuffleanswers", "true")
        _said(element, "answernumbering", "ABCD")
        for choice in self.question.choices:
            answer = self._formatted(element, "answer", choice.text)
            answer.set("fraction", percent(choice.fraction))
            if choice.feedback:
                self._formatted(answer, "feedback", choice.feedback)

    def _formatted(self, parent: _Element, name: str, text: str) -> _Element:
        """An element with a text, as HTML where that is needed, and with the files that the text shows."""
        names = {found["name"] for found in PICTURE.finditer(text)}
        shown = [medium for medium in self.question.media if medium.name in names]
        element = _element(parent, name, format=HTML if shown or "\n" in text else PLAIN)
        _text(element, html(text, self._picture) if shown or "\n" in text else text)
        for medium in shown:
            _file(element, medium)
        return element

    def _picture(self, name: str, alt: str) -> str:
        if all(medium.name != name for medium in self.question.media):
            return html(f"![{alt}]({name})")
        address = f'src="{FILES}/{escape(quote(name))}"'
        tag = _SOUNDS.get(PurePath(name).suffix.lower())
        if tag:
            return f'<{tag} {address} title="{escape(alt)}" controls="true"></{tag}>'
        return f'<img {address} alt="{escape(alt)}"/>'


def _answer(parent: _Element, share: Fraction) -> _Element:
    return _element(parent, "answer", fraction=percent(share), format="moodle_auto_format")


def _file(parent: _Element, medium: Medium) -> None:
    file = etree.SubElement(parent, "file", {"name": _clean(medium.name), "path": "/", "encoding": "base64"})
    file.text = base64.b64encode(medium.content).decode()


def _element(parent: _Element, name: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, name, attributes)


def _said(parent: _Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _text(parent: _Element, text: str) -> None:
    etree.SubElement(parent, "text").text = _clean(text)


def _clean(text: str) -> str:
    """A text without what XML has no place for: control characters."""
    return _FORBIDDEN.sub("", text)


def _lost(question: ReadQuestion) -> Iterator[str]:
    if question.difficulty is not None:
        yield "difficulty"
    if question.key_points:
        yield "key points"
    if len({one.case_sensitive for one in question.answers}) > 1:
        yield "capitals that matter in some of the answers"
    if question.points is not None and (question.points * 10**7).denominator > 1:
        yield "points beyond seven places"
    whole = EVERYTHING if question.kind is Kind.SINGLE_CHOICE else None
    if any(one.correct != (one.fraction == whole if whole else one.fraction > 0) for one in question.choices):
        yield "which choices are right, where their shares say something else"
    if any(_FORBIDDEN.search(text) for text in _all_texts(question)):
        yield "control characters"


def _all_texts(question: ReadQuestion) -> Iterator[str]:
    yield from (question.stem, question.explanation, question.name or "", question.topic or "", *question.tags)
    for choice in question.choices:
        yield from (choice.text, choice.feedback)
    yield from (answer.text for answer in question.answers)
