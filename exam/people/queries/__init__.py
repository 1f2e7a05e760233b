"""Reading about people: lists, and everything about one of them."""

from exam.people.queries.history import Learning, Run, Try, decisions, learning, notices, tries
from exam.people.queries.lists import (
    ORDERS,
    CohortRow,
    PersonRow,
    Wanted,
    cohort,
    cohort_rows,
    cohorts,
    known,
    named_tutors,
    names_of,
    people,
    somebody,
    taken_usernames,
    tutors,
)

__all__ = [
    "ORDERS",
    "CohortRow",
    "Learning",
    "PersonRow",
    "Run",
    "Try",
    "Wanted",
    "cohort",
    "cohort_rows",
    "cohorts",
    "decisions",
    "known",
    "learning",
    "named_tutors",
    "names_of",
    "notices",
    "people",
    "somebody",
    "taken_usernames",
    "tries",
    "tutors",
]
