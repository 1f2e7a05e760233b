"""Papers in Word: the conventions of `paper`, with pictures, tables and automatic numbers.

A file is a package of XML parts (ECMA-376). Its text is made lines, which the reader of papers takes; what of it has no
place in a line is said, with the paragraph.
"""

from question_bank.formats.docx.questions import fits, read
from question_bank.formats.docx.writing import template, write

__all__ = ["fits", "read", "template", "write"]
