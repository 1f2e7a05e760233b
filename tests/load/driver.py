"""Plays many candidates at once over raw sockets, in a process of its own, so that it costs the site little.

A candidate is a generator: it yields a `Request`, gets its `Answer`, and yields the next. Each has one connection that
is kept open, as a browser's would be. Nothing is hidden: an answer with another status than expected, a connection that
is lost and one that stays silent are errors, counted by kind.
"""

import gc
import heapq
import re
import resource
import selectors
import socket
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import NamedTuple, TypeAlias

LENGTH = re.compile(rb"\ncontent-length: *(\d+)\r", re.IGNORECASE)
SILENCE = 60.0  # seconds without any answer after which the rest is given up


class Request(NamedTuple):
    """What a candidate sends: counted as `kind`, as soon as possible or `at` so many seconds after the beginning."""

    kind: str
    data: bytes
    expect: int = 200
    at: float = 0.0


class Answer(NamedTuple):
    """What came back."""

    status: int
    head: bytes
    body: bytes


Script: TypeAlias = Generator[Request, Answer, None]


@dataclass
class Measured:
    """What happened to all requests of one kind, beginning after the warm-up. Times in seconds."""

    finished: list[float] = field(default_factory=list)
    """When each right answer had come, counted from the beginning of the warm-up."""
    took: list[float] = field(default_factory=list)
    """How long each took: from the moment it was due, so that waiting for a slow answer before it counts too."""
    errors: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    """Right answers in all, those of the warm-up too."""

    def percentile(self, percent: float) -> float:
        """The time within which so many of the requests were answered; 0 when there were none."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


@dataclass
class Outcome:
    """Everything measured in one run, by kind of request."""

    kinds: dict[str, Measured]
    seconds: float
    """How long was measured, the warm-up left out."""
    cpu: dict[str, float] = field(default_factory=dict)
    """The processor seconds used by whom, those of the warm-up too: here the driver's own."""

    def __getitem__(self, kind: str) -> Measured:
        return self.kinds.setdefault(kind, Measured())

    @property
    def errors(self) -> Counter[str]:
        """All errors, as "kind: what"."""
        return Counter({f"{kind}: {what}": n for kind, one in self.kinds.items() for what, n in one.errors.items()})

    def rate(self, kind: str) -> float:
        """Right answers a second."""
        return len(self[kind].took) / self.seconds


class Driver:
    """The other process. Use it as a context; it may run several times."""

    def __enter__(self) -> "Driver":
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown()

    def run(
        self, port: int, scripts: Sequence[Callable[[], Script]], seconds: float | None = None, warm: float = 0.0
    ) -> Outcome:
        """Play the scripts at once: to their ends, or for so many seconds after a warm-up. They must be picklable."""
        return self._pool.submit(play, port, scripts, seconds, warm).result()


def play(
    port: int, scripts: Sequence[Callable[[], Script]], seconds: float | None = None, warm: float = 0.0
) -> Outcome:
    """What `Driver.run` does, in this process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    gc.disable()
    before = process_time()
    try:
        outcome = _Stage(port, scripts, warm, None if seconds is None else warm + seconds).play()
    finally:
        gc.enable()
    outcome.cpu = {"driver": process_time() - before}
    return outcome


class _Stage:
    def __init__(self, port: int, scripts: Sequence[Callable[[], Script]], warm: float, end: float | None) -> None:
        self.warm, self.end = warm, end
        self.outcome = Outcome({}, 0.0)
        self.selector = selectors.DefaultSelector()
        self.due: list[tuple[float, int, _Candidate]] = []
        self.order = count()
        self.busy = 0
        """Candidates who wait for an answer."""
        self.candidates = [_Candidate(self, port, script()) for script in scripts]
        self.began = perf_counter()

    def play(self) -> Outcome:
        self.began = perf_counter()
        for candidate in self.candidates:
            candidate.proceed(None)
        heard = self.now()
        while self.busy or self.due:
            pause = self.due[0][0] - self.now() if self.due else SILENCE
            ready = self.selector.select(min(max(0.0, pause), SILENCE))
            for key, _mask in ready:
                key.data.read()
            while self.due and self.due[0][0] <= self.now():
                heapq.heappop(self.due)[2].send()
            if ready or not self.busy:
                heard = self.now()
            elif self.now() - heard > SILENCE:
                self.give_up()
        self.outcome.seconds = (self.now() if self.end is None else self.end) - self.warm
        for candidate in self.candidates:
            candidate.close()
        self.selector.close()
        return self.outcome

    def now(self) -> float:
        return perf_counter() - self.began

    def give_up(self) -> None:
        for candidate in self.candidates:
            if candidate.waiting:
                candidate.lose(f"no answer within {SILENCE:g} s")


class _Candidate:
    """One connection and the script that is played on it."""

    __slots__ = ("at", "buffer", "request", "script", "socket", "stage", "waiting")

    def __init__(self, stage: _Stage, port: int, script: Script) -> None:
        self.stage, self.script = stage, script
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        stage.selector.register(self.socket, selectors.EVENT_READ, self)
        self.buffer = b""
        self.waiting = False

    def proceed(self, answer: Answer | None) -> None:
        """Let the script say what comes next, and send it when it is due."""
        stage = self.stage
        try:
            self.request = self.script.send(answer)  # type: ignore[arg-type]  # the first has no answer to go on
        except StopIteration:
            return
        self.at = max(self.request.at, stage.now())
        if stage.end is not None and self.at >= stage.end:
            self.script.close()
        elif self.request.at > stage.now():
            heapq.heappush(stage.due, (self.at, next(stage.order), self))
        else:
            self.send()

    def send(self) -> None:
        data = self.request.data
        self.waiting = True
        self.stage.busy += 1
        try:
            sent = self.socket.send(data)
            if sent < len(data):
                self.socket.setblocking(True)
                self.socket.sendall(data[sent:])
                self.socket.setblocking(False)
        except OSError as error:
            self.lose(f"connection lost ({type(error).__name__})")

    def read(self) -> None:
        try:
            got = self.socket.recv(262144)
        except BlockingIOError:
            return
        except OSError as error:
            self.lose(f"connection lost ({type(error).__name__})")
            return
        if not got:
            self.lose("connection closed by the server")
            return
        self.buffer = buffer = self.buffer + got if self.buffer else got
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(buffer, 0, end + 2)
        size = int(length[1]) if length else 0
        if len(buffer) < end + 4 + size:
            return
        self.buffer = b""
        self.take(Answer(int(buffer[9:12]), buffer[:end], buffer[end + 4 : end + 4 + size]))

    def take(self, answer: Answer) -> None:
        stage, request = self.stage, self.request
        now = stage.now()
        self.waiting = False
        stage.busy -= 1
        measured = stage.outcome[request.kind]
        if answer.status != request.expect:
            said = b"" if answer.body.startswith(b"<") else answer.body[:120].strip()
            measured.errors[f"{answer.status} {said.decode(errors='replace')}".strip()] += 1
        else:
            measured.acknowledged += 1
            if now >= stage.warm and (stage.end is None or now <= stage.end):
                measured.finished.append(now)
                measured.took.append(now - self.at)
        self.proceed(answer)

    def lose(self, why: str) -> None:
        if self.waiting:
            self.waiting = False
            self.stage.busy -= 1
            self.stage.outcome[self.request.kind].errors[why] += 1
        self.script.close()
        self.close()

    def close(self) -> None:
        if self.socket.fileno() >= 0:
            self.stage.selector.unregister(self.socket)
            self.socket.close()
