"""Reading files of questions from the command line, without the database: for people, and for other programs."""

import json
import sys
from pathlib import Path

import click

from exam.authoring.routes.blueprint import bp
from question_bank import formats
from question_bank.formats.qti.scoring import Scored, scored_data
from question_bank.formats.qti.scoring import score as score_responses
from question_bank.formats.reading import Reading, ReadProblem, Unreadable, problem_data, question_data, refusal
from question_bank.formats.source import Source

bp.cli.help = "Read and score files of questions, bring them into the bank, and take them out."


@bp.cli.command("read")
@click.argument("file")
@click.option("--format", "format", help=f"{', '.join(formats.FORMATS)}; told from the content when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
def read(file: str, format: str | None, as_json: bool) -> None:
    """Say what a file of questions holds; exit code 2 if nothing can be made of it."""
    found, reading = _read(Path(file), format)
    click.echo(_as_json(found, reading) if as_json else _in_words(found, reading))
    sys.exit(2 if reading.refused else 0)


@bp.cli.command("score")
@click.argument("file")
@click.option("--responses", default="", help="A file of JSON: for each item, by its identifier, a list of responses.")
def score(file: str, responses: str) -> None:
    """Score responses by the own rules of QTI items, as one JSON document; exit code 2 if nothing can be scored."""
    try:
        content, given = formats.content_of(Path(file)), formats.content_of(Path(responses))
    except Unreadable as error:
        scored = Scored(problems=(ReadProblem(error.code, detail=error.detail),), refused=True)
    else:
        scored = score_responses(Source(content, Path(file).name), given)
    problems = [problem_data(one) for one in scored.problems]
    click.echo(json.dumps({"scores": scored_data(scored), "problems": problems}, ensure_ascii=False))
    sys.exit(2 if scored.refused else 0)


def _read(file: Path, format: str | None) -> tuple[str | None, Reading]:
    try:
        content = formats.content_of(file)
    except Unreadable as error:
        return format, refusal(error.code, error.detail)
    return formats.read(content, format, file.name)


def _as_json(found: str | None, reading: Reading) -> str:
    return json.dumps(
        {
            "format": found,
            "questions": [question_data(one) for one in reading.questions],
            "problems": [problem_data(one) for one in reading.problems],
        },
        ensure_ascii=False,
    )


def _in_words(found: str | None, reading: Reading) -> str:
    lines = [f"{one.place}: {one.kind.value}: {' '.join(one.stem.split())}" for one in reading.questions]
    lines += [f"{one.place}: {one.severity.value}: {one.message} {one.excerpt}".rstrip() for one in reading.problems]
    count = f"questions {len(reading.questions)}, problems {len(reading.problems)}"
    return "\n".join([*lines, count if found is None else f"{found}: {count}"])
