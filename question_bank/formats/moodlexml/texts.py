"""The texts of a question in Moodle's XML: HTML or plain, and the files that they show."""

import re
from html import escape
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from question_bank.formats.markup import plain
from question_bank.formats.pictures import Pictures, unpacked
from question_bank.formats.reading import excerpt
from question_bank.formats.tags import has_tags
from question_bank.formats.trees import child, children, text_of

HTML, PLAIN, AUTO, MARKDOWN = "html", "plain_text", "moodle_auto_format", "markdown"
FORMATS = frozenset([HTML, PLAIN, AUTO, MARKDOWN, "wiki_like"])
FILES = "@@PLUGINFILE@@"
"""How a text begins the address of a file that comes with it."""
_LINKED = re.compile(rf"""href\s*=\s*["']({FILES}/[^"'<>]+)""", re.IGNORECASE)
_IN_MARKDOWN = re.compile(rf"!\[([^\[\]\n]{{0,500}})\]\(({FILES}/[^()\s]{{1,500}})\)")


class Texts(Pictures):
    """Reads the texts of one question one after the other; gathers its media and what is lost."""

    def read(self, element: _Element | None, usual: str = HTML) -> str:
        """The plain text of an element with a `text` in it. `usual` is its format where it names none."""
        if element is None:
            return ""
        format = format_of(element, usual)
        source = _inner(child(element, "text"))
        files = _Files(self, element)
        if format == HTML or (format == AUTO and has_tags(source)):
            text, lost = plain(source if format == HTML else source.replace("\n", "<br>"), files.picture)
            self.lost |= dict.fromkeys(sorted(lost))
            for address in _LINKED.findall(source):
                text += f"\n{files.picture(address, '')}"
        elif format == MARKDOWN:
            text = _IN_MARKDOWN.sub(lambda found: files.picture(found[2], found[1]), source)
        else:
            text = source
        files.keep_the_rest()
        return text.strip()

    def old_picture(self, element: _Element) -> str:
        """The picture that Moodle before 2.0 had in elements of its own; empty without."""
        name, content = text_of(child(element, "image")).strip(), child(element, "image_base64")
        if not name or content is None:
            return ""
        return self.shown(name.replace("/", "_"), unpacked(text_of(content)), "")


class _Files:
    """The files of one text."""

    def __init__(self, texts: Texts, element: _Element) -> None:
        self.texts = texts
        self.files: dict[str, _Element] = {}
        for file in children(element, "file"):
            self.files.setdefault(f"{file.get('path') or '/'}{file.get('name') or 'file'}", file)
        self.unseen = dict(self.files)

    def picture(self, address: str, alt: str) -> str:
        """What stands in the text for the picture at this address."""
        if address.startswith(FILES):
            path = unquote(address.removeprefix(FILES).partition("?")[0])
            file = self.files.get(path)
            if file is None:
                return self.texts.missing(f"{excerpt(path.lstrip('/'))}, which the file doesn't have", alt)
            self.unseen.pop(path, None)
            return self.texts.shown(path, unpacked(file.text or ""), alt)
        return self.texts.at(address, alt)

    def keep_the_rest(self) -> None:
        """Keep the files that the text doesn't show: something else of the question may."""
        for path, file in self.unseen.items():
            self.texts.shown(path, unpacked(file.text or ""), "")


def format_of(element: _Element | None, usual: str = HTML) -> str:
    """The format of a text; what Moodle doesn't know is HTML to it."""
    named = usual if element is None else element.get("format", usual).strip()
    return named if named in FORMATS else HTML


def _inner(element: _Element | None) -> str:
    """The text in an element. HTML that somebody forgot to escape is in there as elements, and is made HTML again."""
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").strip()
    inside = "".join(etree.tostring(one, encoding="unicode") for one in element)
    return f"{escape(element.text or '', quote=False)}{inside}".strip()
