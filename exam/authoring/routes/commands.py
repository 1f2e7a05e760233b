"""Reading files of questions from the command line, without the database: for people, and for other programs."""

import json
import sys
from pathlib import Path

import click

from exam.authoring.routes.blueprint import bp
from question_bank import formats
from question_bank.formats.reading import ReadCode, Reading, problem_data, question_data, refusal

bp.cli.help = "Read files of questions."


@bp.cli.command("read")
@click.argument("file")
@click.option("--format", "format", help=f"{', '.join(formats.FORMATS)}; told from the content when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
def read(file: str, format: str | None, as_json: bool) -> None:
    """Say what a file of questions holds; exit code 2 if nothing can be made of it."""
    found, reading = _read(Path(file), format)
    click.echo(_as_json(found, reading) if as_json else _in_words(found, reading))
    sys.exit(2 if reading.refused else 0)


def _read(file: Path, format: str | None) -> tuple[str | None, Reading]:
    try:
        if file.stat().st_size > formats.LARGEST:
            return format, refusal(ReadCode.TOO_LARGE, f"{formats.LARGEST // 2**20} MB")
        content = file.read_bytes()
    except (OSError, ValueError):
        return format, refusal(ReadCode.NOT_FOUND)
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
