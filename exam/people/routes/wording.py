"""What is wrong with a file or a line of it, in the reader's words, with the remedy."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam.people.rules import MOST_LINES, Column, Fault, Problem, SheetProblem, UnreadableSheet
from exam.spreadsheets import FileProblem, UnreadableTable

COLUMNS: dict[Column, Any] = {
    Column.NAME: _l("Name"),
    Column.STAFF_NUMBER: _l("Staff number"),
    Column.USERNAME: _l("User name"),
    Column.EMAIL: _l("Email"),
    Column.TUTOR: _l("Tutor"),
    Column.COHORT: _l("Cohort"),
    Column.ROLE: _l("Role"),
}

FILES: dict[FileProblem, Any] = {
    FileProblem.EMPTY: _l("This file is empty. Choose the one with the list."),
    FileProblem.TOO_LARGE: _l("This file is larger than 1 MB. Leave only the list in it, or split it in two."),
    FileProblem.WRONG_KIND: _l("Only Excel files (.xlsx) and CSV files can be read. Save the list as one of them."),
    FileProblem.OLD_EXCEL: _l("This is an old Excel file (.xls). Open it, save it as .xlsx, and choose that one."),
    FileProblem.LOCKED: _l(
        "This file is behind a password, or an old Excel file. Save it as .xlsx without a password."
    ),
    FileProblem.MACROS: _l("This file contains macros. Save it as .xlsx without macros."),
    FileProblem.NOT_WHAT_IT_SAYS: _l(
        "What is in this file isn't what its name says. Save the list as .xlsx or CSV anew."
    ),
    FileProblem.UNPACKS_TOO_LARGE: _l("This file unpacks to far more than a list. Copy the list into a new file."),
    FileProblem.DAMAGED: _l(
        "This file is damaged or holds something that isn't a table. Copy the list into a new file."
    ),
    FileProblem.UNKNOWN_LETTERS: _l("The letters of this file can't be read. Save it as CSV UTF-8 or as .xlsx."),
}

SHEETS: dict[SheetProblem, Any] = {
    SheetProblem.NO_HEADINGS: _l("No column for names was found. Put headings above the columns, one of them “Name”."),
    SheetProblem.TWO_ALIKE: _l("Two columns both mean “%(column)s”. Take one out, or rename it."),
    SheetProblem.NO_LINES: _l("There are headings, but nobody below them."),
    SheetProblem.TOO_MANY: _l("More than %(most)s people are in this file. Split it in two."),
}

FAULTS: dict[Fault, Any] = {
    Fault.NO_NAME: _l("The name is missing. Fill it in."),
    Fault.TOO_LONG: _l("%(column)s is too long: at most %(other)s characters."),
    Fault.UNREADABLE: _l("%(column)s has letters that can't be read. Write it again."),
    Fault.FORMULA: _l("%(column)s is a formula. Write its value instead."),
    Fault.BAD_USERNAME: _l("“%(value)s” can't be a user name: 2 to 64 letters or digits, and the signs . _ - @ +"),
    Fault.BAD_EMAIL: _l("“%(value)s” isn't an address such as name@example.com."),
    Fault.TAKEN: _l("%(column)s %(value)s belongs to %(other)s already. Correct it."),
    Fault.TWICE: _l("%(column)s %(value)s stands in line %(line)s already. Correct one of the two."),
    Fault.SAME_NAME: _l("%(value)s stands in line %(line)s already. If it is another person, add the staff number."),
    Fault.UNKNOWN_TUTOR: _l("No trainer is called “%(value)s”. Write the name, staff number or user name of one."),
    Fault.SEVERAL_TUTORS: _l("Several trainers are called “%(value)s”. Write the staff number or user name."),
    Fault.UNKNOWN_ROLE: _l("“%(value)s” isn't a role. Write new hire, trainer or HR, or leave it empty."),
    Fault.ADMIN_ROLE: _l("Administrators aren't imported. Take the role out; an administrator can give it later."),
}  # fmt: skip

VALUE_SHOWN = 40
"""Characters of a wrong value that are shown."""


def file_words(error: UnreadableTable | UnreadableSheet) -> str:
    """Why a file can't be imported."""
    if isinstance(error, UnreadableTable):
        return str(FILES[error.problem])
    column = COLUMNS[error.what] if error.what else ""
    return str(SHEETS[error.problem]) % {"column": column, "most": MOST_LINES}


def problem_words(problem: Problem) -> str:
    """What is wrong with a line, and what to do."""
    value = problem.value if len(problem.value) <= VALUE_SHOWN else f"{problem.value[:VALUE_SHOWN]}\u2026"
    blanks = {"column": COLUMNS[problem.column], "value": value, "other": problem.other, "line": problem.line}
    return str(FAULTS[problem.fault]) % blanks


def column_words(column: Column) -> str:
    """What a column is called."""
    return str(COLUMNS[column])


def example() -> list[str]:
    """A line that shows how to fill in the file; importing leaves it out."""
    return [
        _("Example: Lin Xiaoyu"), "M0412", "", "linxiaoyu@example.com", _("Zhou Min"), _("November 2026"),
        str(_("New hire")),
    ]  # fmt: skip
