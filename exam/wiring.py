"""What follows from what: the only list of listeners. Read it to see how one feature's act sets off another's."""

from exam.events import course_completed
from exam.sittings.actions import on_course_completed


def connect() -> None:
    """Connect the listeners; doing it twice changes nothing."""
    course_completed.connect(on_course_completed)
