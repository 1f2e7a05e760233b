"""XML from strangers: parsed without entities, without the network, and within the parser's own bounds."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Unreadable

_LATE_HEAD = re.compile(rb"\A([ \t\r\n]+)(<\?xml\s[^>]*\?>)")
"""Empty lines before the declaration, as many a script writes them. They go below it: the lines keep their numbers."""
MOST_TAGS = 1_000_000
"""In a file: one of four bytes takes hundreds in memory."""


def parsed(content: bytes) -> _Element:
    """The root of an XML file. Raises Unreadable for what isn't well-formed and for any declared entity."""
    if content.count(b"<") - content.count(b"</") > MOST_TAGS:
        raise Unreadable(ReadCode.TOO_LARGE, f"{MOST_TAGS:,} tags")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
                             remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(_LATE_HEAD.sub(rb"\2\1", content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        declares = b"<!ENTITY" in content[: 2**16] or "<!ENTITY".encode("utf-16-le") in content[: 2**16]
        if declares:
            raise Unreadable(ReadCode.ENTITIES) from error
        raise Unreadable(ReadCode.BAD_XML, _where(error)) from error
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise Unreadable(ReadCode.ENTITIES)
    return root


def _where(error: Exception) -> str:
    return f"line {getattr(error, 'lineno', None) or 1}"


def name_of(element: _Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: _Element, *names: str) -> Iterator[_Element]:
    """The elements right below that have one of these names, in any namespace; all of them without names."""
    for child in element:
        if isinstance(child.tag, str) and (not names or name_of(child) in names):
            yield child


def child(element: _Element | None, *path: str) -> _Element | None:
    """The first element along this path of names, in any namespace."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def descendants(element: _Element, *names: str) -> Iterator[_Element]:
    """The elements anywhere below that have one of these names, in any namespace and in their order."""
    for one in element.iter(*(f"{{*}}{name}" for name in names)) if names else ():
        if one is not element:
            yield one


def text_of(element: _Element | None) -> str:
    """All the text in an element; empty for none."""
    return "" if element is None else "".join(map(str, element.itertext()))
