"""Reading marks, and what the desk shows. A fixed number of statements each, however many candidates there are."""

from exam.marking.queries.desk import (
    DeskAnswer,
    QuestionWork,
    answer,
    exams_with_new_work,
    last_marked_by,
    left,
    next_attempt,
    unmarked,
    work,
)
from exam.marking.queries.late import LateSlot, is_late_waiting, late_left, late_slots, waiting_for_decision
from exam.marking.queries.marks import (
    MarkedRow,
    counting_marks,
    is_released,
    marked,
    other_trainers,
)
from exam.marking.queries.places import Earned, Place, earned, place, places

__all__ = [
    "DeskAnswer",
    "Earned",
    "LateSlot",
    "MarkedRow",
    "Place",
    "QuestionWork",
    "answer",
    "counting_marks",
    "earned",
    "exams_with_new_work",
    "is_late_waiting",
    "is_released",
    "last_marked_by",
    "late_left",
    "late_slots",
    "left",
    "marked",
    "next_attempt",
    "other_trainers",
    "place",
    "places",
    "unmarked",
    "waiting_for_decision",
    "work",
]
