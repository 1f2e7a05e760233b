"""A file as it came, and what it looks like from outside: text, XML or a package. Each is worked out once."""

import codecs
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePath

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.packages import Package
from question_bank.formats.reading import Unreadable
from question_bank.formats.trees import parsed
from question_bank.responses import is_storable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How Office files before 2007 begin, and newer ones behind a password."""
_XML = re.compile(r"\s*<[?!a-zA-Z_]")
_PAIR = re.compile(rb"[\x81-\xfe]([\x40-\x7e\x80-\xfe])")
_WHOLE = re.compile("[\u0800-\ufffc]+")
_LOST = "\ufffd"
_BROKEN = ("锟斤拷",)
"""What stands where Chinese letters have been lost on the way."""


class Source:
    """A file's bytes and its name, which may be empty. What can't be had of it raises Unreadable."""

    def __init__(self, content: bytes, name: str = "") -> None:
        self.content = content
        self.name = name

    @property
    def suffix(self) -> str:
        """How the name ends: ".xlsx"; empty without."""
        return PurePath(self.name).suffix.lower()

    @property
    def is_package(self) -> bool:
        """Whether it is a zip, as Excel and Word files and QTI packages are."""
        return self.content.startswith((b"PK\x03\x04", b"PK\x05\x06"))

    def refuse_old_office(self) -> None:
        """Refuse an Office file of before 2007, and a newer one behind a password: both begin alike."""
        if self.content.startswith(OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in self.content
            raise Unreadable(ReadCode.LOCKED if locked else ReadCode.OLD_OFFICE)

    @cached_property
    def package(self) -> Package:
        """The files that are packed in it."""
        self.refuse_old_office()
        if not self.is_package:
            raise Unreadable(ReadCode.NOT_A_PACKAGE)
        return Package(self.content)

    @cached_property
    def text(self) -> str:
        """It as text, with plain line ends."""
        if self.is_package:
            raise Unreadable(ReadCode.NOT_TEXT)
        return decoded(self.content)

    @property
    def is_xml(self) -> bool:
        """Whether it begins as XML does."""
        head = self.content[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
        return bool(_XML.match(head.decode("ascii", "replace")))

    @cached_property
    def root(self) -> _Element:
        """The root of the XML in it."""
        if self.is_package:
            raise Unreadable(ReadCode.NOT_TEXT)
        return parsed(self.content)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 by its mark, or GB18030 as Chinese Excel writes it. Raises Unreadable."""
    _refuse_broken_utf8(content)
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if is_storable(text) and (encoding != "gb18030" or _is_chinese(content)):
            if _is_mojibake(text):
                raise Unreadable(ReadCode.MOJIBAKE)
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable(ReadCode.NOT_TEXT)


def _encodings(content: bytes) -> Iterable[str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030")


def _refuse_broken_utf8(content: bytes) -> None:
    """Refuse UTF-8 in which a few bytes are broken: as GB18030 all of it would be read as other letters."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(content):
            raise Unreadable(ReadCode.MOJIBAKE) from error


def _is_chinese(content: bytes) -> bool:
    """Whether what can be read as GB18030 is meant so: nearly all of its characters have two bytes above ASCII.

    Where most have a letter for their second byte, single letters such as é or ü stand between plain ones: it is some
    Western encoding, and there is no telling which.
    """
    seconds: list[bytes] = _PAIR.findall(content[: 2**20])
    return 2 * sum(second < b"\x80" for second in seconds) <= len(seconds)


def _is_nearly_utf8(content: bytes) -> bool:
    """Whether bytes say something as UTF-8, but for a few: text in other encodings is nearly all broken as such."""
    text = content.decode(errors="replace")
    whole = sum(len(run) for run in _WHOLE.findall(text))
    return whole >= 8 and whole > 4 * text.count(_LOST)


def _is_mojibake(text: str) -> bool:
    """Whether letters are lost, or the whole is UTF-8 that somebody once read as something else and saved again."""
    if any(sign in text for sign in _BROKEN) or text.count(_LOST) > 2:
        return True
    for encoding in ("cp1252", "latin-1", "gb18030"):
        try:
            once = text.replace(_LOST, "").encode(encoding)
        except UnicodeError:
            continue
        if _is_nearly_utf8(once):
            return True
    return False
