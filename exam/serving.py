"""Serving the site from one command: what is checked before, and what the person at the terminal is told."""

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
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


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve until interrupted; `ready` is called once the address answers."""
    server = Server("wsgi:serving", host, port, interface=Interfaces.WSGI, factory=True, log_level=LogLevels.warning)
    server.on_startup(ready)
    server.serve()
