"""Run all scenarios: `python -m tests.faults [--candidates 64] [--only "two devices"]`; `make faults` does."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from tests.faults import report
from tests.faults.browser_scenarios import run_in_a_browser
from tests.faults.oracle import examine
from tests.faults.page import Pauses
from tests.faults.report import Row
from tests.faults.scenarios import BOTH, SCENARIOS, Scenario, on_an_ordinary_disk
from tests.support.postgres import Cluster, postgres_cluster

RESULT = Path(__file__).parent.parent.parent / "faults.json"


def main() -> int:
    """Break things one after the other, print the table, keep it as JSON; 1 if anything is not as promised."""
    wanted = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    wanted.add_argument("--candidates", type=int, default=64, help="how many sit in the hall (64)")
    wanted.add_argument("--only", default="", help="only scenarios whose title has these words")
    wanted.add_argument("--database", choices=BOTH, help="only on this one")
    asked = wanted.parse_args()
    rows = []
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres_cluster(durable=True, max_connections="60"))
        for scenario in SCENARIOS:
            for kind in scenario.databases:
                if asked.only in scenario.title and asked.database in (None, kind):
                    rows.append(run(scenario, kind, cluster, asked.candidates))
                    say(rows[-1])
                    report.write(RESULT, rows)  # a run that is broken off leaves what it has
    if asked.only in "8 browser":
        rows += run_in_a_browser()
    print("\n" + report.table(rows))
    report.write(RESULT, rows)
    return int(any(row.problems for row in rows))


def run(scenario: Scenario, kind: str, cluster: Cluster, candidates: int) -> Row:
    """One scenario on one database; what goes wrong with the scenario itself is told as a problem too."""
    began = monotonic()
    open_hall = scenario.opening or on_an_ordinary_disk
    try:
        with open_hall(kind, cluster) as hall:
            hall.seat(candidates, Pauses())
            scenario.run(hall, scenario.seconds)
            found = examine(hall)
    except PermissionError as error:
        return Row(scenario.title, kind, not_run=str(error))
    except Exception as error:
        # The next scenario may still say something.
        return Row(scenario.title, kind, candidates, problems=[f"the scenario itself broke: {error!r}"])
    return report.row_of(scenario.title, kind, candidates, found, monotonic() - began)


def say(row: Row) -> None:
    """Show how far it is; a whole run takes a while."""
    figures = ", ".join(f"{name} {value}" for name, value in row.figures.items() if value is not None)
    print(f"{row.scenario}, {row.database}: {row.verdict} ({row.seconds:g} s; {figures})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
