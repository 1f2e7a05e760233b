"""QTI, the standard for questions: read in 1.2, 2.1, 2.2 and 3.0, alone or in packages; written in 2.1 and 3.0.

Versions 2.x and 3.0 differ in how they spell their words; 1.2 is another language.
"""

from collections.abc import Iterable

from question_bank.formats.qti.dialects import QTI_21, QTI_30
from question_bank.formats.qti.reading import fits, read
from question_bank.formats.qti.writing import write
from question_bank.formats.reading import ReadQuestion, Written
from question_bank.formats.source import Source

__all__ = ["fits", "fits_nothing", "read", "write_21", "write_30"]


def write_21(questions: Iterable[ReadQuestion]) -> Written:
    """Write a package of QTI 2.1."""
    return write(questions, QTI_21)


def write_30(questions: Iterable[ReadQuestion]) -> Written:
    """Write a package of QTI 3.0."""
    return write(questions, QTI_30)


def fits_nothing(_source: Source) -> bool:
    """No file is told to be of one version: they are all read as QTI."""
    return False
