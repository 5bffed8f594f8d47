"""Responses a second, and what they cost, against the least that can store one durably, in the same run.

``python -m bench.submissions [--ceiling module:app] [--seconds 5] [--rounds 3] [--output FILE]``. Both are
served by granian with two workers of four threads on one PostgreSQL; rounds of the two alternate.
"""

import argparse
import asyncio
import contextlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic, sleep

from sqlalchemy import create_engine, text

from app.db import migrate
from app.factory import create_app
from app.settings import Settings
from bench.journeys import Journey, Tally, look, run, tap, tap_and_follow
from bench.startup import free_port
from tests import servers
from tests.make import SECRET, make_chain

ROOT = Path(__file__).resolve().parents[1]
JOURNEYS: dict[str, Journey] = {
    "page": look,
    "page and tap": tap,
    "page, tap and next page": tap_and_follow,
}
CLIENTS = (1, 8, 32)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """One of the two: where it listens, what shoppers open, whose processor time counts."""

    name: str
    port: int
    path: str
    pid: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A round."""

    rate: float
    p50: float
    p99: float
    cpu_per_1000: float
    faults: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The two servers, and how long each is measured."""

    ceiling: Server
    product: Server
    rounds: int
    seconds: float

    def measure(self, journey: Journey, clients: int) -> tuple[Figures, Figures]:
        """The medians of both, their rounds taken in turn."""
        found: dict[str, list[Figures]] = {self.ceiling.name: [], self.product.name: []}
        for _ in range(self.rounds):
            for server in (self.ceiling, self.product):
                found[server.name].append(_round(server, journey, clients, self.seconds))
        return _middle(found[self.ceiling.name]), _middle(found[self.product.name])


def main() -> None:
    """Measure and print, and write the table where it was asked for."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vidhuk-submissions-") as folder, contextlib.ExitStack() as stack:
        own = stack.enter_context(database("vidhuk_submissions"))
        other = stack.enter_context(database("ceiling"))
        ceiling = stack.enter_context(_ceiling(options.ceiling, options.ceiling_folder, other))
        product = stack.enter_context(_product(own, Path(folder)))
        pair = Pair(ceiling, product, options.rounds, options.seconds)
        lines = [_line(pair, journey, clients) for journey, clients in _cases()]
        stored = _stored(own)
    report = "\n".join([*_HEADINGS, *lines, "", f"{stored:,} responses stored by the product."])
    print(report)
    if options.output:
        options.output.write_text(f"{_preface(options)}\n\n{report}\n", encoding="utf-8")


_HEADINGS = (
    "| Journey | Clients | Ceiling/s | Vidhuk/s | Ratio | p50 / p99 ms | CPU s per 1,000 | Ratio |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
)


def _cases() -> Iterator[tuple[str, int]]:
    return ((journey, clients) for journey in JOURNEYS for clients in CLIENTS)


def _line(pair: Pair, journey: str, clients: int) -> str:
    theirs, ours = pair.measure(JOURNEYS[journey], clients)
    if ours.faults or theirs.faults:
        raise SystemExit(f"{journey}, {clients} clients: {theirs.faults} and {ours.faults} faults")
    line = (
        f"| {journey} | {clients} | {theirs.rate:.0f} | {ours.rate:.0f} | {ours.rate / theirs.rate:.2f} "
        f"| {ours.p50:.0f} / {ours.p99:.0f} | {theirs.cpu_per_1000:.2f} / {ours.cpu_per_1000:.2f} "
        f"| {ours.cpu_per_1000 / theirs.cpu_per_1000:.2f} |"
    )
    print(line, file=sys.stderr)
    return line


def _round(server: Server, journey: Journey, clients: int, seconds: float) -> Figures:
    before = _cpu_seconds(server.pid)
    tally: Tally = asyncio.run(run(server.port, server.path, journey, clients=clients, seconds=seconds))
    spent = _cpu_seconds(server.pid) - before
    return Figures(
        rate=tally.rate,
        p50=tally.percentile(50),
        p99=tally.percentile(99),
        cpu_per_1000=1000 * spent / len(tally.seconds),
        faults=len(tally.faults),
    )


def _middle(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure; faults are added up."""
    return Figures(
        rate=median(one.rate for one in rounds),
        p50=median(one.p50 for one in rounds),
        p99=median(one.p99 for one in rounds),
        cpu_per_1000=median(one.cpu_per_1000 for one in rounds),
        faults=sum(one.faults for one in rounds),
    )


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """A PostgreSQL of its own with an empty database of that name, while it is wanted; its address."""
    with servers.postgres_server() as server, server.database(name) as url:
        yield url


@contextlib.contextmanager
def _ceiling(target: str, folder: Path, url: str) -> Iterator[Server]:
    environment = {"DATABASE_URL": url, "PYTHONPATH": str(folder)}
    port = free_port()
    with _served(target, port, environment, folder) as pid:
        yield Server("ceiling", port, "/q/1", pid)


@contextlib.contextmanager
def _product(url: str, data_dir: Path) -> Iterator[Server]:
    migrate(url)
    settings = Settings.model_validate({"database_url": url, "secret_key": SECRET, "data_dir": data_dir})
    with create_app(settings).app_context():
        chain = make_chain()
    environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "DATA_DIR": str(data_dir)}
    port = free_port()
    with _served("wsgi:app", port, environment, ROOT) as pid:
        yield Server("product", port, f"/q/{chain.code}?lang=uk", pid)


@contextlib.contextmanager
def _served(target: str, port: int, environment: dict[str, str], folder: Path) -> Iterator[int]:
    """The web server as in production: its process id, once it answers."""
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    command += ["--http", "1", "--host", "127.0.0.1", "--port", str(port), target]
    surroundings = {**os.environ, **environment}
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, cwd=folder, env=surroundings, stdout=nowhere, stderr=nowhere)
    try:
        _wait(process, port)
        yield process.pid
    finally:
        servers.end(process)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = monotonic() + 30
    while monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            asyncio.run(run(port, "/q/1", look, clients=1, seconds=0))
            sleep(1)  # the second worker, too
            return
        sleep(0.1)
    raise SystemExit("a server did not start")


def _cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children have used."""
    own = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return (int(own[11]) + int(own[12])) / _TICKS + sum(_cpu_seconds(int(child)) for child in children)


def _stored(url: str) -> int:
    with create_engine(url).connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM responses")).scalar_one())


def _preface(options: argparse.Namespace) -> str:
    return (
        "# Responses a second against the least that can store one\n\n"
        f"`python -m bench.submissions --seconds {options.seconds:g} --rounds {options.rounds}`: granian, "
        f"two workers of four threads, PostgreSQL 18, Python {platform.python_version()}, {os.cpu_count()} "
        "shared cores that the clients use too; medians of alternating rounds. A quarter of the ratings are "
        "0 to 6 and open an alert with its timers. Seconds of processor time are the web server's, for the "
        "ceiling and for Vidhuk."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ceiling", default="bench.ceiling:app", help="what to compare with")
    parser.add_argument("--ceiling-folder", type=Path, default=ROOT, help="where that module lies")
    parser.add_argument("--seconds", type=float, default=5, help="how long a round takes")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each")
    parser.add_argument("--output", type=Path, help="where to write the table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
