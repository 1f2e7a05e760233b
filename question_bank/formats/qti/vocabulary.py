"""The words of QTI: 3.0 writes those of 2.x in another way, so both are read under the names of 2.x."""

import re

from lxml import etree
from lxml.etree import _Element

from question_bank.formats.trees import name_of, parsed

ITEMS = ("assessmentItem", "qti-assessment-item")
TESTS = ("assessmentTest", "qti-assessment-test")
OLD = "questestinterop"
"""The root of QTI 1.2, with any number of items in it."""
ROOTS = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:assessmentItem|qti-assessment-item|questestinterop)\b")

_NEW = re.compile("qti(-[a-z]+)+")
_IN_PARTS = re.compile("(?!data-|aria-)[a-z]+(-[a-z]+)+")


def read_names(content: bytes) -> tuple[_Element, int]:
    """The root of a file with all names as in 2.x and without namespaces, and the version's first digit (0: no item).

    Raises Unreadable for bad XML.
    """
    root = parsed(content)
    version = {OLD: 1, ITEMS[0]: 2, ITEMS[1]: 3}.get(name_of(root), 0)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = name_of(element)
        if _NEW.fullmatch(name):
            name = camel(name[4:])
            for attribute in [str(one) for one in element.attrib]:
                if _IN_PARTS.fullmatch(attribute):
                    element.set(camel(attribute), element.attrib.pop(attribute))
        # A prefix that nothing declares stays part of the name.
        if ":" not in name:
            element.tag = name
    etree.cleanup_namespaces(root)
    return root, version


def camel(name: str) -> str:
    """response-identifier as 2.x has it: responseIdentifier."""
    first, *others = name.split("-")
    return first + "".join(map(str.capitalize, others))


def kebab(name: str) -> str:
    """responseIdentifier as 3.0 has it: response-identifier."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


def cut(element: _Element, instead: str = "") -> None:
    """Take an element out of its tree, with words in its place; what follows it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    rest = instead + (element.tail or "")
    if before is None:
        parent.text = (parent.text or "") + rest
    else:
        before.tail = (before.tail or "") + rest
    parent.remove(element)
