"""Reading the bank, exams and courses for trainers' pages."""

from exam.authoring.queries.courses import CourseView, PageRow, check, course_views, courses, exam, page, revisions
from exam.authoring.queries.questions import (
    names,
    overdue,
    question,
    source_pages,
    state_counts,
    uses,
    version_uses,
    waiting_for_review,
)

__all__ = [
    "CourseView",
    "PageRow",
    "check",
    "course_views",
    "courses",
    "exam",
    "names",
    "overdue",
    "page",
    "question",
    "revisions",
    "source_pages",
    "state_counts",
    "uses",
    "version_uses",
    "waiting_for_review",
]
