"""The site's words for values that are stored as codes: one label for each, in the reader's language."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from exam.trail_words import AUDIT_ACTIONS, AUDIT_DETAILS, AUDIT_SUBJECTS

KINDS: Mapping[str, Any] = {
    "single_choice": _l("Single choice"),
    "multiple_choice": _l("Multiple choice"),
    "true_false": _l("True or false"),
    "short_answer": _l("Short answer"),
}
KIND_RULES: Mapping[str, Any] = {
    "single_choice": _l("Choose one."),
    "multiple_choice": _l("Choose all that apply."),
    "true_false": _l("Say whether it is true or false."),
    "short_answer": _l("Answer in your own words."),
}
KINDS_SHORT: Mapping[str, Any] = {
    "single_choice": _l("Single"),
    "multiple_choice": _l("Multiple"),
    "true_false": _l("True/false"),
    "short_answer": _l("Short"),
}
CREDIT_RULES: Mapping[str, Any] = {
    "all_or_nothing": _l("All or nothing"),
    "half_for_incomplete": _l("Half when incomplete"),
    "proportional": _l("By share"),
    "correct_minus_wrong": _l("Right minus wrong"),
}
CREDIT_RULE_SENTENCES: Mapping[str, Any] = {
    "all_or_nothing": _l("Full points only for exactly the right choices."),
    "half_for_incomplete": _l(
        "Half the points for a correct but incomplete choice; nothing once a wrong one is chosen."
    ),
    "proportional": _l("Points by the share of right choices found; nothing once a wrong one is chosen."),
    "correct_minus_wrong": _l("Each wrong choice takes away what a right one gives, but never below 0."),
}
DIFFICULTIES: Mapping[str, Any] = {"1": _l("Easy"), "2": _l("Medium"), "3": _l("Hard")}
ROLES: Mapping[str, Any] = {
    "new_hire": _l("New hire"),
    "trainer": _l("Trainer"),
    "hr": _l("HR"),
    "admin": _l("Administrator"),
}
OUTCOMES: Mapping[str, Any] = {
    "fail": _l("Fail"),
    "pass": _l("Pass"),
    "distinction": _l("Distinction"),
    "pending": _l("Waiting for marking"),
}

ROW_STATES: Mapping[str, Any] = {
    "ready": _l("Ready"),
    "warning": _l("With a warning"),
    "error": _l("With an error"),
    "unsupported": _l("Not supported"),
    "duplicate": _l("Is there already?"),
    "skipped": _l("Left out"),
    "imported": _l("Imported"),
}
"""Where a question of an import stands."""
REMEDIES: Mapping[str, Any] = {
    "single_choice": _l("Make it a single choice"),
    "multiple_choice": _l("Make it a multiple choice"),
    "short_answer": _l("Take it as a short answer"),
    "true": _l("It is true"),
    "false": _l("It is false"),
    "key": _l("These are right"),
}
DECISIONS: Mapping[str, Any] = {
    "skip": _l("Leave it out"),
    "version": _l("As its next version"),
    "import": _l("Import it all the same"),
}
DELIVERY_STATES: Mapping[str, Any] = {
    "waiting": _l("About to be sent"),
    "sent": _l("Sent"),
    "failed": _l("Not delivered"),
    "kept": _l("Not sent"),
}
PERSON_STATES: Mapping[str, Any] = {
    "active": _l("Active"),
    "locked": _l("Locked"),
    "invited": _l("Has no password yet"),
    "closed": _l("Closed"),
}
STAGES: Mapping[str, Any] = {
    "not_open": _l("Not open yet"),
    "open": _l("Not booked"),
    "booked": _l("Booked"),
    "begun": _l("Can start now"),
    "no_show": _l("Didn't come"),
    "too_late": _l("Too late to start"),
    "missed": _l("Missed"),
    "running": _l("In progress"),
    "done": _l("Handed in"),
}
QUESTION_STATES: Mapping[str, Any] = {
    "published": _l("Published"),
    "draft": _l("Draft"),
    "in_review": _l("In review"),
    "retired": _l("Retired"),
    "superseded": _l("Replaced"),
}
COMMENT_KINDS: Mapping[str, Any] = {
    "comment": _l("Comment"),
    "submitted": _l("Submitted for review"),
    "taken_back": _l("Taken back"),
    "sent_back": _l("Sent back"),
    "published": _l("Approved and published"),
}
BULK_ACTS: Mapping[str, Any] = {
    "submit": _l("submitted for review"),
    "publish": _l("published"),
    "retire": _l("retired"),
    "restore": _l("restored"),
}
EXAM_STATES: Mapping[str, Any] = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "retired": lazy_pgettext("an exam", "Retired"),
}
LATE_STARTS: Mapping[str, Any] = {
    "refuse": _l("Who can't finish before the window ends can't start"),
    "shorten": _l("A late start is allowed; the window's end cuts the time"),
}
REVIEW_POLICIES: Mapping[str, Any] = {
    "score_only": _l("Score and topics only"),
    "own_answers": _l("Also their own answers"),
    "keys_after_close": _l("Also questions and keys, once nobody of the cohort can sit it any more"),
}
STEPS: Mapping[str, Any] = {
    "in_course": _l("In the course"),
    "completed": _l("Course completed"),
    "window_open": _l("To be booked"),
    "booked": _l("Booked"),
    "sitting": _l("Sitting the exam"),
    "waiting": _l("Waiting for marking"),
    "marked": _l("To be released"),
    "passed": _l("Passed, to be decided"),
    "distinction": _l("Distinction, to be decided"),
    "tutoring": _l("In tutoring"),
    "retake": _l("Retake open"),
    "failed": _l("Last try failed, to be decided"),
    "missed": _l("Window missed"),
    "confirmed": _l("Confirmed in post"),
    "not_confirmed": _l("Not confirmed"),
}
VERDICTS: Mapping[str, Any] = {
    "confirmed": _l("Confirmed in post"),
    "not_confirmed": _l("Not confirmed"),
    "one_more_try": _l("One more try"),
}
SECOND_REASONS: Mapping[str, Any] = {"lot": _l("By lot"), "near_cut": _l("Near a limit")}
RESULT_STATES: Mapping[str, Any] = {
    "to_decide": _l("HR decides"),
    "waiting": _l("Waiting for marking"),
    "marked": _l("To be released"),
    "released": _l("Released, undecided"),
    "decided": _l("Decided"),
    "missed": _l("Window missed"),
}
PANEL_SCOPES: Mapping[str, Any] = {
    "papers": _l("Those of the parallel papers given out now"),
    "bank": _l("All that the blueprint may draw"),
}
PANEL_STAGES: Mapping[str, Any] = {
    "first": _l("First round"),
    "second": _l("Second round"),
    "finished": _l("Finished"),
    "dropped": _l("Given up"),
}
RECEIPT_FACTS: Mapping[str, Any] = {
    "attempt": _l("The attempt has another number than then."),
    "person": _l("The attempt belongs to another person than then."),
    "exam": _l("The attempt is one at another exam than then."),
    "paper": _l("The attempt has another paper than then."),
    "closed_at": _l("The time of handing in is another than then."),
    "late_answer": _l("No accepted late answer is on record that would have made this revision."),
}

APPEAL_STATES: Mapping[str, Any] = {
    "waiting": _l("Waits for an answer"),
    "granted": _l("Granted"),
    "denied": _l("Denied"),
    "withdrawn": _l("Taken back"),
}
CORRECTION_STATES: Mapping[str, Any] = {
    "draft": _l("Being looked at"),
    "proposed": _l("Waits for a second person"),
    "applied": _l("Carried out"),
    "refused": _l("Refused"),
    "dropped": _l("Given up"),
}
CORRECTION_POLICIES: Mapping[str, Any] = {
    "only_up": _l("Only upwards"),
    "all": _l("For everybody"),
    "full_marks": _l("Full marks to everybody"),
    "take_out": _l("Take the question out"),
    "worth": _l("The new worth for everybody"),
    "worth_only_up": _l("The new worth, only upwards"),
    "restore": _l("As it was before"),
}
CORRECTION_POLICY_SENTENCES: Mapping[str, Any] = {
    "only_up": _l("Whoever gains by the new key gains; nobody loses a point."),
    "all": _l("The new key counts for everybody; points may be lost."),
    "full_marks": _l("Everybody gets all points of the question, also whoever hands in later."),
    "take_out": _l("It counts for nobody; the score is worked out from the other questions."),
    "worth": _l("Everybody keeps their share of the question, out of the new worth; scores may fall."),
    "worth_only_up": _l(
        "The new worth counts for those whose score doesn't fall by it. For all others, and where marks are missing, "
        "the old one stays."
    ),
    "restore": _l("Each mark is again what the correction had changed. Marks given anew since stay."),
}

GROUPS: Mapping[str, Mapping[str, Any]] = {
    "kind": KINDS,
    "row_state": ROW_STATES,
    "remedy": REMEDIES,
    "decision": DECISIONS,
    "kind_short": KINDS_SHORT,
    "kind_rule": KIND_RULES,
    "credit_rule": CREDIT_RULES,
    "credit_rule_sentence": CREDIT_RULE_SENTENCES,
    "difficulty": DIFFICULTIES,
    "role": ROLES,
    "outcome": OUTCOMES,
    "step": STEPS,
    "verdict": VERDICTS,
    "second_reason": SECOND_REASONS,
    "result_state": RESULT_STATES,
    "audit_action": AUDIT_ACTIONS,
    "audit_subject": AUDIT_SUBJECTS,
    "audit_detail": AUDIT_DETAILS,
    "delivery_state": DELIVERY_STATES,
    "person_state": PERSON_STATES,
    "question_state": QUESTION_STATES,
    "comment_kind": COMMENT_KINDS,
    "bulk_act": BULK_ACTS,
    "exam_state": EXAM_STATES,
    "late_start": LATE_STARTS,
    "review_policy": REVIEW_POLICIES,
    "panel_scope": PANEL_SCOPES,
    "panel_stage": PANEL_STAGES,
    "receipt_fact": RECEIPT_FACTS,
    "stage": STAGES,
    "appeal_state": APPEAL_STATES,
    "correction_state": CORRECTION_STATES,
    "correction_policy": CORRECTION_POLICIES,
    "correction_policy_sentence": CORRECTION_POLICY_SENTENCES,
}
"""Every group by its name: `{{ question.kind | label("kind") }}`."""


def label(value: object, group: str) -> str:
    """The word for a stored value; an unknown value shows as itself, so that a new one is seen, not lost."""
    code = str(value.value if isinstance(value, Enum) else value)
    return str(GROUPS[group].get(code, code))


def options(group: str) -> list[tuple[str, str]]:
    """Codes and words of a group in order, for a select field built inside a request."""
    return [(code, str(word)) for code, word in GROUPS[group].items()]
