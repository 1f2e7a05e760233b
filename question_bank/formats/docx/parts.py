"""The parts of a Word file: which of them is its text, and what the relationships of that name."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.packages import Package
from question_bank.formats.reading import Unreadable
from question_bank.formats.trees import children, name_of, parsed

_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that a part refers to by an id. `target` is a part's name, or an address where it is outside."""

    sort: str
    """The last word of its type, such as "image"."""
    target: str
    outside: bool


class Parts:
    """A Word file by its parts. Raises Unreadable for one without text, damaged, or with macros."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._names = {name.lower().lstrip("/"): name for name in package.names}
        self.main = self._main()

    def _main(self) -> str:
        """The name of the part with the text: a relationship of the package says it."""
        for relation in self._relations("").values():
            if relation.sort == "officeDocument" and not relation.outside:
                kind = self._content_types.get(relation.target.lower(), "")
                if "wordprocessingml" in kind or "ms-word" in kind:
                    if "macroenabled" in kind.lower() or any("vbaproject" in name for name in self._names):
                        raise Unreadable(ReadCode.MACROS)
                    return relation.target
        raise Unreadable(ReadCode.NOT_A_PACKAGE)

    @cached_property
    def _content_types(self) -> Mapping[str, str]:
        """The content types that the package declares, by the part's name in small letters."""
        if not self.has(_TYPES):
            return {}
        declared = children(self._parsed(_TYPES), "Override")
        return {one.get("PartName", "").lstrip("/").lower(): one.get("ContentType", "") for one in declared}

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """What the text refers to, by id."""
        return self._relations(self.main)

    def _relations(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        found = {}
        for one in children(self._parsed(file), "Relationship") if self.has(file) else ():
            outside = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[one.get("Id", "")] = Relation(one.get("Type", "").rpartition("/")[2], target, outside)
        return found

    def has(self, name: str) -> bool:
        """Whether there is a part of this name; capital and small letters are the same."""
        return name.lower() in self._names

    def read(self, name: str) -> bytes:
        """A part's content. Raises Unreadable if it isn't there or is damaged."""
        return self._package.read(self._names.get(name.lower(), name))

    def _parsed(self, name: str) -> _Element:
        return parsed(self.read(name))

    @property
    def body(self) -> _Element:
        """What is between the first word of the text and the last."""
        body = next(children(self._parsed(self.main), "body"), None)
        if body is None:
            raise Unreadable(ReadCode.DAMAGED)
        return body

    def named(self, sort: str) -> _Element | None:
        """The part of this sort that the text names, such as "styles"; None without."""
        for relation in self.relations.values():
            if relation.sort == sort and not relation.outside and self.has(relation.target):
                return self._parsed(relation.target)
        return None


def value(element: _Element | None, name: str = "val") -> str:
    """An attribute by its name without namespace; empty where it isn't."""
    for key, said in ({} if element is None else element.attrib).items():
        if str(key).rpartition("}")[2] == name:
            return str(said)
    return ""


def is_on(element: _Element | None) -> bool:
    """Whether a property such as bold is on: it is there, and not switched off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


__all__ = ["Parts", "Relation", "is_on", "name_of", "value"]
