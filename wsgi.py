"""Where a server finds the site: `app` for the command line, `serving` for a server process."""

import gc
import sys
from threading import Event

from flask import Flask

from config import ConfigError
from exam.app import create_app
from exam.availability import hold_back
from exam.db import db
from exam.jobs import Ticker, run_jobs
from exam.pulse import WrongClock, start_pulse
from exam.schedule import CLOSING, OTHERS

LINGER = 7
"""Seconds for which a process that may not serve stays: granian takes one that ends within 5.5 s for a loop of crashes,
and stops the healthy ones as well."""

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Jieye does not start: {error}")


def serving() -> Flask:
    """The site with its pulse and its periodic jobs; call it once in each server process.

    While the database is away the clock can't be held against it; until it has been, nobody is served and no job done.
    """
    try:
        with app.app_context():
            pulse = start_pulse(db.session())
    except WrongClock as wrong:
        print(f"Jieye does not start: {wrong}", file=sys.stderr, flush=True)
        Event().wait(LINGER)
        sys.exit(1)
    if not pulse.trusted:
        hold_back(app, lambda: not pulse.trusted)
    Ticker(app, "pulse", pulse.tick).start()
    if app.config["JIEYE"].jobs:
        Ticker(app, "closing", pulse.once_trusted(run_jobs(CLOSING))).start()
        Ticker(app, "jobs", pulse.once_trusted(run_jobs(OTHERS))).start()
    # What is here by now stays: to look through it for garbage would stop everybody's answers for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app
