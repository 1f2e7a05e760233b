"""Where a server finds the site: `app` for the command line, `serving` for a server process."""

import sys

from flask import Flask

from config import ConfigError
from exam.app import create_app
from exam.jobs import Ticker
from exam.schedule import JOBS

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Jieye does not start: {error}")


def serving() -> Flask:
    """The site with its periodic jobs; call it once in each server process."""
    if app.config["JIEYE"].jobs:
        Ticker(app, JOBS).start()
    return app
