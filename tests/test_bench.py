"""`make bench` with tiny numbers, so that it still runs when it is needed. How fast it was is of no interest here."""

import json
from pathlib import Path

from tests.load.__main__ import main

QUICK = ("--rounds", "1", "--seconds", "0.5", "--crowd", "2", "--minutes", "0.01", "--saves", "320")


def test_the_figures_are_measured_without_an_error(tmp_path: Path, capsys):
    output = tmp_path / "bench.json"
    assert main([*QUICK, "--database", "postgresql", "--output", str(output)]) == 0
    said = capsys.readouterr().out
    found = json.loads(output.read_text("utf-8"))
    assert set(found["about"]["postgresql"]["durability"].values()) == {"on"}
    for line in found["lines"]:
        assert line["errors"] == {}
        assert line["figure"] in said
