"""Pages of accounts: ways in, one's profile, and what HR and administrators do for people."""

from exam.accounts.routes import admin, doors, helping, profile
from exam.accounts.routes.blueprint import bp

__all__ = ["admin", "bp", "doors", "helping", "profile"]
