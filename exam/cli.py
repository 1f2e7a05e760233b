"""Commands for the person who runs the site: `flask --app wsgi COMMAND`."""

import os
import sys
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import Config
from exam import clock, signing
from exam.accounts.actions import add_person, make_sign_in_link
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.courses.actions import seed_course
from exam.db import db
from exam.demo.cast import NEW_HIRES, PASSWORD, SIGN_INS
from exam.demo.forge import forge
from exam.errors import Refused
from exam.jobs import new_holder, run_due
from exam.papers.actions import seed_exam
from exam.pulse import LISTEN_LONG, WrongClock, forget_beat, read_clocks, refuse_wrong_clock
from exam.schedule import JOBS
from exam.serving import refuse_taken_port, serve, step
from exam.sittings.models import Sitting
from question_bank.seeding import SEED, load_seed

ONBOARDING = Path(__file__).parent / "courses" / "seed" / "onboarding"
EVERYWHERE = ("0.0.0.0", "::")
"""Addresses to listen on that nobody can go to."""
CHECK_DATABASE = "Check DATABASE_URL, that the database answers, and that its disk has room and may be written to."


@click.command("start")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="The port to serve on.")
def start(host: str, port: int) -> None:
    """Bring the database up to date, fill a new one, and serve the site."""
    refuse_taken_port(host, port)
    config: Config = current_app.config["JIEYE"]
    address = f"http://{host}:{port}"
    with step(f"2/4 Database: {db.engine.url.render_as_string()}", CHECK_DATABASE):
        upgrade()
    with step("3/4 Content", CHECK_DATABASE):
        seed(db.session(), clock.now())
        if config.demo and not db.session.scalar(select(exists().where(Person.id.is_not(None)))):
            make_demo(db.session(), clock.now())
        db.session.commit()
    db.session.remove()

    def say_where() -> None:
        click.echo(f"4/4 Serving at {address} (Ctrl+C stops)")
        if config.demo:
            say_who(clock.now())

    if not os.environ.get("JIEYE_BASE_URL"):  # links in mails and on pages lead to this port
        os.environ["JIEYE_BASE_URL"] = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
    sys.exit(serve(host, port, say_where))


@click.command("seed")
def seed_command() -> None:
    """Add the course, questions and exam that come with the site, where they are missing."""
    with step("Content", CHECK_DATABASE):
        seed(db.session(), clock.now())
        db.session.commit()


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw everything in the database away first.")
def demo_command(reset: bool) -> None:
    """Fill the site with a believable cohort whose sign-ins everybody knows."""
    config: Config = current_app.config["JIEYE"]
    if not config.demo:
        raise click.ClickException("The demo's password is public: set JIEYE_DEMO=1, and never where real people are.")
    with step("1/2 Database", CHECK_DATABASE):
        if reset:
            downgrade(revision="base")
        upgrade()
    with step("2/2 Demo", CHECK_DATABASE):
        seed(db.session(), clock.now())
        make_demo(db.session(), clock.now())
        db.session.commit()


def seed(session: Session, now: datetime) -> None:
    """Add what comes with the site; what is there stays as people have made it."""
    load_seed(session, SEED, now)
    course = seed_course(session, ONBOARDING, now)
    seed_exam(session, course, now)


def make_demo(session: Session, now: datetime) -> None:
    """Let a cohort go through the site, by the actions people would take. About half a minute; says how far it is."""
    config: Config = current_app.config["JIEYE"]
    click.echo("    The demo's people learn, book, sit and are marked; this takes about half a minute.")
    with click.progressbar(length=len(NEW_HIRES), label="    People", width=30) as bar:
        forge(session, now, config.zone, lambda: bar.update(1))


def say_who(now: datetime) -> None:
    """Print the demo's sign-ins, and offer a fresh demo once its windows have passed."""
    with db.engine.connect() as connection:
        current = connection.scalar(select(exists().where(Sitting.closes_at > now)))
    click.echo(f"\n  Sign in with one of these; the password is always {PASSWORD}\n")
    for username, what in SIGN_INS.items():
        click.echo(f"  {username:<10} {what}")
    if current:
        click.echo("\n  make demo-reset makes the demo afresh.\n")
    else:
        click.echo("\n  The demo's windows have passed: make demo-reset makes it afresh, with dates of today.\n")


@click.command("create-admin")
@click.argument("username")
@click.argument("full_name")
def create_admin_command(username: str, full_name: str) -> None:
    """Add an administrator and print the one-time link to choose a password."""
    config: Config = current_app.config["JIEYE"]
    session, now = db.session(), clock.now()
    try:
        person = add_person(session, username=username, full_name=full_name, roles=[Role.ADMIN], actor_id=None, now=now)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    token = make_sign_in_link(session, person, None, now)
    session.commit()
    click.echo(f"{config.base_url}/welcome/{token}")
    click.echo("The link works once, within seven days.")


@click.command("jobs")
def jobs_command() -> None:
    """Do what is due once: close attempts, remind, send mail. For a timer of the system, where JIEYE_JOBS=0.

    Does nothing, and fails, where this machine's clock disagrees with the workers' beats or the database's clock.
    """
    with step("Clocks", CHECK_DATABASE):
        _refuse_wrong_clock()
    ran = run_due(db.session(), JOBS, new_holder())
    click.echo(", ".join(ran) or "Nothing is due.")


@click.command("receipt-key")
def receipt_key_command() -> None:
    """Print a new key for JIEYE_RECEIPT_KEY. Nothing is kept or changed."""
    click.echo(signing.new_key())


@click.group("clock")
def clock_group() -> None:
    """Look at the clocks that must agree, or accept this machine's."""


@clock_group.command("check")
def clock_check() -> None:
    """Show this machine's clock beside the database's and the site's last beat.

    Fails where they disagree, and where no worker beats that this clock could be held against.
    """
    with step("Clocks", CHECK_DATABASE):
        clocks = read_clocks(db.session())
    for name, moment in (("this machine", clocks.own), ("database", clocks.database), ("last beat", clocks.last_beat)):
        click.echo(f"  {name:<13} {moment.isoformat(timespec='seconds') if moment else 'none'}")
    _refuse_wrong_clock()
    if clocks.last_beat and not read_clocks(db.session()).near:
        raise click.ClickException(
            "No worker beats. If the site is stopped, that is all; if it should be running, look at its log. "
            "Is this machine's clock right? date -u"
        )


@clock_group.command("accept")
def clock_accept() -> None:
    """Forget the site's last beat because its time, still to come, was wrong. Running attempts keep their deadlines."""
    with step("Clocks", CHECK_DATABASE):
        forgotten = forget_beat(db.session(), clock.now())
        db.session.commit()
    if forgotten is None:
        click.echo("The last beat is not ahead of this machine's clock: there is nothing to accept, and it is kept.")
        return
    click.echo(
        f"The last beat, {forgotten.isoformat(timespec='seconds')}, is forgotten; the site takes this machine's time "
        "when it starts. Is it right? date -u"
    )


def _refuse_wrong_clock() -> None:
    try:
        refuse_wrong_clock(db.session(), listen=LISTEN_LONG)
    except WrongClock as wrong:
        raise click.ClickException(str(wrong)) from wrong


def init_cli(app: Flask) -> None:
    """Give the site its commands."""
    commands = (start, seed_command, demo_command, create_admin_command, jobs_command, receipt_key_command, clock_group)
    for command in commands:
        app.cli.add_command(command)
