"""Marking, in verbs: by rule when an attempt closes, by a person at the desk, and what becomes of late answers."""

from exam.marking.actions.late import decide_late, tell_of_late_answers
from exam.marking.actions.machine import on_attempts_closed
from exam.marking.actions.marks import REFUSALS, give_opinion
from exam.marking.actions.telling import tell_of_waiting_work

__all__ = [
    "REFUSALS",
    "decide_late",
    "give_opinion",
    "on_attempts_closed",
    "tell_of_late_answers",
    "tell_of_waiting_work",
]
