"""Serving the site from one command: what is checked before, and what the person at the terminal is told."""

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import click
from sqlalchemy.exc import SQLAlchemyError


@contextmanager
def step(title: str, advice: str) -> Iterator[None]:
    """Say what is being done; if it fails, say so with what to do about it, without a traceback."""
    click.echo(title)
    try:
        yield
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", None) or error
        raise click.ClickException(f"{title} failed: {str(reason).strip()}\n{advice}") from error


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an address that can't be served, before anything long is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
            another = port + 1 if 1024 <= port < 65535 else 5001
            raise click.ClickException(
                f"Port {port} of {host} {reason}. Is the site running already? For another port:\n"
                f"  make run PORT={another}\n  flask --app wsgi start --port {another}"
            ) from error


def serve(host: str, port: int, ready: Callable[[], None]) -> int:
    """Serve until interrupted; `ready` is called once the address answers. Gives the server's exit code.

    The server is a process of its own: a fork of this one would inherit what its threads and connections hold. It is
    also out of the terminal's reach: told to stop twice, by Ctrl+C and by its parent, its worker may hang.
    """
    threads = str(2 * (os.cpu_count() or 1) + 1)
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--factory",
        "wsgi:serving",
        "--log-level",
        "warning",
    ]
    command += ["--host", host, "--port", str(port), "--blocking-threads", threads, "--workers-kill-timeout", "10s"]
    command += ["--backlog", "2048", "--backpressure", "2048"]  # browsers at once: each keeps its connection open
    with subprocess.Popen(command, start_new_session=True) as server:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):  # Windows has no SIGHUP
                signal.signal(getattr(signal, name), lambda *_: server.terminate())
        if _answers(server, host, port):
            ready()
        return server.wait()


def _answers(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until somebody listens; False when the server has ended instead."""
    pause = Event()
    while server.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            pause.wait(0.05)
        else:
            return True
    return False
