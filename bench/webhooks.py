"""Webhooks through everything that runs in production: outbox, relay, Redis, RQ worker, real sockets.

``python -m bench.webhooks [--postgres] [--events 1000] [--rate 20] [--hanging 50] [--without-worker]``.
A receiver on loopback keeps what it hears. Every signature is verified with the public Standard Webhooks
libraries for Python and, where npm can be had, JavaScript (installed into a temporary folder). Then endpoints
that never answer stand beside it.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep
from typing import Any

from flask import Flask
from standardwebhooks import Webhook

from app import clock
from app.db import migrate, transaction
from app.factory import create_app
from app.settings import load_settings
from app.webhooks.actions import EndpointDraft, create_endpoint
from app.webhooks.rules import MOST_ENDPOINTS, TYPES
from tests.make import Chain, make_chain, make_response
from tests.servers import postgres_server, redis_server
from tests.webhooks.cast import SOMEBODY

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "a secret of the benchmark, long enough"  # noqa: S105 - opens nothing
DETRACTORS_EACH = 5
GIVE_UP_AFTER_SECONDS = 120
VERIFY_IN_JAVASCRIPT = """
const { Webhook } = require("standardwebhooks");
const lines = require("fs").readFileSync(0, "utf8").trim().split("\\n").map(JSON.parse);
let good = 0;
for (const { secret, headers, body } of lines) { new Webhook(secret).verify(body, headers); good += 1; }
console.log(good);
"""


@dataclass
class Ear:
    """A healthy receiver: what it heard, and when."""

    heard: list[tuple[datetime, dict[str, str], str]] = field(default_factory=list)
    port: int = 0

    @contextlib.contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on loopback; the address."""
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                ear.heard.append((clock.now(), {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        server.server_close()

    def delays(self) -> list[float]:
        """Seconds from each event, as its payload dates it, to its receipt."""
        return [
            (at - datetime.fromisoformat(json.loads(body)["timestamp"])).total_seconds()
            for at, _, body in self.heard
        ]


def main() -> None:
    """Run both parts and print the figures."""
    options = _options()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vidhuk-webhooks-"))
        redis_url = stack.enter_context(redis_server())
        url = f"sqlite:///{folder}/bench.sqlite3"
        if options.postgres:
            url = stack.enter_context(stack.enter_context(postgres_server()).database("bench"))
        own = {
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": SECRET_KEY,
            "DATA_DIR": folder,
            "ALLOW_PRIVATE_TARGETS": "127.0.0.0/8",
        }
        migrate(url)
        app = create_app(load_settings(own))
        names = ["ticker"] if options.without_worker else ["ticker", "work webhooks"]
        with app.app_context(), _running(names, own, Path(folder)) as processes:
            warm_up()
            before = {name: _cpu_seconds(process.pid) for name, process in processes.items()}
            healthy(options.events, options.rate, Path(folder))
            for name, process in processes.items():
                used = _cpu_seconds(process.pid) - before[name]
                print(f"{name}: {used:.1f} s of CPU, {_megabytes(process.pid):.0f} MiB (PSS)")
            print("load average of the machine: {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()))
            beside_hanging(app, options.hanging, options.rate)


def warm_up() -> None:
    """Wait until the processes deliver at all."""
    ear = Ear()
    with ear.listening() as address:
        chain = make_chain("warm", now=clock.now())
        _endpoint(chain, address, TYPES)
        make_response(chain, 9, now=clock.now())
        _wait_for(ear, 1)


def healthy(events: int, rate: float, folder: Path) -> None:
    """A thousand events to a receiver that answers at once."""
    ear = Ear()
    with ear.listening() as address:
        chain = make_chain("healthy", now=clock.now())
        secret = _endpoint(chain, address, TYPES)
        began = monotonic()
        _answer([chain], int(events * DETRACTORS_EACH / (DETRACTORS_EACH + 1)), rate)
        _wait_for(ear, events)
        print(f"\n{len(ear.heard)} events in {monotonic() - began:.0f} s, {len(_ids(ear))} different")
        _tell("from event to receipt", ear.delays())
        print(f"verified with the Python library: {_verified_in_python(ear, secret)}")
        print(f"verified with the JavaScript library: {_verified_in_javascript(ear, secret, folder)}")


def beside_hanging(app: Flask, count: int, rate: float) -> None:
    """The same while many endpoints take every connection and never answer."""
    ear = Ear()
    with ear.listening() as address, socket.create_server(("127.0.0.1", 0), backlog=1000) as hanging:
        now = clock.now()
        chains = [make_chain(f"hanging-{n}", now=now) for n in range(-(-count // MOST_ENDPOINTS))]
        for n in range(count):
            nowhere = f"http://127.0.0.1:{hanging.getsockname()[1]}/{n}"
            _endpoint(chains[n // MOST_ENDPOINTS], nowhere, ["response.received"])
        good = make_chain("beside", now=now)
        _endpoint(good, address, ["response.received"])
        events = int(60 * min(rate, 5))
        threading.Thread(target=_in_context, args=(app, lambda: _answer(chains, 60, 1)), daemon=True).start()
        _answer([good], events, min(rate, 5))
        _wait_for(ear, events)
        print(f"\nbeside {count} endpoints that hang and hear of 60 events each, {events} events in a minute")
        _tell("from event to receipt", ear.delays())


def _answer(chains: Sequence[Chain], count: int, rate: float) -> None:
    """So many shoppers answer in each chain, at an even pace; every fifth is a detractor."""
    began = monotonic()
    for n in range(count):
        sleep(max(0.0, began + n / rate - monotonic()))
        for chain in chains:
            make_response(chain, 2 if n % DETRACTORS_EACH == 0 else 9, now=clock.now())


def _in_context(app: Flask, work: Callable[[], None]) -> None:
    with app.app_context():
        work()


def _endpoint(chain: Chain, url: str, types: Sequence[str]) -> str:
    with transaction(chain.organisation_id) as session:
        draft = EndpointDraft(url, tuple(types))
        return create_endpoint(session, draft, SECRET_KEY, doer=SOMEBODY, now=clock.now())[1]


def _wait_for(ear: Ear, events: int) -> None:
    until = monotonic() + GIVE_UP_AFTER_SECONDS
    while len(_ids(ear)) < events and monotonic() < until:
        sleep(0.2)


def _ids(ear: Ear) -> set[str]:
    return {headers["webhook-id"] for _, headers, _ in ear.heard}


def _tell(what: str, seconds: list[float]) -> None:
    cuts = quantiles(seconds, n=100)
    figures = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(seconds)}
    print(f"{what}: " + ", ".join(f"{name} {value:.2f} s" for name, value in figures.items()))


def _verified_in_python(ear: Ear, secret: str) -> int:
    for _, headers, body in ear.heard:
        Webhook(secret).verify(body, headers)
    return len(ear.heard)


def _verified_in_javascript(ear: Ear, secret: str, folder: Path) -> str:
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (npm and node):
        return "no npm here"
    command = [
        npm,
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--prefix",
        str(folder),
        "standardwebhooks",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    lines = [
        json.dumps({"secret": secret, "headers": headers, "body": body}) for _, headers, body in ear.heard
    ]
    done = subprocess.run(
        [node, "-e", VERIFY_IN_JAVASCRIPT],
        cwd=folder,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@contextlib.contextmanager
def _running(
    names: Sequence[str], own: dict[str, str], folder: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Processes of the product, started as in production."""
    with contextlib.ExitStack() as stack:
        processes = {}
        for name in names:
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            command = [sys.executable, "-m", "worker", *name.split()]
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            processes[name] = process
        yield processes


def _megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _options() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own, not on SQLite")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20, help="answers a second")
    parser.add_argument("--hanging", type=int, default=50)
    parser.add_argument("--without-worker", action="store_true", help="as `make run`: the ticker delivers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
