"""The periodic jobs of all features: the only list of them."""

from exam.jobs import Job

JOBS: list[Job] = []
