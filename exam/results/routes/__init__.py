"""Pages of results: the candidate's, the trainers' release, HR's table, decisions, overview and exports."""

from exam.results.routes import candidate, exports, hr, release
from exam.results.routes.blueprint import bp

__all__ = ["bp", "candidate", "exports", "hr", "release"]
