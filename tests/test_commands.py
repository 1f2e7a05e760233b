"""The commands a person types, typed: what they say, what they leave behind, and what they say when they can't."""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent
MAKE = shutil.which("gmake") or "make"

Make = Callable[..., subprocess.CompletedProcess[str]]


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without what the test run's own make has put there."""
    own = (
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "PORT",
        "PYTHON",
        "DATABASE_URL",
        "JIEYE_ENV",
        "JIEYE_DEMO",
        "SECRET_KEY",
    )
    return {**{name: value for name, value in os.environ.items() if name not in own and "JIEYE_" not in name}, **extra}


@pytest.fixture
def bare(tmp_path: Path) -> Make:
    """Type a make command in a clone that has nothing but the Makefile and a lock of one package nobody has."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    digest = hashlib.sha256(b"").hexdigest()
    (tmp_path / "requirements.txt").write_text(f"jieye-no-such-package==1.0 --hash=sha256:{digest}\n")

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        command = [MAKE, *words]
        return subprocess.run(command, cwd=tmp_path, env=environment(PIP_NO_INDEX="1"), capture_output=True, text=True)

    return make


def test_help_names_every_command(bare: Make) -> None:
    said = bare("help").stdout
    assert [line.split()[1] for line in said.splitlines() if line.startswith("make ")] == [
        "help",
        "run",
        "demo-reset",
        "setup",
        "test",
        "bench",
        "faults",
    ]
    assert bare().stdout == said


def test_an_old_python_is_refused_with_a_way_out(bare: Make) -> None:
    done = bare("setup", "PYTHON=false")
    assert done.returncode != 0
    assert "Jieye needs Python 3.11 or newer" in done.stderr
    assert "make PYTHON=/path/to/python3.12 setup" in done.stderr


def test_a_python_without_venv_is_refused_with_a_way_out(bare: Make, tmp_path: Path) -> None:
    python = tmp_path / "python-without-venv"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "ensurepip is not available" >&2\nexit 1\n')
    python.chmod(0o755)
    done = bare("setup", f"PYTHON={python}")
    assert done.returncode != 0
    assert "python3-venv" in done.stderr


def test_packages_that_cannot_be_had_are_told_with_a_mirror(bare: Make, tmp_path: Path) -> None:
    done = bare("run", f"PYTHON={sys.executable}")
    assert done.returncode != 0
    assert "PIP_INDEX_URL" in done.stderr
    assert not (tmp_path / ".venv" / "run.stamp").exists()


def test_ci_runs_what_a_person_runs() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        'cd "$(dirname "$0")/.." && exec make test'
    ]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


def test_the_locks_hold_what_the_project_names_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    for named, lock in (
        (project["project"]["dependencies"], runtime),
        (project["dependency-groups"]["dev"], development),
    ):
        assert {re.split(r"[\[<>=~; ]", name)[0].lower() for name in named} <= set(lock)
    assert runtime.items() <= development.items()


class Started:
    """The site as `flask start` serves it, on a database file of its own, without the demo's people."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "start", "--port", str(port)],
            cwd=ROOT, env=environment(DATABASE_URL=f"sqlite:///{folder / 'instance' / 'jieye.sqlite'}", JIEYE_DEMO="0"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said = ""

    def wait_until(self, word: str) -> str:
        """Read on until a line has this word; everything said so far."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if word in line:
                return self.said
        raise AssertionError(f"it ended before it said {word!r}:\n{self.said}")

    def stop(self) -> int:
        """Press Ctrl+C."""
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=20)[0]
        return self.process.returncode


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Started]]:
    """Start the site on a port; every start in a test finds the same database."""
    running: list[Started] = []

    def begin(port: int) -> Started:
        running.append(Started(tmp_path, port))
        return running[-1]

    yield begin
    for started in running:
        started.process.terminate()
        started.process.communicate(timeout=20)


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_start_makes_the_database_says_where_it_serves_and_keeps_the_data(start, port: int, tmp_path: Path) -> None:
    first = start(port)
    said = first.wait_until("4/4")
    assert re.findall(r"^(\d/4)", said, re.MULTILINE) == ["2/4", "3/4", "4/4"]
    assert f"http://127.0.0.1:{port}" in said
    assert "jieye-demo" not in said
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
        assert answer.status == 200
        assert b'"database":"sqlite"' in answer.read()
    assert first.stop() == 0, first.said
    assert "WARNING" not in first.said
    made = (tmp_path / "instance" / "jieye.sqlite").stat().st_ino
    second = start(port)
    second.wait_until("4/4")
    assert (tmp_path / "instance" / "jieye.sqlite").stat().st_ino == made
    assert second.stop() == 0, second.said


def test_a_taken_port_is_told_before_anything_is_done(start, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = start(taken)
        said = refused.wait_until("flask --app wsgi start --port")
    assert f"Port {taken} of 127.0.0.1 is in use" in said
    assert "make run PORT=" in said
    assert refused.process.wait(timeout=20) == 1
    assert not (tmp_path / "instance").exists()


def flask(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True)


def test_a_database_that_does_not_answer_is_told_without_a_traceback() -> None:
    done = flask("start", "--port", "1024", DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert done.returncode == 1
    assert "Database" in done.stderr
    assert "Check DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_is_unsafe_or_meaningless_stops_the_start() -> None:
    """Which ones do: test_config.py."""
    done = flask("routes", JIEYE_ENV="production", SECRET_KEY="k" * 40, JIEYE_DEMO="1")
    assert done.returncode == 1
    assert "JIEYE_DEMO is on" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_is_refused_where_its_password_may_not_be() -> None:
    done = flask("demo", "--reset", JIEYE_DEMO="0")
    assert done.returncode == 1
    assert "JIEYE_DEMO=1" in done.stderr
