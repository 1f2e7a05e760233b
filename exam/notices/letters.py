"""The words of notices, kind by kind: what stands in the list on the site, and in the mail."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from exam.notices.rules import NoticeKind

WORDS: Mapping[NoticeKind, tuple[Any, Any, Any]] = {
    NoticeKind.COURSE_ASSIGNED: (
        _l("Your course: %(course)s"),
        _l(
            "The course %(course)s is ready for you. Work through it at your own pace; when it is done, the test opens."
        ),
        _l("Go to the course"),
    ),
    NoticeKind.WINDOW_OPEN: (
        _l("You can now take %(exam)s"),
        _l("You have finished the course. Choose a time for %(exam)s (%(minutes)s) until %(closes_at)s."),
        _l("Book a time"),
    ),
    NoticeKind.WINDOW_REOPENED: (
        _l("You can take %(exam)s again"),
        _l("HR has opened %(exam)s for you until %(closes_at)s. The reason: %(reason)s"),
        _l("Book a time"),
    ),
    NoticeKind.UNBOOKED_RUNNING_OUT: (
        _l("No time booked yet for %(exam)s"),
        _l("%(exam)s closes on %(closes_at)s, and you haven't booked a time. Choose one while there are many."),
        _l("Book a time"),
    ),
    NoticeKind.WINDOW_MISSED: (
        _l("The window of %(exam)s has closed"),
        _l("%(exam)s closed on %(closes_at)s without you. This uses no try. Talk to HR: they can open it again."),
        _l("Look at the exam"),
    ),
    NoticeKind.BOOKING_MADE: (
        _l("Booked: %(exam)s, %(starts_at)s"),
        _l("%(exam)s begins for you on %(starts_at)s and takes %(minutes)s. You can change the time until it begins."),
        _l("Look at the booking"),
    ),
    NoticeKind.BOOKING_CHANGED: (
        _l("Changed: %(exam)s, %(starts_at)s"),
        _l("%(exam)s now begins for you on %(starts_at)s and takes %(minutes)s. The earlier time is free again."),
        _l("Look at the booking"),
    ),
    NoticeKind.BOOKING_CANCELLED: (
        _l("Cancelled: %(exam)s, %(starts_at)s"),
        _l("Your time for %(exam)s on %(starts_at)s is cancelled. Choose another while the window is open."),
        _l("Book a time"),
    ),
    NoticeKind.REMINDER_DAY: (
        _l("Tomorrow: %(exam)s, %(starts_at)s"),
        _l("%(exam)s begins on %(starts_at)s and takes %(minutes)s. Have a quiet place and a charged device ready."),
        _l("Look at the exam"),
    ),
    NoticeKind.REMINDER_HOUR: (
        _l("In one hour: %(exam)s, %(starts_at)s"),
        _l("%(exam)s begins on %(starts_at)s and takes %(minutes)s. Sign in a few minutes early."),
        _l("Go to the exam"),
    ),
    NoticeKind.ATTEMPT_VOIDED: (
        _l("Your attempt at %(exam)s doesn't count"),
        _l("A trainer has set your attempt at %(exam)s aside; it uses no try. The reason: %(reason)s"),
        _l("Look at the exam"),
    ),
    NoticeKind.LATE_ANSWER_DECIDED: (
        _l("Decided: your late answers in %(exam)s"),
        _l(
            "A trainer has decided about the answers of %(exam)s that arrived late. Your receipt says which ones count."
        ),
        _l("Look at the receipt"),
    ),
    NoticeKind.RESULT_RELEASED: (
        _l("Your result of %(exam)s is there"),
        _l("All parts of %(exam)s are marked. Look at your result and at what comes next."),
        _l("Look at the result"),
    ),
    NoticeKind.RESULT_CORRECTED: (
        _l("Your result of %(exam)s was corrected"),
        _l(
            "A question of %(exam)s was corrected, and your result with it: before %(score_before)s points "
            "(%(outcome_before)s), now %(score)s points (%(outcome)s). The reason: %(reason)s"
        ),
        _l("Look at the result"),
    ),
    NoticeKind.RESULT_REMARKED: (
        _l("Your result of %(exam)s has changed"),
        _l(
            "Answers of yours in %(exam)s were marked anew, and your result has changed: before %(score_before)s "
            "points (%(outcome_before)s), now %(score)s points (%(outcome)s)."
        ),
        _l("Look at the result"),
    ),
    NoticeKind.APPEALS_OPEN: (
        _l("You can look at your questions of %(exam)s"),
        _l(
            "The questions of %(exam)s and your answers can be seen now. If you think one was marked wrongly, you may "
            "appeal until %(closes_at)s; questions you may appeal: %(count)s."
        ),
        _l("Look at them"),
    ),
    NoticeKind.APPEALS_ENDING: (
        _l("Appeals for %(exam)s end soon"),
        _l("Until %(closes_at)s you may appeal questions of %(exam)s. If everything is right, there is nothing to do."),
        _l("Look at them"),
    ),
    NoticeKind.APPEAL_GRANTED: (
        _l("Granted: your appeal in %(exam)s"),
        _l(
            "You were right about question %(number)s of %(exam)s, and the appeal isn't counted. The question is "
            "looked at once more; if that changes your points, you are told. The reason: %(reason)s"
        ),
        _l("Look at the appeal"),
    ),
    NoticeKind.APPEAL_POINTS: (
        _l("Granted: your appeal in %(exam)s"),
        _l(
            "You were right about question %(number)s of %(exam)s. Your result is now %(score)s points (%(outcome)s), "
            "before it was %(score_before)s (%(outcome_before)s). The appeal isn't counted, and the question is looked "
            "at once more. The reason: %(reason)s"
        ),
        _l("Look at the result"),
    ),
    NoticeKind.APPEAL_DENIED: (
        _l("Answered: your appeal in %(exam)s"),
        _l("The marking of question %(number)s of %(exam)s stands. The reason: %(reason)s"),
        _l("Look at the appeal"),
    ),
    NoticeKind.PLAN_MADE: (
        _l("Your tutoring plan for %(exam)s"),
        _l("%(tutor)s has a plan with you for the retake of %(exam)s. It opens when your tutor has signed the plan."),
        _l("Look at the plan"),
    ),
    NoticeKind.RETAKE_OPEN: (
        _l("You can take the retake of %(exam)s"),
        _l("Your tutor has signed the plan. Choose a time for the retake of %(exam)s until %(closes_at)s."),
        _l("Book a time"),
    ),
    NoticeKind.CONFIRMED: (
        _l("You are confirmed in post"),
        _l("HR has confirmed you in post. Welcome to the team for good."),
        _l("Go to the site"),
    ),
    NoticeKind.NOT_CONFIRMED: (
        _l("HR has decided about your confirmation"),
        _l("HR has decided not to confirm you in post. They will talk with you about the reasons and what follows."),
        _l("Go to the site"),
    ),
    NoticeKind.WORK_WAITING: (
        _l("%(exam)s: answers are waiting for marking"),
        _l("Short answers of %(exam)s waiting for marking: %(count)s."),
        _l("Go to marking"),
    ),
    NoticeKind.SECOND_WAITING: (
        _l("%(exam)s: answers are waiting for another marker"),
        _l("Short answers of %(exam)s that somebody else has marked already and that you may mark as well: %(count)s."),
        _l("Go to marking"),
    ),
    NoticeKind.LATE_ANSWER_WAITING: (
        _l("%(exam)s: late answers are waiting for a decision"),
        _l("Some answers of %(exam)s arrived late. Say whether they count; the result is held back until then."),
        _l("Decide about them"),
    ),
    NoticeKind.PLAN_WAITING: (
        _l("%(name)s needs a tutoring plan"),
        _l(
            "%(name)s didn't pass %(exam)s. Look at the plan with them, and sign it when they are ready for the retake."
        ),
        _l("Look at the plan"),
    ),
    NoticeKind.OUTAGE: (
        _l("The site was away during an exam"),
        _l(
            "From %(began_at)s to %(ended_at)s the site was away, which isn't made good by itself. Attempts it hit: "
            "%(count)s. Give minutes to those that are still running; one that has ended can be set aside."
        ),
        _l("Look at the running attempts"),
    ),
    NoticeKind.APPEAL_WAITING: (
        _l("A candidate appeals a question"),
        _l("A candidate thinks an answer was marked wrongly. Somebody who hasn't marked it answers by %(due_at)s."),
        _l("Read the appeal"),
    ),
    NoticeKind.APPEAL_PRESSING: (
        _l("An appeal still waits for its answer"),
        _l("Nobody has answered it yet; the answer is due by %(due_at)s."),
        _l("Read the appeal"),
    ),
    NoticeKind.CORRECTION_WAITING: (
        _l("A correction waits for a second person"),
        _l("A colleague wants to correct “%(question)s”, which people have sat. See what it changes, then decide."),
        _l("Look at the correction"),
    ),
    NoticeKind.CORRECTION_DECIDED: (
        _l("Decided: your correction"),
        _l("A colleague has decided about your correction of “%(question)s”."),
        _l("Look at the correction"),
    ),
    NoticeKind.PANEL_OPEN: (
        _l("%(exam)s: your judgement is asked"),
        _l(
            "%(name)s asks you to judge the questions of %(exam)s (%(count)s): of 100 newcomers who are just good "
            "enough, how many get each right? You may stop and go on at any time."
        ),
        _l("Judge questions"),
    ),
    NoticeKind.PANEL_AGAIN: (
        _l("%(exam)s: the second round of judging is open"),
        _l(
            "You now see how the panel spread on each question of %(exam)s, without names, and may change your "
            "numbers. A number you leave stays as it was."
        ),
        _l("Look again"),
    ),
    NoticeKind.REVIEW_WAITING: (
        _l("Questions wait for your review"),
        _l("A colleague has written questions and asks for a second person. Look through them, then publish them."),
        _l("Look through the questions"),
    ),
    NoticeKind.REVIEW_SENT_BACK: (
        _l("Your question came back from review"),
        _l("A colleague asks for changes in “%(question)s”. Their words stand below the question."),
        _l("Look at the question"),
    ),
    NoticeKind.REVIEW_PUBLISHED: (
        _l("Your question is published"),
        _l("A colleague has looked through “%(question)s” and published it: papers draw it from now on."),
        _l("Look at the question"),
    ),
    NoticeKind.DECISION_WAITING: (
        _l("Decide about %(name)s"),
        _l("%(name)s has finished %(exam)s. The decision on their confirmation is yours."),
        _l("Go to the decision"),
    ),
    NoticeKind.RESULT_CHANGED: (
        _l("%(name)s: the result of %(exam)s has changed"),
        _l(
            "%(name)s now has %(score)s points (%(outcome)s) in %(exam)s, before it was %(score_before)s "
            "(%(outcome_before)s): marks were corrected. What you have decided stays; see whether it still fits."
        ),
        _l("Look at the person"),
    ),
    NoticeKind.CLOCK_STEPPED: (
        _l("The clock of a server was set"),
        _l(
            "The clock of %(machine)s was set by %(seconds)s seconds while the site was running. Running exams go on "
            "by the time before. Set the clock right, and restart the site when no exam is running."
        ),
        _l("Go to the site"),
    ),
    NoticeKind.SIGN_IN_LINK: (
        _l("A link to choose a new password"),
        _l("Somebody asked for a new password for your account. If it wasn't you, nothing has to be done."),
        _l("Choose a new password"),
    ),
}
"""For each kind its title, its text, and what its link is called."""
CORRECTED_BEFORE = _l("A question of %(exam)s was corrected, and your points with it. The reason: %(reason)s")
"""The text of those letters from before they told what became of the result."""
