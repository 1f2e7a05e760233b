"""Papers as Chinese trainers write them, in plain text: sections, numbered questions, lettered choices, keys anywhere.

Nothing here is a standard, so it goes by what each line looks like. A line that looks like nothing belongs to the one
before it. What a question lacks in the end, or has twice, is among the problems with its line.
"""

from question_bank.formats.paper.text import fits, read, read_text
from question_bank.formats.paper.writing import template, write

__all__ = ["fits", "read", "read_text", "template", "write"]
