"""The timed run in verbs: start, open the room, save, flag, hand in, close, void. Nothing here commits."""

from exam.attempts.actions.answering import Saved, SaveOutcome, open_room, save, set_flag
from exam.attempts.actions.closing import Waiting, close_due, close_if_due, is_due, receipt_of, submit, void
from exam.attempts.actions.starting import start

__all__ = [
    "SaveOutcome",
    "Saved",
    "Waiting",
    "close_due",
    "close_if_due",
    "is_due",
    "open_room",
    "receipt_of",
    "save",
    "set_flag",
    "start",
    "submit",
    "void",
]
