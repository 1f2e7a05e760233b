"""The page that asks for an exam and its days, and the file."""

from exam.defence.routes import pages
from exam.defence.routes.blueprint import bp

__all__ = ["bp", "pages"]
