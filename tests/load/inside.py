"""The same requests in this process, without a wire: to count statements, to look at a transaction, to profile."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from urllib.parse import unquote

from flask import Flask
from sqlalchemy import Connection, Engine, event
from werkzeug.test import run_wsgi_app

from tests.load.driver import Answer, Request, Script

SHOWN = 25
WAITING = "waiting for the database"


def ask(app: Flask, data: bytes) -> Answer:
    """What the app answers to a request as it would come over the wire."""
    body, status, headers = run_wsgi_app(app.wsgi_app, environ(data), buffered=True)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return Answer(int(status[:3]), head.encode(), b"".join(body))


def environ(data: bytes) -> dict[str, Any]:
    """A request as a WSGI server hands it over."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    path, _, query = target.partition("?")
    found: dict[str, Any] = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path), "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    for line in lines:
        name, _, value = line.partition(": ")
        name = name.upper().replace("-", "_")
        found[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = value
    return found


def settings_of_commits(app: Flask, engine: Engine, data: bytes, setting: str) -> list[str]:
    """The value a setting has in each transaction that a request commits, on that very connection, just before."""
    found: list[str] = []

    def look(connection: Connection) -> None:
        found.append(str(connection.exec_driver_sql(f"SHOW {setting}").scalar()))

    event.listen(engine, "commit", look)
    try:
        answer = ask(app, data)
    finally:
        event.remove(engine, "commit", look)
    if answer.status != 200:
        raise RuntimeError(f"the request was refused: {answer}")
    return found


def profile(app: Flask, scripts: Iterable[Script], kind: str, count: int) -> str:
    """Where the time of requests of one kind goes: text of two tables, by package and by function.

    Half of the requests go without the profiler, which makes small functions look dear, to say how long one takes.
    """
    requests = _requests(app, scripts, kind)
    for request in islice(requests, count // 10):  # warm
        _expect(request, ask(app, request.data))
    began, used = perf_counter(), process_time()
    plain = [_expect(request, ask(app, request.data)) for request in islice(requests, count)]
    each = (process_time() - used) / max(1, len(plain))
    waited = (perf_counter() - began) / max(1, len(plain))
    profiler = cProfile.Profile()
    seen = 0
    for request in islice(requests, count):
        profiler.enable()
        answer = ask(app, request.data)
        profiler.disable()
        _expect(request, answer)
        seen += 1
    said = f"{kind}: {1e6 * each:.0f} µs of this process each, {1e6 * waited:.0f} µs until its answer, one at a time"
    return f"{said}\n\n{_tables(profiler, seen)}"


def _requests(app: Flask, scripts: Iterable[Script], kind: str) -> Iterator[Request]:
    """The requests of this kind, one script after the other; those of other kinds are played on the way."""
    for script in scripts:
        request = next(script, None)
        while request is not None:
            if request.kind == kind:
                yield request
                answer = Answer(request.expect, b"", b"")
            else:
                answer = ask(app, request.data)
            try:
                request = script.send(answer)
            except StopIteration:
                break


def _expect(request: Request, answer: Answer) -> None:
    if answer.status != request.expect:
        raise RuntimeError(f"{request.kind}: {answer.status} {answer.body[:200]!r}")


def _tables(profiler: cProfile.Profile, count: int) -> str:
    stats: Any = pstats.Stats(profiler)
    packages: Counter[str] = Counter()
    functions: list[tuple[float, str]] = []
    for (file, line, name), (_calls, total, own, _cumulated, _callers) in stats.stats.items():
        packages[WAITING if (_package(file), name) == ("psycopg", "wait") else _package(file)] += own
        functions.append((own, f"{total / count:6.1f} calls  {_package(file)} {Path(file).name}:{line} {name}"))
    lines = [f"{1e6 * own / count:8.1f} µs  {package}" for package, own in packages.most_common(15)]
    lines.append("")
    lines += [f"{1e6 * own / count:8.1f} µs {text}" for own, text in sorted(functions, reverse=True)[:SHOWN]]
    return "\n".join(lines)


def _package(file: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    for own in ("exam", "question_bank"):
        if own in parts:
            return own
    return "C code" if file == "~" else "Python"
