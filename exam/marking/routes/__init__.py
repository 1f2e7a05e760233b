"""Pages of marking: the list of what is left, the desk itself, what has been marked, late answers."""

from exam.marking.routes import answering, lists
from exam.marking.routes.blueprint import bp

__all__ = ["answering", "bp", "lists"]
