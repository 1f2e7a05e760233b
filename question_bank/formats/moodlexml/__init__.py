"""Moodle's XML, read as Moodle 4.5 does: what it passes over is passed over here too, but not without a word."""

from question_bank.formats.moodlexml.questions import fits, read
from question_bank.formats.moodlexml.writing import write

__all__ = ["fits", "read", "write"]
