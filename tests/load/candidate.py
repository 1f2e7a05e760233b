"""A candidate as the driver knows one. Imports nothing of the site, so that the driver's process is small."""

from dataclasses import dataclass, field

ADDRESS = "https://exam.example.com"
"""Where the candidates believe the site to be."""
PASSWORD = "the candidates' own words"


@dataclass(frozen=True)
class Candidate:
    """All that a candidate's browser knows."""

    username: str
    cookie: str
    token: str
    """The CSRF token."""
    sitting_id: int
    attempt_id: int = 0
    """0 before the start."""
    epoch: int = 1
    responses: dict[int, list[str]] = field(default_factory=dict)
    """Per position some responses as JSON, in this candidate's tokens."""
    objective: int = 0
    """How many questions the machine can mark."""
