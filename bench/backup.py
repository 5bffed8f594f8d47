"""Seconds, size and memory of ``flask backup`` and ``flask restore`` with many rows.

``python -m bench.backup [--rows 1000000] [--postgres URL]``. The rows are events, the longest table of a busy
chain, in a temporary SQLite file; with the address of an empty PostgreSQL database they move there and back.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a secret of the benchmark, long enough to be one"  # noqa: S105 - guards nothing
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO events (organisation_id, id, name, subject_id, at, data, dispatched_at)
SELECT o.id, printf('%032x', i), 'response.received', printf('%032x', i * 7), '2026-11-25 12:00:00.000000',
       json_object('rating', i % 11, 'store', 'Ясен Вокзальна'), '2026-11-25 12:00:01.000000'
FROM n, organisations o
"""


def main() -> None:
    """Measure and print one line for each step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", help="the address of an empty PostgreSQL database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vidhuk-backup-") as name:
        folder = Path(name)
        first, second = (f"sqlite:///{folder / file}" for file in ("first.sqlite3", "second.sqlite3"))
        fill(folder, first, options.rows)
        measure(first, "backup", "SQLite", folder / "first.backup")
        measure(second, "restore", "SQLite", folder / "first.backup")
        if options.postgres:
            measure(options.postgres, "restore", "PostgreSQL", folder / "first.backup")
            measure(options.postgres, "backup", "PostgreSQL", folder / "second.backup")


def fill(folder: Path, url: str, rows: int) -> None:
    """A migrated database with one organisation and so many events."""
    flask(url, "migrate")
    flask(url, "organisation", "create", "bench", "--name", "Bench")
    with sqlite3.connect(folder / "first.sqlite3") as connection:
        connection.execute(FILL, [rows])
    connection.close()


def measure(url: str, verb: str, database: str, file: Path) -> None:
    """Run a command; print its seconds, the size of the file, and the most memory of any step so far."""
    began = monotonic()
    said = flask(url, verb, str(file))
    seconds = monotonic() - began
    peak = getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    size = file.stat().st_size / 1e6
    print(f"{verb:<8} {database:<11} {seconds:7.1f} s {size:7.1f} MB {peak:6.0f} MiB at most", flush=True)
    print(f"  {said.splitlines()[0]}", flush=True)


def flask(url: str, *words: str) -> str:
    """What a command of the product says; its own process, so that its memory can be told."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
