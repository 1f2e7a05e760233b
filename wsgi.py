"""Where a server finds the site: `app` for the command line, `serving` for a server process."""

import sys

from flask import Flask

from config import ConfigError
from exam.app import create_app
from exam.db import db
from exam.jobs import Ticker, run_jobs
from exam.pulse import WrongClock, start_pulse
from exam.schedule import CLOSING, OTHERS

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Jieye does not start: {error}")


def serving() -> Flask:
    """The site with its pulse and its periodic jobs; call it once in each server process."""
    try:
        with app.app_context():
            pulse = start_pulse(db.session())
    except WrongClock as wrong:
        sys.exit(f"Jieye does not start: {wrong}")
    Ticker(app, "pulse", pulse.tick).start()
    if app.config["JIEYE"].jobs:
        Ticker(app, "closing", run_jobs(CLOSING)).start()
        Ticker(app, "jobs", run_jobs(OTHERS)).start()
    return app
