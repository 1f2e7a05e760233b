"""Files to fill in, with examples of all four kinds, by the names under which they are given out."""

from collections.abc import Callable, Mapping

from question_bank.formats import docx, paper, tables

TEMPLATES: Mapping[str, Callable[[], bytes]] = {
    "questions.xlsx": tables.template,
    "questions.docx": docx.template,
    "questions.txt": paper.template,
}
