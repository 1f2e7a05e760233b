"""Reading QTI: each item is found, told from the others by its version, and read by itself."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from question_bank.formats.qti import items, old_items
from question_bank.formats.qti.contents import MANIFEST, Piece, pieces
from question_bank.formats.qti.vocabulary import ITEMS, OLD, ROOTS, TESTS
from question_bank.formats.reading import Noted, Reading, ReadQuestion, Unreadable, gathered
from question_bank.formats.source import Source
from question_bank.formats.trees import name_of

_OFFICE = "[Content_Types].xml"


def fits(source: Source) -> bool:
    """Whether it is XML of QTI, or a package that could be: anything but what Office writes."""
    if source.is_package:
        names = source.package.names
        return _OFFICE not in names or any(name.lower().endswith(MANIFEST) for name in names)
    if not source.is_xml:
        return False
    try:
        return name_of(source.root) in (*ITEMS, *TESTS, OLD, "manifest")
    except Unreadable:
        return bool(ROOTS.search(re.sub(rb"\0", b"", source.content[: 2**16])))


def read(source: Source) -> Reading:
    """Read a file. Kinds the bank doesn't have are among the problems, each with its item and its words."""
    return gathered(_attempts(source))


def _attempts(source: Source) -> Iterator[tuple[str, str, Callable[[], tuple[ReadQuestion, Noted]]]]:
    for piece in pieces(source):
        excerpt = old_items.excerpt_of if piece.version == 1 else items.excerpt_of
        yield piece.place, excerpt(piece), partial(_read, piece)


def _read(piece: Piece) -> tuple[ReadQuestion, Noted]:
    if piece.trouble is not None:
        raise piece.trouble
    return old_items.read_item(piece) if piece.version == 1 else items.read_item(piece)
