"""A bad network: a small TCP proxy that cuts, delays, repeats and reorders requests, by chance but repeatably."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from threading import Event, Thread
from typing import BinaryIO
from urllib.parse import urlsplit

MOODS = {"pass": 50, "cut": 10, "swallow": 10, "twice": 10, "slow": 10, "stray": 10}
"""What becomes of a request that changes something, and how often out of a hundred."""
READING_MOODS = {"pass": 80, "cut": 10, "swallow": 5, "slow": 5}
PIECE = 65536


@dataclass(frozen=True)
class Request:
    """One whole request, to the byte."""

    head: bytes
    body: bytes

    @property
    def changes(self) -> bool:
        """Whether it may be repeated as an answer or a handing in may."""
        method, path, _rest = self.head.split(b" ", 2)
        return method == b"PUT" or path.endswith(b"/submit")

    @property
    def attempt(self) -> bytes:
        """Whose it is: the beginning of its address. Each has a chance of their own, so that it can be repeated."""
        return b"/".join(self.head.split(b" ", 2)[1].split(b"/")[:3])

    @property
    def whole(self) -> bytes:
        """As it is sent."""
        return self.head + self.body


class BadNetwork:
    """Stands between candidates and the site. `moods_seen` counts what it did."""

    def __init__(self, site: str, seed: int, longest_delay: float = 2.0) -> None:
        address = urlsplit(site)
        self._site = (address.hostname or "", address.port or 80)
        self._seed, self._longest_delay = seed, longest_delay
        self._luck: dict[bytes, Random] = {}
        self.moods_seen: Counter[str] = Counter()
        self.broken = False
        """While it is, no connection gets through."""
        self._over = Event()
        self._strays: list[Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    @property
    def url(self) -> str:
        """Where candidates find the site."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until `close`."""
        while not self._over.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            Thread(target=self._connection, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and let what is still on its way arrive."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for stray in self._strays:
            stray.join(2 * self._longest_delay + 10)

    def _connection(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            reader = client.makefile("rb")
            while not self._over.is_set() and (request := _read_request(reader)) is not None:
                if self.broken or not self._treat(client, request):
                    return

    def _treat(self, client: socket.socket, request: Request) -> bool:
        """Do to the request what chance says; whether the connection lives on."""
        moods = MOODS if request.changes else READING_MOODS
        luck = self._luck.setdefault(request.attempt, Random(f"{self._seed} {request.attempt!r}"))
        mood = luck.choices(list(moods), list(moods.values()))[0]
        self.moods_seen[mood] += 1
        match mood:
            case "cut":
                self._send(request.whole[: luck.randrange(1, len(request.whole))])
                return False
            case "swallow":
                self._ask(request)
                return False
            case "stray":  # given up by its sender, and still on its way
                self._later(request, luck.uniform(0, self._longest_delay))
                return False
            case "twice":
                self._later(request, luck.uniform(0, self._longest_delay))
            case "slow":
                self._over.wait(luck.uniform(0, self._longest_delay))
        client.sendall(self._ask(request))
        return True

    def _later(self, request: Request, delay: float) -> None:
        """Let a copy arrive after a while, when newer ones have."""

        def arrive() -> None:
            self._over.wait(delay)
            with suppress(OSError):
                self._ask(request)

        self._strays.append(Thread(target=arrive, daemon=True))
        self._strays[-1].start()

    def _send(self, part: bytes) -> None:
        """Bring the server the beginning of a request, and hang up."""
        with suppress(OSError), socket.create_connection(self._site, timeout=10) as server:
            server.sendall(part)

    def _ask(self, request: Request) -> bytes:
        """Bring the whole request to the server, on a connection of its own; its answer."""
        closing = request.head.replace(b"Connection: keep-alive", b"Connection: close")
        with socket.create_connection(self._site, timeout=30) as server:
            server.sendall(closing + request.body)
            answer = b"".join(iter(lambda: server.recv(PIECE), b""))
        if not answer:
            raise ConnectionError("the server hung up")
        return answer.replace(b"connection: close\r\n", b"", 1)


def _read_request(reader: BinaryIO) -> Request | None:
    head = b""

    while not head.endswith(b"\r\n\r\n"):
        line = reader.readline()
        if not line:
            return None
        head += line
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    return Request(head, reader.read(length))


@contextmanager
def bad_network(site: str, seed: int, longest_delay: float = 2.0) -> Iterator[BadNetwork]:
    """A bad network before the site, as long as the block."""
    network = BadNetwork(site, seed, longest_delay)
    server = Thread(target=network.serve, daemon=True)
    server.start()
    try:
        yield network
    finally:
        network.close()
        server.join(10)
