"""The timed run in verbs: start, open the room, save, flag, hand in, close, void, give time. Nothing here commits."""

from exam.attempts.actions.answering import Saved, SaveOutcome, Told, open_room, save, set_flag
from exam.attempts.actions.closing import (
    close_due,
    close_due_in_batches,
    close_if_due,
    submit,
    void,
)
from exam.attempts.actions.crediting import beat, give_time, give_time_to_all, settle_outages
from exam.attempts.actions.forgetting import forget_networks
from exam.attempts.actions.guards import is_due
from exam.attempts.actions.hearing import Noticed, hear, keep_events, note_seen
from exam.attempts.actions.leaving import Leaving, hand_in_together
from exam.attempts.actions.preparing import discard_stale, prepare, prepare_in_batches
from exam.attempts.actions.starting import Starting, start, start_own, start_together
from exam.attempts.actions.stating import on_result_released, state
from exam.attempts.actions.together import Entry, Kept, save_together
from exam.attempts.actions.waiting import Waiting

__all__ = [
    "Entry",
    "Kept",
    "Leaving",
    "Noticed",
    "SaveOutcome",
    "Saved",
    "Starting",
    "Told",
    "Waiting",
    "beat",
    "close_due",
    "close_due_in_batches",
    "close_if_due",
    "discard_stale",
    "forget_networks",
    "give_time",
    "give_time_to_all",
    "hand_in_together",
    "hear",
    "is_due",
    "keep_events",
    "note_seen",
    "on_result_released",
    "open_room",
    "prepare",
    "prepare_in_batches",
    "save",
    "save_together",
    "set_flag",
    "settle_outages",
    "start",
    "start_own",
    "start_together",
    "state",
    "submit",
    "void",
]
