"""Bringing files of questions into the bank from the command line, and taking them out."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from exam import clock
from exam.authoring.actions import imports as actions
from exam.authoring.actions.imports import Unimportable
from exam.authoring.models import Import
from exam.authoring.queries import exporting
from exam.authoring.queries import imports as queries
from exam.authoring.routes.blueprint import bp
from exam.authoring.rules.imports import LEFT, RowState
from exam.db import db
from exam.steps import last_of
from question_bank import bank, formats
from question_bank.formats import FORMATS
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import ReadProblem, Unreadable
from question_bank.models import Topic


@bp.cli.command("import")
@click.argument("file")
@click.option("--topic", required=True, help="Name or slug of the topic of questions whose file names none.")
@click.option("--format", "format", help="Told from the content when not given.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def import_file(file: str, topic: str, format: str | None, dry_run: bool) -> None:
    """Bring what is ready in a file into the bank as drafts; the rest waits on the page of imports.

    Exit code 2 if nothing can be made of the file, or there is no such topic.
    """
    session, now = db.session(), clock.now()
    known = _topic(topic)
    try:
        content = formats.content_of(Path(file))
        made = last_of(
            actions.begin(session, content, Path(file).name, now=now, actor_id=None, format=format, topic_id=known.id)
        )
    except Unreadable as error:
        _refuse(ReadProblem(error.code, detail=error.detail).message)
    except Unimportable as error:
        _refuse(error.problem.message)
    _say_rows(made)
    counts = queries.counts_of(session, [made.id]).get(made.id, {})
    ready = counts.get(RowState.READY, 0) + counts.get(RowState.WARNING, 0)
    left = sum(counts.get(state, 0) for state in LEFT) - ready
    if dry_run:
        db.session.rollback()
        click.echo(f"{made.format}: {ready} would be imported, {left} would wait, {_skipped(counts)} are there already")
        return
    if ready:
        last_of(actions.bring_in(session, made, actor_id=None, now=now))
    if not ready and not left:
        actions.discard(session, made, now=now)
    db.session.commit()
    click.echo(f"{made.format}: {ready} imported as drafts, {left} wait, {_skipped(counts)} are there already")


@bp.cli.command("export")
@click.argument("out")
@click.option("--format", "format", required=True, type=click.Choice(sorted(FORMATS)))
@click.option("--topic", help="Name or slug; all topics when not given.")
@click.option("--state", type=click.Choice(["published", "all"]), default="published", help="All: drafts too.")
def export_file(out: str, format: str, topic: str | None, state: str) -> None:
    """Write questions of the bank into a file. Retired ones stay out."""
    topics = [_topic(topic).id] if topic else []
    questions = exporting.questions(db.session(), topics, published_only=state == "published")
    written = formats.write(format, questions)
    try:
        Path(out).write_bytes(written.content)
    except OSError as error:
        _refuse(f"{out} can't be written: {error.strerror}.")
    for problem in written.problems:
        click.echo(f"{problem.place}: {problem.message} {problem.excerpt}".rstrip(), err=True)
    left_out = sum(problem.code is ReadCode.LEFT_OUT for problem in written.problems)
    click.echo(f"{format}: {len(questions) - left_out} questions written to {out}")


def _topic(name: str) -> Topic:
    topics = bank.topics(db.session())
    found = [topic for topic in topics if name in (topic.slug, topic.name)]
    if not found:
        _refuse(f"There is no topic {name}. There are: {', '.join(topic.name for topic in topics) or 'none'}.")
    return found[0]


def _say_rows(made: Import) -> None:
    rows, _total = queries.rows(db.session(), made.id, limit=100_000, offset=0)
    for row in rows:
        for one in row.problems:
            problem = ReadProblem(ReadCode(one["code"]), row.place, one["excerpt"], one["detail"])
            click.echo(f"{row.place}: {one['severity']}: {problem.message} {problem.excerpt}".rstrip())
        if row.like_id or row.like_position:
            click.echo(f"{row.place}: {row.like_percent} % like one that is there already: {row.state.value}")


def _skipped(counts: dict[RowState, int]) -> int:
    return counts.get(RowState.SKIPPED, 0)


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)
