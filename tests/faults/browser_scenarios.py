"""The scenarios that need a real browser are tests (`test_room.py`); this runs them and makes rows of the table."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.report import Row

TESTS = Path(__file__).parent / "test_room.py"


class Rows:
    """Listens to pytest, and notes a row for each test: its title and its figures are the test's own words."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that has run, or broken before or after."""
        if report.when != "call" and not report.failed:
            return
        told: dict[str, Any] = dict(report.user_properties)
        title = "8 " + report.nodeid.rpartition("::test_")[2].replace("_", " ")
        problems = [str(report.longrepr).strip().splitlines()[-1]] if report.failed else []
        figures = {name: told.get(name) for name in ("acknowledged", "lost", "longest pause")}
        self.rows.append(Row(title, "browser", 1, figures, problems, seconds=round(report.duration, 1)))


def run_in_a_browser() -> list[Row]:
    """Run them, with pytest's own words on the terminal."""
    rows = Rows()
    ended = pytest.main(["-q", "-p", "no:cacheprovider", str(TESTS)], plugins=[rows])
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not rows.rows:
        rows.rows.append(Row("8 in a browser", "browser", problems=[f"pytest ended with {ended!r}"]))
    return rows.rows
