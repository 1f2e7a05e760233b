"""Reading the bank, exams and courses for trainers' pages."""

from exam.authoring.queries.courses import CourseView, PageRow, check, course_views, courses, exam, page, revisions
from exam.authoring.queries.questions import (
    last_edit,
    names,
    overdue,
    own_edit,
    question,
    source_pages,
    state_counts,
    uses,
    version_uses,
    waiting_for_review,
)
from exam.authoring.queries.usage import FEWEST, Use, may_draw, where_used

__all__ = [
    "FEWEST",
    "CourseView",
    "PageRow",
    "Use",
    "check",
    "course_views",
    "courses",
    "exam",
    "last_edit",
    "may_draw",
    "names",
    "overdue",
    "own_edit",
    "page",
    "question",
    "revisions",
    "source_pages",
    "state_counts",
    "uses",
    "version_uses",
    "waiting_for_review",
    "where_used",
]
