"""The texts of a question as XHTML in a package, with its pictures and sounds as files."""

import re
from hashlib import sha256
from html import escape
from urllib.parse import quote

from question_bank.formats.markup import html, medium_name, plain, token
from question_bank.formats.reading import Medium, ReadQuestion

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "mp4": "video/mp4",
          "webm": "video/webm"}  # fmt: skip
"""What isn't a picture, by the end of its name."""
SPACES = "tabs, several empty lines, and characters that XML has no place for"


class WrittenTexts:
    """Writes the texts of one question; gathers the files that they refer to, and what they lose."""

    def __init__(self, question: ReadQuestion, is_new: bool) -> None:
        self._is_new = is_new
        self._media = {one.name: one for one in question.media}
        self.files: dict[str, bytes] = {}
        self.shown: set[str] = set()
        self.lost: set[str] = set()

    def of(self, text: str) -> str:
        """A text as XHTML, without an element around it."""
        written = html(self.clean(text), self._picture)
        again, _ = plain(html(text))
        if again != text:
            self.lost.add(SPACES)
        return written

    def clean(self, text: str) -> str:
        """A text without the characters that XML can't hold."""
        cleaned = _NOT_XML.sub("", text)
        if cleaned != text:
            self.lost.add(SPACES)
        return cleaned

    def _picture(self, name: str, alt: str) -> str:
        medium = self._media.get(name)
        if medium is None:
            return html(f"![{alt}]({name})")
        if token(alt, name) != f"![{alt}]({name})":
            self.lost.add("spaces in what a picture shows")
        path = _path(medium)
        if path.rpartition("/")[2] != name:
            self.lost.add("some characters in the names of pictures and sounds")
        self.files[path] = medium.content
        self.shown.add(name)
        address, words = escape(_address(path)), escape(alt)
        kind = _TYPES.get(name.rpartition(".")[2].lower())
        if kind is None:
            return f'<img src="{address}" alt="{words}"/>'
        if self._is_new:
            return f'<audio controls="controls" src="{address}">{words}</audio>'
        return f'<object data="{address}" type="{kind}">{words}</object>'


def _path(medium: Medium) -> str:
    """Where a file stands in the package: once for its content, by its own name."""
    return f"media/{sha256(medium.content).hexdigest()[:12]}/{medium_name(medium.name)}"


def _address(path: str) -> str:
    """How an item refers to a file."""
    return f"../{quote(path)}"
