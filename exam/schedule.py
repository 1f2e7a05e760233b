"""The periodic jobs of all features: the only list of them."""

from datetime import timedelta

from exam.accounts.actions import forget_old_tries
from exam.appeals import actions as appeals
from exam.attempts.actions import close_due_in_batches, discard_stale, forget_networks, prepare_in_batches
from exam.corrections import actions as corrections
from exam.jobs import Job
from exam.marking.actions import tell_of_late_answers, tell_of_waiting_work
from exam.notices.mail import send_mail
from exam.papers.actions import assemble_waiting, count_experience
from exam.sittings.actions import open_missing, remind

CLOSING: list[Job] = [Job("close due attempts", timedelta(seconds=10), close_due_in_batches)]
"""What a thread of its own does: no slow mail server may keep an attempt open."""

OTHERS: list[Job] = [
    Job("open windows", timedelta(minutes=1), open_missing),
    Job("assemble parallel papers", timedelta(seconds=15), assemble_waiting),
    Job("prepare papers", timedelta(seconds=5), prepare_in_batches),
    Job("discard stale papers", timedelta(minutes=1), discard_stale),
    Job("tell of waiting work", timedelta(minutes=1), tell_of_waiting_work),
    Job("tell of late answers", timedelta(minutes=1), tell_of_late_answers),
    Job("remind candidates", timedelta(minutes=1), remind),
    Job("let corrections hold for all", timedelta(minutes=1), corrections.catch_up),
    Job("open days for appeals", timedelta(minutes=5), appeals.open_windows),
    Job("remind of appeals", timedelta(minutes=10), appeals.remind),
    Job("send mail", timedelta(seconds=10), send_mail),
    Job("add up what questions earned", timedelta(minutes=30), count_experience),
    Job("forget old sign-in tries", timedelta(hours=6), forget_old_tries),
    Job("forget networks", timedelta(hours=24), forget_networks),
]

JOBS = CLOSING + OTHERS
