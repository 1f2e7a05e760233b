"""The periodic jobs of all features: the only list of them."""

from datetime import timedelta

from exam.jobs import Job
from exam.sittings.actions import open_missing, remind

JOBS: list[Job] = [
    Job("open windows", timedelta(minutes=1), open_missing),
    Job("remind candidates", timedelta(minutes=1), remind),
]
