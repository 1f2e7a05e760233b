"""Marking, in verbs: by rule when an attempt closes, by a person at the desk, and what becomes of late answers."""

from exam.marking.actions.acts import Given, give_together, take_back
from exam.marking.actions.late import decide_late, tell_of_late_answers
from exam.marking.actions.machine import on_attempts_closed
from exam.marking.actions.marks import REFUSALS, give_opinion
from exam.marking.actions.second import reopen, settle
from exam.marking.actions.snippets import drop_snippet, keep_snippet
from exam.marking.actions.telling import tell_of_waiting_work

__all__ = [
    "REFUSALS",
    "Given",
    "decide_late",
    "drop_snippet",
    "give_opinion",
    "give_together",
    "keep_snippet",
    "on_attempts_closed",
    "reopen",
    "settle",
    "take_back",
    "tell_of_late_answers",
    "tell_of_waiting_work",
]
