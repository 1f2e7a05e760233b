"""What must be true of every page: valid HTML, ids and labels that fit, ways that lead somewhere, nothing inline."""

from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

REFERENCES = ("aria-labelledby", "aria-describedby", "aria-details", "aria-errormessage", "list", "form")
LABELLED = ("input", "select", "textarea")
WITHOUT_LABEL = ("hidden", "submit", "button", "reset", "image")

Leads = Callable[[str, str], bool]
"""Whether a method and a path lead to a route of the site."""


def problems(html: str, leads: Leads) -> list[str]:
    """All that is wrong with a page, or with a fragment that a script will put into one; empty when it is well."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    whole = html.lstrip().lower().startswith("<!doctype")
    root = parser.parse(html) if whole else parser.parseFragment(html, container="div")
    found = [f"HTML, line {line}: {code} {detail}" for (line, _column), code, detail in parser.errors]
    everything = [element for element in root.iter() if isinstance(element.tag, str)]
    for element in everything:
        element.tag = element.tag.rpartition("}")[2]  # pictures come with their namespace
    found += _inline(everything)
    for template in root.iter("template"):  # a script fills it in
        template[:] = []
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    if whole:
        found += _frame(root)
    for check in (_ids, _pictures, _buttons):
        found += check(elements)
    found += _labels(root, elements)
    found += _ways(elements, leads)
    return found


def _frame(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "<html> has no lang"
    title = root.find("head/title")
    if title is None or not _words(title):
        yield "the page has no <title>"
    for tag in ("main", "h1"):
        count = len(list(root.iter(tag)))
        if count != 1:
            yield f"the page has {count} <{tag}>, not one"


def _ids(elements: list[Element]) -> Iterator[str]:
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    for name, count in ids.items():
        if count > 1:
            yield f"id {name!r} is there {count} times"
        if not name or " " in name:
            yield f"id {name!r} can't be referred to"
    for element in elements:
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{_name(element)}: {attribute} names {name!r}, which isn't there"


def _inline(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        for attribute in element.attrib:
            if attribute == "style" or attribute.startswith("on"):
                yield f"{_name(element)} has an inline {attribute}: the content policy forbids it"
        if element.tag == "style" and not element.get("nonce"):
            yield "<style> without a nonce"
        is_data = (element.get("type") or "").endswith("json")
        if element.tag == "script" and not (element.get("src") or element.get("nonce") or is_data):
            yield "<script> without src or nonce"
        if urlsplit(element.get("href") or element.get("src") or "").scheme == "javascript":
            yield f"{_name(element)} leads to javascript:"


def _pictures(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == "img" and element.get("alt") is None:
            yield f"{_name(element)} has no alt"
        if element.tag == "svg" and not (element.get("aria-hidden") or element.get("role")):
            yield f"{_name(element)} is neither hidden from screen readers nor named"


def _buttons(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag in ("button", "a") and not (_words(element) or element.get("aria-hidden")):
            yield f"{_name(element)} has no words"


def _labels(root: Element, elements: list[Element]) -> Iterator[str]:
    ids = {element.get("id"): element for element in elements if element.get("id")}
    named = set()
    for label in root.iter("label"):
        target = label.get("for")
        if target is not None and (
            target not in ids or ids[target].tag not in (*LABELLED, "output", "meter", "button")
        ):
            yield f"label for {target!r}: there is no such field"
        if _words(label):
            named.add(target)
            named.update(id(inner) for inner in label.iter() if inner.tag in LABELLED)
    for field in elements:
        if field.tag not in LABELLED or field.get("type") in WITHOUT_LABEL:
            continue
        if not (field.get("aria-label") or field.get("aria-labelledby") or {field.get("id"), id(field)} & named):
            yield f"{_name(field)} has no label"


def _ways(elements: list[Element], leads: Leads) -> Iterator[str]:
    for element in elements:
        if element.tag == "form":
            method = (element.get("method") or "get").upper()
            if element.get("action") and not leads(method, element.get("action") or ""):
                yield f"form: {method} {element.get('action')} leads nowhere"
            tokens = [field for field in element.iter("input") if field.get("name") == "csrf_token"]
            if method == "POST" and not tokens:
                yield f"form {element.get('action')}: POST without csrf_token"
        if element.get("formaction") and not leads("POST", element.get("formaction") or ""):
            yield f"button: {element.get('formaction')} leads nowhere"
        address = element.get("href") or element.get("src")
        if address and element.tag in ("a", "img", "script", "link", "iframe") and not leads("GET", address):
            yield f"{_name(element)}: {address} leads nowhere"


def _words(element: Element) -> str:
    """What a screen reader would read of it, roughly."""
    own = element.get("aria-label") or element.get("aria-labelledby") or element.get("title") or element.get("alt")
    if own:
        return own
    if element.get("aria-hidden") == "true":
        return ""
    inner = "".join(_words(child) + (child.tail or "") for child in element if isinstance(child.tag, str))
    return ((element.text or "") + inner).strip()


def _name(element: Element) -> str:
    marks = " ".join(f'{key}="{element.get(key)}"' for key in ("id", "name", "class", "href") if element.get(key))
    return f"<{element.tag}{' ' + marks if marks else ''}>"
