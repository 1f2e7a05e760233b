"""What follows from what: the only list of listeners. Read it to see how one feature's act sets off another's."""

from exam.attempts.actions import on_result_released as close_the_record
from exam.corrections.actions import on_attempts_marked_by_rule
from exam.events import (
    attempt_marked,
    attempt_voided,
    attempts_closed,
    attempts_marked_by_rule,
    course_completed,
    exam_published,
    result_released,
    sign_in_link_asked,
)
from exam.marking.actions import on_attempts_closed
from exam.notices.actions import on_sign_in_link_asked
from exam.receipts.actions import on_attempts_closed as give_receipts
from exam.results.actions import on_attempt_marked, on_attempt_voided
from exam.retakes.actions import on_result_released
from exam.sittings.actions import on_course_completed, on_exam_published


def connect() -> None:
    """Connect the listeners; doing it twice changes nothing."""
    sign_in_link_asked.connect(on_sign_in_link_asked)
    course_completed.connect(on_course_completed)
    exam_published.connect(on_exam_published)
    attempts_closed.connect(give_receipts)
    attempts_closed.connect(on_attempts_closed)
    attempts_marked_by_rule.connect(on_attempts_marked_by_rule)
    attempt_marked.connect(on_attempt_marked)
    attempt_voided.connect(on_attempt_voided)
    result_released.connect(close_the_record)
    result_released.connect(on_result_released)
