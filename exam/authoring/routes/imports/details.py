"""What sentences about a file are about: the words of the formats, in the reader's language."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l


def detail_words(detail: str) -> str:
    """What a sentence is about: words of ours in the reader's language, words of the file as they are."""
    what, bracket, rest = detail.partition(" (of ")
    if bracket and what in _DETAILS:
        return str(_("%(what)s (%(count)s times)", what=_DETAILS[what], count=rest.rstrip(")")))
    for name in _WITH_VALUE:
        if detail.startswith(f"{name} "):
            return f"{_DETAILS[name]}{_(': ')}{detail.removeprefix(name).strip()}"
    return str(_DETAILS.get(detail, detail))


_WITH_VALUE = ("difficulty", "expected time", "family")
"""Behind these stands what the file says."""


_DETAILS: dict[str, Any] = {
    "a document within the document": _l("a document within the document"),
    "a line of the question looks like a choice or a key": _l("a line of the question looks like a choice or a key"),
    "a name of too many parts": _l("a name of too many parts"),
    "a number or a nesting without end": _l("a number or a nesting without end"),
    "a reference to questions in a bank elsewhere": _l("a reference to questions in a bank elsewhere"),
    "a share of more than the whole question": _l("a share of more than the whole question"),
    "a statement that isn't said to be true or false": _l("a statement that isn't said to be true or false"),
    "a text without a question, or one whose answers don't stand in braces": _l(
        "a text without a question, or one whose answers don't stand in braces"
    ),
    "accepted wordings": _l("accepted wordings"),
    "accepted wordings of key points": _l("accepted wordings of key points"),
    "addresses of links": _l("addresses of links"),
    "backslashes in tags": _l("backslashes in tags"),
    "bold, italics and colours": _l("bold, italics and colours"),
    "brackets in brackets without end": _l("brackets in brackets without end"),
    "capitals that matter": _l("capitals that matter"),
    "capitals that matter in some of the answers": _l("capitals that matter in some of the answers"),
    "control characters": _l("control characters"),
    "description, a text without a question": _l("description, a text without a question"),
    "difficulty": _l("difficulty"),
    "drawings within the text": _l("drawings within the text"),
    "emphasis of single words": _l("emphasis of single words"),
    "essay": _l("essay"),
    "expected time": _l("expected time"),
    "explanation": _l("explanation"),
    "family": _l("family"),
    "family and expected time": _l("family and expected time"),
    "feedback": _l("feedback"),
    "feedback for a right and a wrong answer": _l("feedback for a right and a wrong answer"),
    "feedback for an answer": _l("feedback for an answer"),
    "feedback for the whole answer": _l("feedback for the whole answer"),
    "feedback for true and for false": _l("feedback for true and for false"),
    "further attempts at the same question": _l("further attempts at the same question"),
    "hints": _l("hints"),
    "hotspot or slider": _l("hotspot or slider"),
    "it has fewer than two choices, or more than 26": _l("it has fewer than two choices, or more than 26"),
    "it has no words": _l("it has no words"),
    "it is no manifest": _l("it is no manifest"),
    "it is no object of lists": _l("it is no object of lists"),
    "it knows exactly one right choice, and no shares": _l("it knows exactly one right choice, and no shares"),
    "it knows single choices only": _l("it knows single choices only"),
    "it needs words and two choices": _l("it needs words and two choices"),
    "key points": _l("key points"),
    "line breaks in choices": _l("line breaks in choices"),
    "matching": _l("matching"),
    "name": _l("name"),
    "names": _l("names"),
    "names without a letter": _l("names without a letter"),
    "no answer has 100 %": _l("no answer has 100 %"),
    "notes for markers": _l("notes for markers"),
    "numerical": _l("numerical"),
    "pictures and sounds": _l("pictures and sounds"),
    "pictures and sounds that stand in no text": _l("pictures and sounds that stand in no text"),
    "points": _l("points"),
    "points beyond seven places": _l("points beyond seven places"),
    "points for any other answer": _l("points for any other answer"),
    "points for the right choices together, beyond those of each": _l(
        "points for the right choices together, beyond those of each"
    ),
    "points for the wrong answer": _l("points for the wrong answer"),
    "points of 0 or beyond all measure": _l("points of 0 or beyond all measure"),
    "several answers in one gap": _l("several answers in one gap"),
    "several choices by one name": _l("several choices by one name"),
    "shares of choices": _l("shares of choices"),
    "shares of choices: the exam's own rule gives points": _l("shares of choices: the exam's own rule gives points"),
    "some characters in the names of pictures and sounds": _l("some characters in the names of pictures and sounds"),
    "spaces around topics and tags": _l("spaces around topics and tags"),
    "spaces in what a picture shows": _l("spaces in what a picture shows"),
    "tags": _l("tags"),
    "template, with numbers drawn afresh for everybody": _l("template, with numbers drawn afresh for everybody"),
    "that only all the right choices together count": _l("that only all the right choices together count"),
    "that the choices stay in their order": _l("that the choices stay in their order"),
    "the layout of formulas": _l("the layout of formulas"),
    "the shares above 0 don't add up to 100 %": _l("the shares above 0 don't add up to 100 %"),
    "there are several": _l("there are several"),
    "there is no [[question]]": _l("there is no [[question]]"),
    'there is no list of "questions"': _l('there is no list of "questions"'),
    "this is no JSON": _l("this is no JSON"),
    "topic": _l("topic"),
    "which choices are right, where their shares say something else": _l(
        "which choices are right, where their shares say something else"
    ),
    "wordings that are worth part of the points": _l("wordings that are worth part of the points"),
    "wordings with a share, and capitals that matter": _l("wordings with a share, and capitals that matter"),
}
