"""Commands for the person who runs the site: `flask --app wsgi COMMAND`."""

from flask import Flask


def init_cli(app: Flask) -> None:
    """Give the site its commands."""
