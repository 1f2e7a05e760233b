"""Statistics of any response matrix from the command line, without the database: for people, and for other programs."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from exam.analysis.routes.blueprint import bp
from question_bank import formats
from question_bank.formats.reading import Unreadable
from question_bank.statistics.report import ITEM_FIELDS, TEST_FIELDS, report
from question_bank.statistics.table import BadTable, ResponseTable, TableProblem, numbers, read_table, unreadable

RASCH_FIELDS = ("difficulty", "se", "infit", "outfit")
SHORT = {
    "discrimination_index": "discrim.",
    "discriminative_efficiency": "effic.",
    "point_biserial": "pt-bis.",
    "alpha_if_deleted": "alpha-",
    "effective_weight": "eff. wt.",
    "intended_weight": "int. wt.",
}
"""The heads of columns for people, where they are shorter."""


@bp.cli.command("statistics")
@click.argument("file")
@click.option("--max", "maxima", help="The full mark of each item: 1,1,2.5. Without it, the highest mark seen.")
@click.option("--cut", help="The mark from which on a total passes; then the decision's consistency is told too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
def statistics(file: str, maxima: str | None, cut: str | None, as_json: bool) -> None:
    """Statistics of a CSV: a row a person, a header of item names, a first column `id` if wanted; a blank is 0.

    Exit code 2 if nothing can be made of the file.
    """
    try:
        full = None if maxima is None else numbers(maxima, "--max")
        table, pass_mark = _read(Path(file), full), _cut(cut)
    except BadTable as refused:
        click.echo(_refusal_as_json(refused) if as_json else _problems_in_words(refused.problems))
        sys.exit(2)
    for warning in table.warnings:
        click.echo(f"warning: {warning}", err=True)
    found = report(table, pass_mark)
    click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False) if as_json else _in_words(found))


def _read(file: Path, full: Sequence[float] | None) -> ResponseTable:
    try:
        content = formats.content_of(file)
    except Unreadable as error:
        raise unreadable(error) from error
    return read_table(content, file.name, full)


def _cut(text: str | None) -> float | None:
    if text is None:
        return None
    found = numbers(text, "--cut")
    if len(found) != 1:
        raise BadTable([TableProblem("--cut", f"{text!r} isn't one number")])
    return found[0]


def _refusal_as_json(refused: BadTable) -> str:
    problems = [{"severity": "error", "place": one.place, "message": one.message} for one in refused.problems]
    return json.dumps({"error": _problems_in_words(refused.problems[:1]), "problems": problems}, ensure_ascii=False)


def _problems_in_words(problems: Sequence[TableProblem]) -> str:
    return "\n".join(f"{one.place}: {one.message}" for one in problems)


def _in_words(found: dict[str, Any]) -> str:
    """Tables for people: a line an item, then the test; a dash where there is nothing, and why at the end."""
    items = [[one["name"], *(_number(one[field]) for field in ITEM_FIELDS)] for one in found["items"]]
    hard = [[one["name"], *(_number(one[field]) for field in RASCH_FIELDS)] for one in found["rasch"]]
    parts = [
        f"{found['n']} persons, {len(items)} items",
        _table(["item", *(SHORT.get(field, field) for field in ITEM_FIELDS)], items),
        _table(["test", ""], [[field, _number(found["test"][field])] for field in TEST_FIELDS]),
        _table(["Rasch", *RASCH_FIELDS], hard),
    ]
    if found["decision"]:
        parts.append(_table(["decision", ""], [[name, _number(value)] for name, value in found["decision"].items()]))
    missing = [f"{path}: {reason}" for path, reason in found["reasons"].items() if path != "decision"]
    if missing:
        parts.append("\n".join(["Not computed:", *missing]))
    return "\n\n".join(parts)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need, numbers to the right."""
    widths = [max(_width(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            row[at] + " " * (width - _width(row[at])) if at == 0 else " " * (width - _width(row[at])) + row[at]
            for at, width in enumerate(widths)
        ).rstrip()
        for row in (heads, *rows)
    )


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if character >= "\u1100" else 1 for character in text)
