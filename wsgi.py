"""Where a server finds the site: `app` for the command line, `serving` for a server process."""

from flask import Flask

from exam.app import create_app
from exam.jobs import Ticker
from exam.schedule import JOBS

app = create_app()


def serving() -> Flask:
    """The site with its periodic jobs; call it once in each server process."""
    if app.config["JIEYE"].jobs:
        Ticker(app, JOBS).start()
    return app
