"""Each process of compose.yaml, started as it stands there, on PostgreSQL and Redis, secrets from files."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from redis import Redis
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Organisation
from app.events import Event
from app.events.catalogue import EventName
from tests import servers
from tests.architecture.source import ROOT
from tests.make import NOON, SECRET
from tests.ops.test_deployment import FROM_SECRET, OURS
from worker.queues import QUEUES

PATIENCE_SECONDS = 90
LASTING = [name for name in OURS if name != "migrate"]


@dataclass(frozen=True, slots=True)
class Host:
    """A machine to deploy on: the environment of each process, and the port for its web."""

    environment: Mapping[str, str]
    port: int
    database_url: str
    redis_url: str

    def command(self, name: str) -> list[str]:
        """A service's own command line, listening on this test's port of the loopback only."""
        words = shlex.split(OURS[name]["command"])
        return [{"0.0.0.0": "127.0.0.1", "8000": str(self.port)}.get(word, word) for word in words]  # noqa: S104


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Host]:
    """PostgreSQL, Redis and a folder of secrets; migrated by the service that migrates."""
    secrets = tmp_path_factory.mktemp("secrets")
    with (
        servers.postgres_server() as server,
        server.database(f"processes_{worker_id}") as database_url,
        servers.redis_server() as redis_url,
    ):
        contents = {
            "database-url": database_url,
            "redis-url": redis_url,
            "secret-key": SECRET,
            "mail-url": "",
        }
        for name, content in contents.items():
            (secrets / name).write_text(f"{content}\n", encoding="utf-8")
        host = Host(_environment(secrets), _free_port(), database_url, redis_url)
        done = subprocess.run(
            host.command("migrate"), cwd=ROOT, env=host.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        yield host


def _environment(secrets: Path) -> dict[str, str]:
    """What compose would set, with the secrets where they lie here. Nothing else but where programs are."""
    given = {
        name: value.replace(FROM_SECRET, f"{secrets}/") for name, value in OURS["web"]["environment"].items()
    }
    return given | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BASE_URL": "https://q.example",
        "MAIL_FROM": "vidhuk@q.example",
        "DATA_DIR": str(secrets / "unused"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(host: Host, name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a service for the length of the block; afterwards it must end when asked to."""
    screen = folder / "screen"
    with screen.open("wb") as output:
        process = subprocess.Popen(
            host.command(name), cwd=ROOT, env=host.environment, stdout=output, stderr=output
        )
        try:
            yield process
            assert process.poll() is None, screen.read_text(encoding="utf-8")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) in {0, -signal.SIGTERM}, screen.read_text(encoding="utf-8")
        finally:
            process.kill()
            process.wait()


def wait_for(is_true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for a condition while the process lives."""
    until = monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert process.poll() is None, "it ended by itself"
        assert monotonic() < until, "it never came"
        sleep(0.1)


def is_ready(host: Host) -> bool:
    """What the health check of the web asks."""
    with suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{host.port}/readyz", timeout=4).status == 200)
    return False


def test_the_web_becomes_ready(host: Host, tmp_path: Path) -> None:
    with running(host, "web", tmp_path) as process:
        wait_for(lambda: is_ready(host), process)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_worker_waits_at_its_queue(host: Host, tmp_path: Path, queue: str) -> None:
    (name,) = (name for name in OURS if OURS[name]["command"].endswith(f" {queue}"))
    client = Redis.from_url(host.redis_url)

    def is_there() -> bool:
        return bool(client.exists(f"rq:workers:{queue}") and client.scard(f"rq:workers:{queue}"))

    with running(host, name, tmp_path) as process:
        wait_for(is_there, process)
    client.close()


def test_the_ticker_dispatches(host: Host, tmp_path: Path) -> None:
    engine = create_engine(host.database_url)
    with Session(engine) as session:
        organisation = Organisation(slug="nova", name="Nova", created_at=NOON)
        session.add(organisation)
        session.flush()
        key = organisation.id
        session.add(Event(organisation_id=key, name=EventName.ALERT_CLOSED, subject_id=key, at=NOON))
        session.commit()

    def is_dispatched() -> bool:
        with Session(engine) as session:
            return bool(session.scalar(select(func.count(Event.dispatched_at))))

    with running(host, "ticker", tmp_path) as process:
        wait_for(is_dispatched, process)
    engine.dispose()


def test_every_lasting_service_is_tried_here() -> None:
    tried = {"web", "ticker", *(name for name in OURS if "worker work" in OURS[name]["command"])}
    assert tried == set(LASTING)
