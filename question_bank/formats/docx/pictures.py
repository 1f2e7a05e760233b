"""The pictures of a Word file: each stands in its line as a token, and comes along with the question that has it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from question_bank.formats.docx.parts import Parts, value
from question_bank.formats.markup import PICTURE, token
from question_bank.formats.reading import Medium
from question_bank.formats.trees import children, descendants, name_of

_KEPT = {".png": ".png", ".jpg": ".jpg", ".jpeg": ".jpg", ".jfif": ".jpg", ".gif": ".gif", ".bmp": ".bmp",
         ".webp": ".webp", ".tif": ".tif", ".tiff": ".tif", ".svg": ".svg"}  # fmt: skip
_NAME = re.compile(r"[\w-]{0,100}[A-Za-z0-9]{2}\.[a-z]{3,4}")
_ID = frozenset(["embed", "id", "link", "href"])


@dataclass
class Pictures:
    """The pictures met so far. A name is one part shown with one description."""

    parts: Parts
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)
    _media: dict[str, Medium] = field(default_factory=dict)
    _descriptions: dict[str, str] = field(default_factory=dict)

    def tokens(self, element: _Element) -> tuple[str, list[str]]:
        """What stands in the line for a drawing, its pictures without their descriptions for now, and what is lost."""
        found, lost = "", []
        for reference in _references(element):
            try:
                found += self._token(*reference)
            except KeyError as error:
                lost.append(error.args[0])
        return found, lost if found or lost else ["a drawing or chart"]

    def _token(self, id: str, description: str, given: str) -> str:
        """A picture's token. Raises KeyError with what there is instead of one that can be shown."""
        relation = self.parts.relations.get(id)
        if relation is None or relation.outside or not self.parts.has(relation.target):
            raise KeyError("a picture that isn't in the file")
        ending = posixpath.splitext(relation.target)[1]
        if ending.lower() not in _KEPT:
            raise KeyError(f"a picture in {ending.lstrip('.').upper() or 'an unknown format'} (save it as PNG)")
        return token("", self._name(relation.target, description, _KEPT[ending.lower()], given))

    def _name(self, part: str, description: str, suffix: str, given: str) -> str:
        """The name of a part under this description."""
        if (part, description) not in self._names:
            if part not in self._contents:
                self._contents[part] = self.parts.read(part)
            name = self._free_name(given, suffix)
            self._names[part, description] = name
            self._media[name] = Medium(name, self._contents[part])
            self._descriptions[name] = description
        return self._names[part, description]

    def _free_name(self, given: str, suffix: str) -> str:
        """The name that a picture was given, if it is one of a file and free. A paper's reader sees nothing in it."""
        if _NAME.fullmatch(given) and _KEPT.get(posixpath.splitext(given)[1]) == suffix and given not in self._media:
            return given
        number = len(self._names) + 1
        while f"picture{number}{suffix}" in self._media:
            number += 1
        return f"picture{number}{suffix}"

    def described(self, text: str) -> str:
        """A text whose pictures have their descriptions again."""
        return PICTURE.sub(
            lambda found: token(self._descriptions.get(found["name"], found["alt"]), found["name"]), text
        )

    def within(self, text: str) -> Iterator[Medium]:
        """The pictures that a text has, in their order."""
        for found in PICTURE.finditer(text):
            if found["name"] in self._media:
                yield self._media[found["name"]]


def _references(element: _Element) -> Iterator[tuple[str, str, str]]:
    """The relationship ids of the pictures in a drawing, each with what it shows and the name it was given."""
    properties = next(descendants(element, "docPr"), None)
    description = value(properties, "descr") or value(properties, "title")
    for one in descendants(element, "blip", "imagedata"):
        id = next((str(said) for key, said in one.attrib.items() if str(key).rpartition("}")[2] in _ID and said), "")
        if name_of(one) == "imagedata":
            shape = one.getparent()
            description = (value(shape, "alt") if shape is not None else "") or value(one, "title")
        if id:
            yield id, description, value(properties, "name")


def chosen(element: _Element) -> Iterator[_Element]:
    """The parts of mc:AlternateContent to read: the newer one, or the fallback where only that has something."""
    for one in children(element):
        if next(descendants(one, "blip", "imagedata", "txbxContent", "t"), None) is not None:
            yield from children(one)
            return
