"""What of the analysis is seen: the pages of trainers, and the command."""

from exam.analysis.routes import commands, pages
from exam.analysis.routes.blueprint import bp

__all__ = ["bp", "commands", "pages"]
