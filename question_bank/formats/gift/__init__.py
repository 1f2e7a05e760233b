r"""GIFT, the text format of Moodle, read as Moodle's own parser does; where other tools differ a warning says so.

An empty line ends a question. Within one, `\~ \= \# \: \{ \} \\` stand for the character and `\n` for a new line:
while the structure is looked for, each is kept as NUL and a letter, which no text can contain.
"""

from question_bank.formats.gift.questions import fits, fits_surely, read
from question_bank.formats.gift.writing import write

__all__ = ["fits", "fits_surely", "read", "write"]
