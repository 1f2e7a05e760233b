"""Every way a page offers can be gone by whoever sees it: no link to a refusal, no button without a right behind it."""

from collections import Counter
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from exam.security import declared_access
from tests.support.story import read
from tests.support.world import ADMIN, AFTERWARDS, HR, NEW_HIRE, TRAINER, lasting_world

ALIKE = 2
"""Addresses of one endpoint, with the same names in the query, that are looked at."""


@pytest.fixture(scope="module")
def world(site):
    with lasting_world(site) as made:
        yield made


@pytest.fixture(autouse=True)
def afterwards(set_clock):
    set_clock(AFTERWARDS)


def ways(root: Element, path: str):
    """The links and the forms of a page, as (method, address within the site)."""
    for element in root.iter():
        if element.tag == "a" and element.get("href"):
            yield "GET", element.get("href") or ""
        elif element.tag == "form" and (element.get("method") or "get").lower() != "dialog":
            yield (element.get("method") or "get").upper(), element.get("action") or path
        elif element.get("formaction"):
            yield "POST", element.get("formaction") or ""


def kind_of(app: Flask, address: str) -> object:
    """The endpoint of an address with the names in its query; the address itself when it leads nowhere."""
    parts = urlsplit(address)
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(parts.path, "GET")
    except HTTPException:
        return address
    return endpoint, *sorted(parse_qs(parts.query))


def may_call(app: Flask, person, method: str, address: str) -> bool:
    """Whether the endpoint behind an address lets this person in."""
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(urlsplit(address).path, method)
    except HTTPException:
        return False
    _declared, access = declared_access(app, endpoint)
    return not access or person.has_role(*access)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", [NEW_HIRE, TRAINER, HR, ADMIN])
def test_every_way_offered_can_be_gone(world, who):
    person, seen, wrong = world.people[who], set(), []
    alike: Counter[object] = Counter()
    with world.visit(who, check=True) as client:
        queue = [("/", "the address bar")]
        while queue:
            address, came_from = queue.pop(0)
            path = urlsplit(address)._replace(fragment="").geturl()
            kind = kind_of(world.app, path)
            if path in seen or alike[kind] == ALIKE:
                continue
            seen.add(path)
            alike[kind] += 1
            answer = client.get(path, follow_redirects=True, buffered=True)
            if answer.status_code != 200:
                wrong.append(f"{came_from} links to {path}: {answer.status_code}")
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            for method, way in ways(read(answer.get_data(as_text=True)), answer.request.path):
                parts = urlsplit(way)
                if parts.netloc or parts.scheme or not parts.path:
                    continue
                if method == "GET":
                    queue.append((way, path))
                elif not may_call(world.app, person, method, way):
                    wrong.append(f"{path} has a form to {way}")
    assert wrong == []
    assert len(seen) > 5
