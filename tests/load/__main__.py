"""`make bench`: measure, print a table, and write bench.json."""

import os
import sys
import traceback
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.load.bench import Bench, Effort, on_postgresql, on_sqlite
from tests.load.figures import FIGURES
from tests.load.profiling import KINDS, where_time_goes
from tests.load.report import Line, table, write
from tests.load.yardstick import NoPgbench

DATABASES = {"postgresql": on_postgresql, "sqlite": on_sqlite}
OUTPUT = Path(__file__).parent.parent.parent / "bench.json"


def main(words: Sequence[str] | None = None) -> int:
    """Measure what the words ask for. Gives 0 unless a figure wasn't valid: a goal missed is a fact, not a failure."""
    options = _options(words)
    effort = Effort(
        rounds=options.rounds, seconds=options.seconds, warm=min(1.0, options.seconds / 4), crowd=options.crowd,
        saves=options.saves, minutes=options.minutes,
    )  # fmt: skip
    lines: list[Line] = []
    about = {}
    if os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        _say(f"This machine is busy (load {os.getloadavg()[0]:.1f}): rates and ratios will be too low.")
    for database in options.database:
        _say(f"== {database}: making a database and a hall full of candidates")
        try:
            with DATABASES[database](effort, _say) as bench:
                about[database] = bench.about()
                if options.profile:
                    _say(where_time_goes(bench, options.profile))
                    continue
                for name in options.only:
                    _say(f"  {name}")
                    found = _measure(name, bench)
                    if database == "sqlite":  # for information: the goals are about PostgreSQL
                        found = [
                            replace(line, figure=f"{line.figure} (SQLite)", goal="", reached=None) for line in found
                        ]
                    lines += found
        except NoPgbench as missing:
            sys.exit(str(missing))
    if options.profile:
        return 0
    print("\n" + table(lines), flush=True)
    write(options.output, about, lines)
    return 1 if any(line.errors for line in lines) else 0


def _measure(name: str, bench: Bench) -> list[Line]:
    """A figure; one that can't be measured is told as such, and takes no other with it."""
    try:
        return FIGURES[name](bench)
    except Exception as error:
        traceback.print_exc()
        return [Line(name, "not measured", errors={f"{type(error).__name__}: {error}"[:200]: 1})]


def _say(text: str) -> None:
    print(text, flush=True)


def _options(words: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser("make bench", description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    usual = Effort()
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES), help="these figures")
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES), help="on these")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="how often each is measured")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="how long a round is")
    parser.add_argument("--crowd", type=int, default=usual.crowd, help="candidates who start, sign in and hand in")
    parser.add_argument("--saves", type=int, default=usual.saves, help="after how many the memory is compared")
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="in which the crowd signs in")
    parser.add_argument("--profile", choices=KINDS, help="say where the time of one of these goes, and nothing else")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the numbers go")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
