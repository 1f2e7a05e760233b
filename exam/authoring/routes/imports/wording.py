"""What is said of files of questions: formats, problems, remedies."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from exam.authoring.actions.imports.places import place_words
from exam.authoring.actions.imports.states import item_of
from exam.authoring.forms.questions import problem_words as bank_problem_words
from exam.authoring.models import ImportRow
from exam.authoring.routes.blueprint import bp
from exam.authoring.routes.imports.details import detail_words
from exam.authoring.rules.imports import ABOUT_KEY, RowState, Stage
from question_bank.formats import FORMATS
from question_bank.formats.codes import ReadCode
from question_bank.problems import ProblemCode, problems

bp.add_app_template_filter(place_words, "place")
_FORMATS = {
    "xlsx": _l("Excel (.xlsx)"),
    "csv": _l("Table as text (.csv)"),
    "docx": _l("Word (.docx)"),
    "paper": _l("Paper as plain text"),
    "gift": _l("GIFT (Moodle)"),
    "aiken": _l("Aiken"),
    "moodle": _l("Moodle XML"),
    "qti21": _l("QTI 2.1 package"),
    "qti30": _l("QTI 3.0 package"),
    "qti": _l("QTI, any version"),
    "json": _l("Jieye JSON"),
    "toml": _l("Jieye TOML"),
}
_STAGES = {
    Stage.READING: _l("Reading the file …"),
    Stage.COMPARING: _l("Looking for what the bank has already …"),
    Stage.KEEPING: _l("Almost there …"),
}
COLUMN_WORDS: dict[str, Any] = {
    "stem": _l("Question text"),
    "kind": _l("Kind"),
    "choices": _l("All choices"),
    **{letter: _l("Choice %(letter)s", letter=letter) for letter in "ABCDEFGH"},
    "answer": _l("Answer"),
    "key_points": _l("Key points"),
    "explanation": _l("Explanation"),
    "points": _l("Points"),
    "difficulty": _l("Difficulty"),
    "topic": _l("Topic"),
    "tags": _l("Tags"),
}
READ_ONLY = frozenset(["qti"])
WRITE_ONLY = frozenset(["qti21", "qti30"])
"""Reading tells the version by itself; writing has to know it."""


@dataclass(frozen=True)
class Problem:
    """Something said of a question: how grave it is, and the sentence."""

    severity: str
    words: str


def format_options(writing: bool) -> list[tuple[str, Any]]:
    """The formats to choose from."""
    left_out = READ_ONLY if writing else WRITE_ONLY
    return [(name, _FORMATS[name]) for name in _FORMATS if name in FORMATS and name not in left_out]


def format_words(name: str) -> str:
    """A format's name."""
    return str(_FORMATS[name])


def stage_words(stage: Stage) -> str:
    """How far an upload is."""
    return str(_STAGES[stage])


def problem_words(code: str, detail: str = "") -> str:
    """The sentence for a problem of a file."""
    return str(_SENTENCES[ReadCode(code)]) % {"detail": detail_words(detail)}


def problems_of(row: ImportRow) -> list[Problem]:
    """All that is said of a question: by its reader, and by the bank."""
    said = [Problem(one["severity"], problem_words(one["code"], one["detail"])) for one in row.problems]
    item = item_of(row.content)
    if item is None or row.state is RowState.IMPORTED:
        return said
    without_key = any(one["code"] in ABOUT_KEY for one in row.problems)
    found = [one for one in problems(item) if not (without_key and one.code is ProblemCode.NO_KEY)]
    return said + [Problem("error", words) for words in dict.fromkeys(map(bank_problem_words, found))]


_SENTENCES: dict[ReadCode, Any] = {
    ReadCode.NOT_FOUND: _l("There is no such file, or it can't be opened."),
    ReadCode.TOO_LARGE: _l("The file is larger than %(detail)s. Split it."),
    ReadCode.EMPTY: _l("There is no question in this file."),
    ReadCode.NOT_TEXT: _l("This is not text in UTF-8, UTF-16 or GB18030. Save it as text in UTF-8."),
    ReadCode.MOJIBAKE: _l("The letters were broken when this file was saved. Save the original again, as UTF-8."),
    ReadCode.WRONG_SUFFIX: _l(
        "The name ends in %(detail)s, and the content is something else. Give it its right name."
    ),
    ReadCode.NOT_A_PACKAGE: _l("This is no Excel or Word file and no zip package."),
    ReadCode.OLD_OFFICE: _l("This is an Office file of before 2007. Save it as .xlsx or .docx."),
    ReadCode.LOCKED: _l("The file is locked with a password. Save it without."),
    ReadCode.MACROS: _l("The file carries macros. Save it as .xlsx or .docx."),
    ReadCode.DAMAGED: _l("The file is damaged or cut off. Save or send it again."),
    ReadCode.UNPACKS_TOO_LARGE: _l("The file unpacks to far more than a file of questions has. Split it."),
    ReadCode.UNSAFE_NAME: _l("A file in the package is called %(detail)s, which points outside of it."),
    ReadCode.NESTED_PACKAGE: _l("There is another package in it: %(detail)s. Unpack that and import it by itself."),
    ReadCode.FILE_MISSING: _l("The package names %(detail)s and doesn't have it."),
    ReadCode.BAD_XML: _l("The XML is not well-formed: %(detail)s."),
    ReadCode.ENTITIES: _l("The XML declares entities, which are not read here. Save it without its DOCTYPE."),
    ReadCode.BAD_DATA: _l("The file can't be read as what it should be: %(detail)s."),
    ReadCode.BAD_FIELD: _l("This field is missing, or holds what it can't: %(detail)s."),
    ReadCode.NO_MANIFEST: _l("The package has no imsmanifest.xml."),
    ReadCode.BAD_MANIFEST: _l("The package's imsmanifest.xml can't be read: %(detail)s."),
    ReadCode.NO_HEADINGS: _l(
        "No row has headings such as question and answer, so what the columns mean can't be told."
    ),
    ReadCode.UNKNOWN_FORMAT: _l("The format can't be told from the content. Say which it is: %(detail)s."),
    ReadCode.NO_STEM: _l("The question has no words of its own."),
    ReadCode.NO_ANSWERS: _l("There are no answers where they should be."),
    ReadCode.UNCLOSED: _l("A brace is opened and not closed before the next empty line."),
    ReadCode.UNOPENED: _l("A brace is closed and was not opened since the last empty line."),
    ReadCode.MARKS_OUTSIDE: _l(
        "Outside of the answers' braces, and so read as words: %(detail)s. Is an empty line missing?"
    ),
    ReadCode.TOO_FEW_CHOICES: _l("A choice question needs at least two choices."),
    ReadCode.TOO_MANY_CHOICES: _l("A question can have at most 26 choices."),
    ReadCode.NO_KEY: _l("No choice is marked as right."),
    ReadCode.BAD_KEY: _l("The key names %(detail)s, and there is no such choice."),
    ReadCode.TWO_KEYS: _l("It is called a single choice, and its key names several: say which of the two is meant."),
    ReadCode.KEYS_DIFFER: _l("The key in the question and the one below it differ: %(detail)s."),
    ReadCode.KEY_FOR_NOTHING: _l("This key belongs to no question, or to one that has a key already."),
    ReadCode.CHOICES_OUT_OF_ORDER: _l("The choices are lettered %(detail)s: one is missing, or two stand in one line."),
    ReadCode.BAD_POINTS: _l("%(detail)s is no number of points."),
    ReadCode.BAD_WEIGHT: _l("%(detail)s is no share of the points: it has to be between -100 and 100 per cent."),
    ReadCode.SHARE_AS_WORDS: _l(
        "%(detail)s is read as words, as Moodle does: a share has a point, and no = before it."
    ),
    ReadCode.SEVERAL_KEYS: _l("A single choice with several right answers: each alone is right, as %(detail)s has it."),
    ReadCode.KEY_BY_LOOKS: _l("No key is written here. It was taken from the choices that are %(detail)s: check it."),
    ReadCode.WORD_FOR_TRUTH: _l(
        "Read as a short answer, as %(detail)s does: only T, TRUE, F and FALSE are true or false."
    ),
    ReadCode.KIND_GUESSED: _l(
        "Kind %(detail)s is nowhere explained: the kind is told from the choices and the answer."
    ),
    ReadCode.TRUTH_BY_LETTER: _l("%(detail)s without choices: A is read as true and B as false."),
    ReadCode.EXAMPLE_ROW: _l("Passed over as an example or a hint: it stands right below the headings."),
    ReadCode.SHEET_HIDDEN: _l("Passed over: this sheet is hidden. Show it if its questions are wanted."),
    ReadCode.SHEET_PASSED_OVER: _l("Passed over: no row of this sheet has headings such as question and answer."),
    ReadCode.TRUTH_BY_ORDER: _l(
        "The answers aren't called true and false: the first is taken for true, as %(detail)s does."
    ),
    ReadCode.STOPS_MOODLE: _l("Moodle stops its import at this question: %(detail)s."),
    ReadCode.CASE_ASSUMED: _l("The file doesn't say whether capitals matter in answers. Read as if %(detail)s."),
    ReadCode.NOT_SCORED: _l("The item's own rules for points can't be followed: %(detail)s."),
    ReadCode.NO_SUCH_ITEM: _l("There is no item %(detail)s in the file. Name it by its identifier or its file."),
    ReadCode.SEVERAL_ITEMS: _l("Several items are called %(detail)s. Name the one that is meant by its file."),
    ReadCode.BAD_RESPONSES: _l(
        "The responses can't be read: %(detail)s. They are JSON: each item with a list of responses."
    ),
    ReadCode.TOO_MANY_QUESTIONS: _l("There are more than %(detail)s questions in it. Split the file."),
    ReadCode.MEDIA_REFUSED: _l("A picture or sound isn't kept: %(detail)s"),
    ReadCode.KEY_POINT_MADE: _l("One key point was made of the whole answer. Divide it where markers give part of it."),
    ReadCode.POINTS_ROUNDED: _l("Points go in halves: %(detail)s."),
    ReadCode.NOT_KEPT: _l("Not kept: %(detail)s."),
    ReadCode.NOT_A_QUESTION: _l("This belongs to no question, and was passed over."),
    ReadCode.UNSUPPORTED_KIND: _l("Questions of this kind can't be kept here: %(detail)s."),
    ReadCode.LEFT_OUT: _l("Left out, for the format has no place for it: %(detail)s."),
}
