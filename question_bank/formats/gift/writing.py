"""A file of GIFT written."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from question_bank.formats.codes import ReadCode
from question_bank.formats.moodle import by_topic
from question_bank.formats.reading import EVERYTHING, ReadChoice, ReadProblem, ReadQuestion, Written, excerpt, losses
from question_bank.responses import Kind


def write(questions: Iterable[ReadQuestion]) -> Written:
    """Write a file that `read` reads back, and say what GIFT has no place for."""
    blocks: list[str] = []
    problems: list[ReadProblem] = []
    lost: Counter[str] = Counter()
    topic = None
    for question in by_topic(questions):
        answers = _written_answers(question, problems)
        if answers is None:
            continue
        if question.topic != topic:
            topic = question.topic
            blocks.append(f"$CATEGORY: {' '.join((topic or '').split())}")
        tags = " ".join(f"[tag:{_tag(tag)}]" for tag in question.tags)
        name = f"::{_escaped(question.name)}::" if question.name else ""
        general = f"\n\t####{_marked(question.explanation, question.html)}" if question.explanation else ""
        comment = f"// {tags}\n" if tags else ""
        stem = f"[html]{_escaped(question.stem)}" if question.html else _marked(question.stem)
        blocks.append(f"{comment}{name}{stem}{{{answers}{general}\n}}")
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
            return "".join(_written_choice(one, question.html) for one in question.choices)
        case Kind.MULTIPLE_CHOICE if len(question.choices) > 1:
            return "".join(
                f"\n\t~{_share(one.fraction)}{_with_feedback(one, question.html)}" for one in question.choices
            )
    short = question.kind is Kind.SHORT_ANSWER
    why = "a short answer without wordings, or with an arrow in one" if short else "a question without a key"
    problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
    return None


def _written_choice(choice: ReadChoice, html: bool) -> str:
    if choice.fraction == EVERYTHING:
        return f"\n\t={_with_feedback(choice, html)}"
    return f"\n\t~{_share(choice.fraction)}{_with_feedback(choice, html)}"


def _with_feedback(choice: ReadChoice, html: bool) -> str:
    return _marked(choice.text, html) + (f"#{_marked(choice.feedback, html)}" if choice.feedback else "")


def _share(fraction: Fraction, usual: Fraction | None = None) -> str:
    return "" if fraction == usual else f"%{float(fraction * 100):.5f}".rstrip("0").rstrip(".") + "%"


def _marked(text: str, html: bool = False) -> str:
    """A text that begins like something else is told to be one."""
    escaped = _escaped(text)
    return f"[{'html' if html else 'moodle'}]{escaped}" if escaped.startswith(("[", "//", "%", "$")) else escaped


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
