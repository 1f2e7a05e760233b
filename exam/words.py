"""The site's words for values that are stored as codes: one label for each, in the reader's language."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

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
AUDIT_ACTIONS: Mapping[str, Any] = {
    "person.created": _l("Added a person"),
    "person.changed": _l("Changed a person"),
    "person.roles_set": _l("Changed roles"),
    "person.tutor_set": _l("Assigned a tutor"),
    "person.locked": _l("Locked after wrong passwords"),
    "person.lock_lifted": _l("Lifted a lock"),
    "person.closed_out": _l("Closed an account"),
    "person.let_in": _l("Opened an account again"),
    "person.time_factor_set": _l("Changed extra time"),
    "person.email_changed": _l("Changed an email address"),
    "person.link_made": _l("Made a sign-in link"),
    "person.one_time_password_made": _l("Made a one-time password"),
    "person.password_set_by_link": _l("Set a password by a link"),
    "person.password_changed": _l("Changed their password"),
    "people.imported": _l("Imported people"),
    "mail.tried_again": _l("Sent a mail again"),
    "course.assigned": _l("Assigned a course"),
    "cohort.made": _l("Made a cohort"),
    "cohort.changed": _l("Moved to another cohort"),
    "window.reopened": _l("Reopened a window"),
    "retake.opened": _l("Opened a retake"),
    "attempt.voided": _l("Voided an attempt"),
    "attempt.time_given": _l("Gave time to an attempt"),
    "attempt.message_sent": _l("Sent a message into the exam"),
    "clock.accepted": _l("Accepted the machine’s clock"),
    "topic.created": _l("Made a topic"),
    "questions.imported": _l("Imported questions"),
    "questions.import_undone": _l("Took imported questions out of the bank"),
    "question.created": _l("Wrote a question"),
    "question.revised": _l("Changed a question"),
    "question.published": _l("Published a question"),
    "question.submitted": _l("Submitted a question for review"),
    "question.taken_back": _l("Took a question back from review"),
    "question.sent_back": _l("Sent a question back"),
    "question.commented": _l("Commented on a question"),
    "question.placed": _l("Changed tags or review date of a question"),
    "question.related": _l("Changed the family, enemies or time of a question"),
    "question.duplicated": _l("Wrote a question from another one"),
    "questions.edited": _l("Changed several questions at once"),
    "questions.edit_undone": _l("Undid a change of several questions"),
    "question.draft_discarded": _l("Discarded a draft"),
    "question.retired": _l("Retired a question"),
    "question.restored": _l("Restored a question"),
    "exam.created": _l("Made an exam"),
    "exam.terms_changed": _l("Changed the terms of an exam"),
    "exam.blueprint_changed": _l("Changed a blueprint"),
    "exam.parallel_changed": _l("Changed how parallel papers are made"),
    "exam.papers_assembled": _l("Assembled parallel papers"),
    "exam.published": _l("Published an exam"),
    "exam.alike_seen": _l("Looked at answers that are alike"),
    "exam.retired": _l("Retired an exam"),
    "evidence.taken": _l("Took an exam’s evidence out"),
    "panel.opened": _l("Opened a panel"),
    "panel.first_closed": _l("Closed a panel’s first round"),
    "panel.finished": _l("Finished a panel"),
    "panel.dropped": _l("Gave a panel up"),
    "course.page_edited": _l("Edited a course page"),
    "course.check_added": _l("Added a knowledge check"),
    "course.check_edited": _l("Changed a knowledge check"),
    "course.check_retired": _l("Took out a knowledge check"),
    "plan.step_added": _l("Added a step to a tutoring plan"),
    "plan.step_dropped": _l("Took a step out of a tutoring plan"),
    "plan.note_written": _l("Wrote a message into a tutoring plan"),
    "plan.taken_over": _l("Took a tutoring plan over"),
    "plan.signed": _l("Signed a tutoring plan"),
    "mark.given": _l("Marked an answer"),
    "mark.changed": _l("Changed a mark"),
    "mark.second_given": _l("Marked an answer a second time"),
    "mark.third_given": _l("Decided between two markers"),
    "second_marking.asked": _l("A second marker is asked for"),
    "mark.taken_back": _l("Took a mark back"),
    "mark.corrected": _l("Changed a mark by correcting a question"),
    "correction.proposed": _l("Proposed to correct a question"),
    "correction.applied": _l("Corrected a question"),
    "correction.refused": _l("Refused to correct a question"),
    "late_answer.accepted": _l("Let a late answer count"),
    "late_answer.refused": _l("Didn't let a late answer count"),
    "result.released": _l("Released a result"),
    "result.changed": _l("A released result changed"),
    "results.exported": _l("Exported results"),
    "decision.made": _l("Decided on a person"),
    "decision.revised": _l("Revised a decision"),
}
AUDIT_SUBJECTS: Mapping[str, Any] = {
    "person": _l("Person"),
    "delivery": _l("Mail"),
    "course": _l("Course"),
    "page": _l("Page"),
    "cohort": _l("Cohort"),
    "enrolment": _l("Enrolment"),
    "exam": _l("Exam"),
    "question": _l("Question"),
    "topic": _l("Topic"),
    "bulk_edit": _l("Several questions"),
    "question_import": _l("Import of questions"),
    "sitting": _l("Sitting"),
    "attempt": _l("Attempt"),
    "mark": _l("Mark"),
    "decision": _l("Decision"),
    "plan": _l("Tutoring plan"),
    "panel": _l("Panel"),
    "file": _l("File"),
    "results": _l("Results"),
    "site": _l("Site"),
}
AUDIT_DETAILS: Mapping[str, Any] = {
    "before": _l("Before"),
    "after": _l("After"),
    "reason": _l("Reason"),
    "roles": _l("Roles"),
    "username": _l("User name"),
    "full_name": _l("Name"),
    "email": _l("Email"),
    "staff_number": _l("Staff number"),
    "course": _l("Course"),
    "cohort": _l("Cohort"),
    "count": _l("How many"),
    "papers": _l("Papers"),
    "family": _l("Family"),
    "expected_seconds": _l("Expected seconds"),
    "enemies": _l("Enemies"),
    "number": _l("Number"),
    "file": _l("File"),
    "kind": _l("Kind"),
    "closes_at": _l("Closes"),
    "title": _l("Title"),
    "name": _l("Name"),
    "topic": _l("Topic"),
    "page": _l("Page"),
    "version": _l("Version"),
    "rows": _l("Blueprint rows"),
    "changes": _l("Changes"),
    "position": _l("Question number"),
    "points": _l("Points"),
    "points_before": _l("Points before"),
    "earned": _l("Points earned"),
    "earned_before": _l("Points before"),
    "outcome": _l("Outcome"),
    "outcome_before": _l("Outcome before"),
    "try_number": _l("Try"),
    "extra": _l("Beyond the allowed retakes"),
    "next_sitting": _l("Next sitting"),
    "verdict": _l("Decision"),
    "outstanding": _l("Outstanding new employee"),
    "what": _l("What to do"),
    "due_on": _l("By when"),
    "format": _l("File format"),
    "accepted": _l("Accepted"),
    "late": _l("Late answer"),
    "answers": _l("Answers"),
    "why": _l("Why"),
    "seconds": _l("Seconds given"),
    "began_at": _l("Outage began"),
    "ended_at": _l("Outage ended"),
    "text": _l("Text"),
    "own_tutee": _l("Own tutee"),
    "own": _l("Published by who wrote it"),
    "correction": _l("Correction"),
    "policy": _l("How it was handled"),
    "moved": _l("Marks moved"),
    "note": _l("Note"),
    "tags": _l("Tags"),
    "review_due": _l("Look at it again by"),
    "questions": _l("Questions"),
    "judges": _l("Judges"),
    "first_day": _l("First day"),
    "last_day": _l("Last day"),
    "implied": _l("Passing score implied"),
    "skipped": _l("Left as they were"),
    "duplicate_of": _l("Written from question"),
    "last_beat": _l("The site was last well, by the clock of before"),
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
    "restore": _l("As it was before"),
}
CORRECTION_POLICY_SENTENCES: Mapping[str, Any] = {
    "only_up": _l("Whoever gains by the new key gains; nobody loses a point."),
    "all": _l("The new key counts for everybody; points may be lost."),
    "full_marks": _l("Everybody gets all points of the question, also whoever hands in later."),
    "take_out": _l("It counts for nobody; the score is worked out from the other questions."),
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
