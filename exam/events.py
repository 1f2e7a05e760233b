"""What happens in one feature and matters to a later one, told inside the transaction; `exam/wiring.py` says to whom.

An earlier feature may not import a later one, so it tells instead of calling. Every signal carries `session`, `now` and
the thing it is about; a listener that refuses takes the whole act back with it.
"""

from blinker import Signal

course_completed = Signal()
"""sender: the Enrolment; session, now."""
attempts_closed = Signal()
"""sender: the Attempts, closed together by their candidates or at their deadlines; session, now, answers: their
`final_answers`."""
attempts_marked_by_rule = Signal()
"""sender: Attempts of which the machine has just marked what needs nobody's judgement; session, now."""
attempt_voided = Signal()
"""sender: the Attempt; session, now."""
attempt_marked = Signal()
"""sender: the Attempt, every slot of which now has a mark (again, when a mark changes); session, now, and after
the correction of a question `because`, its reason, for the candidate to read ("": who sends tells them)."""
result_released = Signal()
"""sender: the Attempt, whose result its candidate may now see; session, now."""
exam_published = Signal()
"""sender: the Exam, whose course now leads to a test, also for those who completed it before; session, now."""
sign_in_link_asked = Signal()
"""sender: the Person who asked for a new way in, and who has an address; session, now."""
