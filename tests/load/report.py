"""What came out, as a table for people and as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Line:
    """One line of the table."""

    figure: str
    measured: str
    goal: str = ""
    reached: bool | None = None
    """None: only for information."""
    errors: dict[str, int] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    """Every number behind it, for bench.json."""

    @property
    def verdict(self) -> str:
        """A figure with errors says nothing about speed."""
        if self.errors:
            return "NOT VALID"
        return "" if self.reached is None else "reached" if self.reached else "MISSED"


def table(lines: Iterable[Line]) -> str:
    """The lines in columns, each error below its line."""
    rows = [("figure", "measured", "goal", "verdict")]
    below: list[list[str]] = [[]]
    for line in lines:
        rows.append((line.figure, line.measured, line.goal, line.verdict))
        below.append([f"    {n} × {what}" for what, n in line.errors.items()])
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    text = []
    for row, errors in zip(rows, below, strict=True):
        text.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        text += errors
    return "\n".join([text[0], "  ".join("-" * width for width in widths), *text[1:]])


def write(path: Path, about: dict[str, Any], lines: Iterable[Line]) -> None:
    """bench.json: where it was measured, and every line with its numbers."""
    found = [{**asdict(line), "verdict": line.verdict} for line in lines]
    path.write_text(json.dumps({"about": about, "lines": found}, ensure_ascii=False, indent=1) + "\n", "utf-8")
