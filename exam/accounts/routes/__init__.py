"""Pages of accounts: ways in, one's profile, and what HR and administrators do for people."""

from exam.accounts.routes import doors
from exam.accounts.routes.blueprint import bp

__all__ = ["bp", "doors"]
