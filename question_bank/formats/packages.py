"""Zip files from strangers: opened within bounds, and refused when their names or sizes are a trap."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Unreadable

MOST_FILES = 30_000
MOST_UNPACKED = 200 * 2**20
"""Bytes of all files together, as the package declares them; a file never unpacks to more than it declares."""
MOST_RATIO = 200
"""How many times larger than packed a file may be, once it has a megabyte: text of any sort stays below 100."""
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
           ValueError, IndexError, OSError, OverflowError)  # fmt: skip
"""What the standard library raises at packages that aren't whole."""
_PACKED = (".zip", ".7z", ".rar", ".gz", ".tar")


class Package:
    """The files of a zip by name. Raises Unreadable for one that is damaged, locked or a trap."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            members = [one for one in self._zip.infolist() if not one.is_dir()]
            folders = [one for one in self._zip.infolist() if one.is_dir()]
        except _BROKEN as error:
            raise Unreadable(ReadCode.DAMAGED) from error
        if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_UNPACKED:
            raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
        if any(one.file_size > 2**20 and one.file_size > MOST_RATIO * one.compress_size for one in members):
            raise Unreadable(ReadCode.UNPACKS_TOO_LARGE)
        if any(one.flag_bits & 1 for one in members):
            raise Unreadable(ReadCode.LOCKED)
        for one in (*members, *folders):
            _refuse_unsafe(_name(one))
        self._members: Mapping[str, zipfile.ZipInfo] = {_name(one): one for one in members}

    @property
    def unpacked(self) -> int:
        """The bytes of all its files together."""
        return sum(one.file_size for one in self._members.values())

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of its files, without folders, in their order."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """A file's content. Raises Unreadable if it isn't there or is damaged."""
        member = self._members.get(name)
        if member is None:
            raise Unreadable(ReadCode.FILE_MISSING, name)
        try:
            return self._zip.read(member)
        except _BROKEN as error:
            raise Unreadable(ReadCode.DAMAGED) from error

    def refuse_packages_within(self) -> None:
        """Refuse one that has another package in it: what is in there would be left out without a word."""
        for name in self.names:
            if name.lower().endswith(_PACKED):
                raise Unreadable(ReadCode.NESTED_PACKAGE, name)


def _name(member: zipfile.ZipInfo) -> str:
    """A file's name: Chinese Windows writes it in GBK and doesn't say so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gbk")
    except UnicodeError:
        return member.filename


def _refuse_unsafe(name: str) -> None:
    plain = name.replace("\\", "/")
    if plain.startswith("/") or ".." in PurePosixPath(plain).parts or ":" in plain.partition("/")[0]:
        raise Unreadable(ReadCode.UNSAFE_NAME, name)
