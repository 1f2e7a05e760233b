"""Where the items of a QTI file stand: alone, several in one XML, or in a package by its test or manifest.

A package is what its imsmanifest.xml names, and items that stand beside. Each item is found by itself: a file that is
missing or broken is the trouble of that item alone.
"""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.packages import Package
from question_bank.formats.qti.metadata import old_fields
from question_bank.formats.qti.vocabulary import OLD, ROOTS, TESTS, read_names
from question_bank.formats.reading import Unreadable
from question_bank.formats.source import Source
from question_bank.formats.trees import children, descendants

MANIFEST = "imsmanifest.xml"
_OURS_TOO = (".xml", ".qti", ".dat")
"""How the names of files with items end."""
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_WHOLE = "non_cc_assessments/"
"""Where Canvas keeps its own, fuller form of a quiz that it also exports for a Common Cartridge."""


class Files:
    """The files of a package, by how they are referred to in it; none for an item that came alone."""

    def __init__(self, package: Package | None = None) -> None:
        self._package = package
        self._read: dict[str, bytes] = {}

    @cached_property
    def names(self) -> Sequence[str]:
        """What is in it, without what a Mac adds."""
        if self._package is None:
            return ()
        return [
            name for name in self._package.names
            if not name.startswith("__MACOSX/") and not name.rpartition("/")[2].startswith("._")
        ]  # fmt: skip

    @cached_property
    def _by_path(self) -> dict[str, str]:
        exact = {name.replace("\\", "/"): name for name in self.names}
        return {**{path.casefold(): name for path, name in exact.items()}, **exact}

    def find(self, folder: str, href: str) -> str | None:
        """The file that an address in a file of this folder means; None for one outside, elsewhere or missing."""
        for address in (href, href.partition("?")[0], unquote(href), unquote(href.partition("?")[0])):
            path = posixpath.normpath(posixpath.join(folder, address.strip().replace("\\", "/")))
            for spelling in (path, path.casefold()):
                if spelling in self._by_path:
                    return self._by_path[spelling]
        return None

    def find_end(self, address: str) -> str | None:
        """The only file whose path ends in this address."""
        found = [name for path, name in self._by_path.items() if path.endswith(f"/{address.casefold()}")]
        return found[0] if len({*found}) == 1 else None

    def read(self, name: str, keep: bool = False) -> bytes:
        """A file's content. Raises Unreadable. `keep` remembers it, for pictures that many items share."""
        if name in self._read:
            return self._read[name]
        if self._package is None:
            raise Unreadable(ReadCode.FILE_MISSING, name)
        content = self._package.read(name)
        if keep:
            self._read[name] = content
        return content


@dataclass(frozen=True)
class Piece:
    """One item, or the trouble in its place. `names` are those it may be asked for by, the surest first."""

    place: str
    names: tuple[str, ...]
    element: _Element | None
    version: int
    files: Files
    folder: str = ""
    resource: _Element | None = None
    """What the manifest says of it."""
    trouble: Unreadable | None = None
    bank: str = ""
    """The name of the bank that it stands in, of QTI 1.2."""


def pieces(source: Source) -> Iterator[Piece]:
    """The items of a file in their order. Raises Unreadable if it is none of QTI, or its package is broken."""
    if source.is_package:
        yield from _packed(Files(source.package))
        return
    root, version = read_names(source.content)
    if not version:
        raise Unreadable(ReadCode.NOT_A_PACKAGE if root.tag == "manifest" else ReadCode.EMPTY)
    yield from _pieces_of(root, version, source.name.rpartition("/")[2], (), Files(), None)


def _pieces_of(
    root: _Element, version: int, path: str, names: tuple[str, ...], files: Files, resource: _Element | None
) -> Iterator[Piece]:
    folder, _, name = path.rpartition("/")
    if version > 1:
        identifier = root.get("identifier", "")
        known = tuple(dict.fromkeys(filter(None, (identifier, path, name, name.rpartition(".")[0], *names))))
        yield Piece(f"item {path or identifier}", known, root, version, files, folder, resource)
        return
    banks: dict[_Element, str] = {}
    for number, item in enumerate(descendants(root, "item", "itemref", "bankentry_item", "sourcebank_ref"), start=1):
        identifier = item.get("ident") or item.get("linkrefid") or item.get("item_ref") or str(number)
        trouble = None
        if item.tag != "item":
            trouble = Unreadable(ReadCode.NOT_KEPT, "a reference to questions in a bank elsewhere")
        bank = next(item.iterancestors("objectbank"), None)
        if bank is not None and bank not in banks:
            banks[bank] = old_fields(bank).get("bank_title", "")
        title = "" if bank is None else banks[bank]
        yield Piece(f"item {identifier}", (identifier,), item, version, files, folder, resource, trouble, title)


def _packed(files: Files) -> Iterator[Piece]:
    package_manifest = _manifest_of(files)
    home = package_manifest.rpartition("/")[0]
    try:
        root, _ = read_names(files.read(package_manifest))
    except Unreadable as error:
        raise (
            error
            if error.code is not ReadCode.BAD_XML
            else Unreadable(ReadCode.BAD_MANIFEST, f"the XML is not well-formed, {error.detail}")
        ) from error
    if root.tag != "manifest":
        raise Unreadable(ReadCode.BAD_MANIFEST, "it is no manifest")
    _refuse_nested(files)
    order = _Order(files, home)
    resources = list(descendants(root, "resource"))
    for resource in resources:
        if "test" in resource.get("type", "") or "assessment" in resource.get("type", ""):
            order.add_test(resource)
    for resource in resources:
        order.add(resource)
    order.add_unnamed(package_manifest)
    yield from order.pieces()


def _manifest_of(files: Files) -> str:
    found = [name for name in files.names if name.replace("\\", "/").rpartition("/")[2].lower() == MANIFEST]
    depth = min((name.count("/") for name in found), default=2)
    if depth > 1:
        raise Unreadable(ReadCode.NO_MANIFEST)
    nearest = [name for name in found if name.count("/") == depth]
    if len(nearest) > 1:
        raise Unreadable(ReadCode.BAD_MANIFEST, "there are several")
    return nearest[0]


def _refuse_nested(files: Files) -> None:
    for name in files.names:
        if name.lower().endswith((".zip", ".imscc", ".7z", ".rar", ".gz", ".tar")):
            raise Unreadable(ReadCode.NESTED_PACKAGE, name)


class _Order:
    """The files of a package's items in the order in which they are to be read."""

    def __init__(self, files: Files, home: str) -> None:
        self.files = files
        self.home = home
        self.names: dict[str, list[str]] = {}
        self.resources: dict[str, _Element] = {}
        self.missing: dict[str, None] = {}
        self.typed: set[str] = set()

    def add_test(self, resource: _Element) -> None:
        """Put the items of a test in its order."""
        name = self._file_of(resource)
        try:
            root, _ = read_names(self.files.read(name)) if name else (None, 0)
        except Unreadable:
            return
        if name is None or root is None or root.tag not in (TESTS[0], "assessmentSection"):
            return
        for reference in descendants(root, "assessmentItemRef"):
            self._name(name.rpartition("/")[0], reference.get("href", ""), reference.get("identifier", ""))

    def add(self, resource: _Element) -> None:
        """Put what the manifest names behind."""
        kind = resource.get("type", "")
        hrefs = [resource.get("href", ""), *(one.get("href", "") for one in children(resource, "file"))]
        first = next(filter(None, hrefs), "")
        for href in dict.fromkeys(filter(None, hrefs)):
            is_item = href == first and kind.startswith(("imsqti_item", "imsqti_xml"))
            if not is_item and not href.lower().endswith(_OURS_TOO):
                continue
            name = self.files.find(self._base(resource), href)
            if name is not None and (is_item or ROOTS.search(_letters(self.files, name))):
                self.names.setdefault(name, []).append(resource.get("identifier", ""))
                self.resources.setdefault(name, resource)
                self.typed.update([name] if is_item else [])
            elif name is None and is_item:
                self.missing[href] = None

    def add_unnamed(self, manifest: str) -> None:
        """Put items that the manifest forgets at the end."""
        for name in self.files.names:
            known = name == manifest or name in self.names or not name.lower().endswith(_OURS_TOO)
            if not known and ROOTS.search(_letters(self.files, name)):
                self.names[name] = []

    def pieces(self) -> Iterator[Piece]:
        """What stands in each file."""
        whole = any(_WHOLE in name for name in self.names)
        for name, known in self.names.items():
            try:
                content = self.files.read(name)
                if whole and _WHOLE not in name and OLD.encode() in content:
                    continue
                root, version = read_names(content)
                if not version and name in self.typed:
                    raise Unreadable(ReadCode.NOT_A_QUESTION)
            except Unreadable as error:
                yield Piece(f"item {name}", (name,), None, 0, self.files, trouble=error)
                continue
            if version:
                yield from _pieces_of(root, version, name, tuple(known), self.files, self.resources.get(name))
        for href in self.missing:
            yield Piece(f"item {href}", (href,), None, 0, self.files, trouble=Unreadable(ReadCode.FILE_MISSING, href))

    def _file_of(self, resource: _Element) -> str | None:
        first = next(children(resource, "file"), resource)
        return self.files.find(self._base(resource), resource.get("href") or first.get("href") or "")

    def _base(self, resource: _Element) -> str:
        parent = resource.getparent()
        outer = "" if parent is None else parent.get(_BASE) or ""
        return posixpath.join(self.home, outer, resource.get(_BASE) or "")

    def _name(self, folder: str, href: str, identifier: str) -> None:
        name = self.files.find(folder, href)
        if name is None:
            self.missing[href] = None
        else:
            self.names.setdefault(name, []).append(identifier)
            self.typed.add(name)


def _letters(files: Files, name: str) -> bytes:
    """A file's content as far as its names can be looked for in it; nothing if it can't be read."""
    try:
        content = files.read(name)
    except Unreadable:
        return b""
    return content.replace(b"\0", b"") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content
