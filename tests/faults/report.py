"""The table and the JSON of a run."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.oracle import Findings

COLUMNS = ("acknowledged", "lost", "duplicated", "wrongly refused", "otherwise wrong", "longest pause")


@dataclass
class Row:
    """One scenario on one database."""

    scenario: str
    database: str
    candidates: int = 0
    figures: dict[str, float | None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    not_run: str | None = None
    """Why it couldn't be run on this machine."""
    seconds: float = 0

    @property
    def verdict(self) -> str:
        """good, not run here with its reason, or the number of things that are wrong."""
        if self.not_run:
            return f"not run here: {self.not_run}"
        return f"{len(self.problems)} wrong" if self.problems else "good"


def row_of(scenario: str, database: str, candidates: int, found: Findings, seconds: float) -> Row:
    """The figures of one scenario."""
    values = (found.acknowledged, len(found.lost), len(found.duplicated), len(found.wrongly_refused), len(found.wrong))
    figures = dict(zip(COLUMNS, (*values, round(found.longest_pause, 1)), strict=True))
    return Row(scenario, database, candidates, figures, found.problems, seconds=round(seconds, 1))


def table(rows: list[Row]) -> str:
    """The rows as a table in Markdown, readable as text too, with the sentences of what is wrong below."""
    lines = [["scenario", "database", *COLUMNS, "verdict"]]
    for row in rows:
        figures = [row.figures.get(name) for name in COLUMNS]
        shown = ["-" if one is None else f"{one:g}" for one in figures]
        shown[-1] += " s" if figures[-1] is not None else ""
        lines.append([row.scenario, row.database, *shown, row.verdict])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    for row in rows:
        text += [f"{row.scenario}, {row.database}: {problem}" for problem in row.problems[:20]]
        text += [f"… and {len(row.problems) - 20} more"] if len(row.problems) > 20 else []
    return "\n".join(text)


def write(path: Path, rows: list[Row]) -> None:
    """Keep the rows as JSON."""
    found = [asdict(row) | {"verdict": row.verdict} for row in rows]
    path.write_text(json.dumps({"scenarios": found}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
