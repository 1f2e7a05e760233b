"""What trainers change, in verbs: questions, their review, course pages and knowledge checks."""

from exam.authoring.actions.bulk import MOST, Change, Done, edit_many, undo
from exam.authoring.actions.courses import add_check, edit_check, edit_page, retire_check
from exam.authoring.actions.questions import (
    discard_draft,
    duplicate_question,
    make_topic,
    publish_question,
    restore_question,
    retire_question,
    save_question,
    set_review_due,
    set_tags,
)
from exam.authoring.actions.refusals import in_words, left_words
from exam.authoring.actions.relations import relate_question
from exam.authoring.actions.reviewing import approve, comment, send_back, submit_question, take_back

__all__ = [
    "MOST",
    "Change",
    "Done",
    "add_check",
    "approve",
    "comment",
    "discard_draft",
    "duplicate_question",
    "edit_check",
    "edit_many",
    "edit_page",
    "in_words",
    "left_words",
    "make_topic",
    "publish_question",
    "relate_question",
    "restore_question",
    "retire_check",
    "retire_question",
    "save_question",
    "send_back",
    "set_review_due",
    "set_tags",
    "submit_question",
    "take_back",
    "undo",
]
