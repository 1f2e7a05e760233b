"""Reading marks, and what the desk shows. A fixed number of statements each, however many candidates there are."""

from exam.marking.queries.conditions import unmarked
from exam.marking.queries.desk import DeskAnswer, answer, answers, media, texts
from exam.marking.queries.groups import Group, Like, group
from exam.marking.queries.late import LateSlot, is_late_waiting, late_left, late_slots, waiting_for_decision
from exam.marking.queries.marks import (
    MarkedRow,
    counting_marks,
    is_released,
    marked,
    other_trainers,
    released,
)
from exam.marking.queries.opinions import (
    LastAct,
    earlier,
    how_followed,
    last_act,
    last_marked_by,
    opinions_before,
    snippets,
    standing,
    taken_back,
)
from exam.marking.queries.places import Earned, Place, earned, place, places
from exam.marking.queries.work import (
    QuestionWork,
    exams_with_new_work,
    left,
    next_attempt,
    waiting,
    wholly_marked,
    work,
)

__all__ = [
    "DeskAnswer",
    "Earned",
    "Group",
    "LastAct",
    "LateSlot",
    "Like",
    "MarkedRow",
    "Place",
    "QuestionWork",
    "answer",
    "answers",
    "counting_marks",
    "earlier",
    "earned",
    "exams_with_new_work",
    "group",
    "how_followed",
    "is_late_waiting",
    "is_released",
    "last_act",
    "last_marked_by",
    "late_left",
    "late_slots",
    "left",
    "marked",
    "media",
    "next_attempt",
    "opinions_before",
    "other_trainers",
    "place",
    "places",
    "released",
    "snippets",
    "standing",
    "taken_back",
    "texts",
    "unmarked",
    "waiting",
    "waiting_for_decision",
    "wholly_marked",
    "work",
]
