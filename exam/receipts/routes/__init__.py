"""The receipt over HTTP, and the commands that check receipts: `flask --app wsgi attempts`."""

from exam.receipts.routes import commands, pages
from exam.receipts.routes.blueprint import bp

__all__ = ["bp", "commands", "pages"]
