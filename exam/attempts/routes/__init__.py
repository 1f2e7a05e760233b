"""The timed run over HTTP: the room and its end, and what an open page tells and is told every few seconds."""

from exam.attempts.routes import contact, room
from exam.attempts.routes.blueprint import bp

__all__ = ["bp", "contact", "room"]
