"""What candidates do, request by request, as their browsers would send it through the web server of docs/running.md."""

import re
from collections.abc import Sequence
from math import inf
from random import Random
from urllib.parse import quote, urlsplit

from tests.load.candidate import ADDRESS, PASSWORD, Candidate
from tests.load.driver import Request, Script

HOST = urlsplit(ADDRESS).netloc
# The whole hall sits behind one address.
PROXIED = f"Host: {HOST}\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Host: {HOST}\r\nX-Forwarded-Proto: https\r\n"
BROWSER = (
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36\r\n"
    "Accept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
)
JSON = "Accept: application/json\r\nContent-Type: application/json\r\n"
FORM = "Accept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
COOKIE = re.compile(rb"(?im)^set-cookie: (jieye=[^;]+)")


def message(method: str, path: str, cookie: str = "", more: str = "", body: bytes = b"") -> bytes:
    """A whole request."""
    head = f"{method} {path} HTTP/1.1\r\n{PROXIED}{BROWSER}{more}"
    if cookie:
        head += f"Cookie: {cookie}\r\n"
    if method != "GET":
        head += f"Origin: {ADDRESS}\r\nReferer: {ADDRESS}/\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def saving(
    who: Candidate, seed: int, first_number: int, every: float = 0.0, end: float = inf, count: float = inf
) -> Script:
    """Save answers to random questions, each with a new number, one after the other.

    `every` so many seconds one, the first at a random moment before; until so many seconds have passed, or so many
    are saved.
    """
    rng = Random(seed)
    drafts = [_save(who, position, response) for position, responses in who.responses.items() for response in responses]
    at, number = every * rng.random(), first_number
    while at < end and number < first_number + count:
        before, after = rng.choice(drafts)
        yield Request("save", b"%b%10d%b" % (before, number, after), 200, at)
        number += 1
        at += every


def _save(who: Candidate, position: int, response: str) -> tuple[bytes, bytes]:
    """A save before and after its number, which always takes ten places: the length stands in the head."""
    before, after = f'{{"epoch":{who.epoch},"number":', f',"response":{response}}}'
    path = f"/attempts/{who.attempt_id}/answers/{position}"
    whole = message("PUT", path, who.cookie, _json(who), before.encode() + b"#" * 10 + after.encode())
    first, _, rest = whole.partition(b"#" * 10)
    return first, rest


def starting(who: Candidate, *, enter: bool = False) -> Script:
    """Press Start; with `enter` go on into the room, as the page does by itself."""
    body = f"csrf_token={quote(who.token)}&honest=yes".encode()
    answer = yield Request("start", message("POST", f"/sittings/{who.sitting_id}/start", who.cookie, FORM, body), 302)
    where = re.search(rb"(?im)^location: (\S+)", answer.head)
    if not (enter and where):
        return
    path = urlsplit(where[1].decode()).path
    yield Request("room", message("GET", path, who.cookie, "Accept: text/html\r\n"))
    page = b'{"page":"bench","take_over":false}'
    yield Request("open", message("POST", f"{path}/epoch", who.cookie, _json(who), page))


def opening(who: Candidate) -> Script:
    """Load the room's page again and again."""
    page = message("GET", f"/attempts/{who.attempt_id}", who.cookie, "Accept: text/html\r\n")
    while True:
        yield Request("page", page)


def handing_in(candidates: Sequence[Candidate]) -> Script:
    """Hand in for one after the other."""
    for who in candidates:
        body = f'{{"epoch":{who.epoch},"waiting":[]}}'.encode()
        yield Request("submit", message("POST", f"/attempts/{who.attempt_id}/submit", who.cookie, _json(who), body))


def signing_in(who: Candidate, at: float) -> Script:
    """Come to the site, type name and password, and be on one's home page."""
    page = yield Request("sign-in page", message("GET", "/sign-in"), 200, at)
    token, cookie = FORM_TOKEN.search(page.body), COOKIE.search(page.head)
    if not (token and cookie):
        raise LookupError("the sign-in page has no token or no cookie")
    body = f"csrf_token={quote(token[1].decode())}&username={who.username}&password={quote(PASSWORD)}".encode()
    answer = yield Request("sign-in", message("POST", "/sign-in", cookie[1].decode(), FORM, body), 302)
    cookie = COOKIE.search(answer.head)
    if cookie:
        yield Request("home", message("GET", "/", cookie[1].decode(), "Accept: text/html\r\n"))


def _json(who: Candidate) -> str:
    return f"{JSON}X-CSRFToken: {who.token}\r\n"
