"""Cohorts, people and files of people for tests of HR's pages, and what the pages say."""

import io
import re
from typing import Any

from openpyxl import Workbook
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.courses.models import Cohort, Course
from tests.builders import NOW, make_course, make_person, number


def make_cohort(session: Session, course: Course | None = None, **columns: Any) -> Cohort:
    """A run of a course."""
    course = course or make_course(session)
    values = {"name": f"2026 年 3 月 第 {next(number)} 批", "course": course, "created_at": NOW}
    cohort = Cohort(**{**values, **columns})
    session.add(cohort)
    session.flush()
    return cohort


def named(session: Session, name: str, **columns: Any) -> Person:
    """Somebody with this name."""
    return make_person(session, full_name=name, **columns)


def text(response: Any) -> str:
    """The page of a response."""
    return response.get_data(as_text=True)


def names(response: Any) -> list[str]:
    """The names in a list of people, in its order."""
    return re.findall(r'class="rowlink" href="/people/\d+">([^<]*)<', text(response))


def upload(name: str, content: bytes | str) -> dict[str, Any]:
    """A file as a form sends it."""
    return {"file": (io.BytesIO(content.encode() if isinstance(content, str) else content), name)}


def workbook(*rows: tuple[object, ...]) -> bytes:
    """An Excel file with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
