"""What follows from what: the only list of listeners. Read it to see how one feature's act sets off another's."""

from exam.events import course_completed, exam_published, sign_in_link_asked
from exam.notices.actions import on_sign_in_link_asked
from exam.sittings.actions import on_course_completed, on_exam_published


def connect() -> None:
    """Connect the listeners; doing it twice changes nothing."""
    sign_in_link_asked.connect(on_sign_in_link_asked)
    course_completed.connect(on_course_completed)
    exam_published.connect(on_exam_published)
