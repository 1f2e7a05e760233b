"""Changing people, their ways in and the audit trail, in verbs. Nothing here commits."""

from exam.accounts.actions.audit import audit, unsaved_audit
from exam.accounts.actions.doors import (
    ask_for_link,
    change_password,
    forget_old_tries,
    hash_token,
    knock,
    make_one_time_password,
    make_sign_in_link,
    note_right_password,
    note_wrong_password,
    replace_one_time_password,
    use_sign_in_link,
)
from exam.accounts.actions.people import (
    add_person,
    change_email,
    close_out,
    let_in,
    lift_lock,
    set_roles,
    set_time_factor,
)

__all__ = [
    "add_person",
    "ask_for_link",
    "audit",
    "change_email",
    "change_password",
    "close_out",
    "forget_old_tries",
    "hash_token",
    "knock",
    "let_in",
    "lift_lock",
    "make_one_time_password",
    "make_sign_in_link",
    "note_right_password",
    "note_wrong_password",
    "replace_one_time_password",
    "set_roles",
    "set_time_factor",
    "unsaved_audit",
    "use_sign_in_link",
]
