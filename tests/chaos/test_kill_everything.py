"""Kill -9 each process in turn, Redis with its data, while shoppers answer: nothing acknowledged is lost."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask

from app.alerts.models import Alert
from app.alerts.rules import PRESSING_FLAGS
from app.classification.models import Classification, CommentFlag
from app.classification.rules import CRITICAL_FLAGS, Source
from app.db import db, migrate, reading
from app.factory import create_app
from app.responses.models import Response
from app.responses.rules import is_negative
from app.settings import load_settings
from tests import servers
from tests.chaos.shoppers import Crowd
from tests.make import SECRET, Chain, make_chain
from worker.classifier import SHIPPED_MODEL
from worker.thresholds import read_thresholds

ANSWERS = 500
PACE_SECONDS = 0.2
ROUNDS = 2
BETWEEN_KILLS_SECONDS = 2.0
START_WITHIN_SECONDS = 90
CLASSIFIED_WITHIN_SECONDS = 90
VICTIMS = ("web", "ticker", "notifications", "classify", "redis")
ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """A whole Vidhuk in a folder of its own, with the pids of its processes."""

    folder: Path
    process: subprocess.Popen[bytes]

    def state(self) -> dict[str, object]:
        """What the supervisor publishes; empty while it is being rewritten or not yet there."""
        try:
            found = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        found = self.state().get("pids")
        return found if isinstance(found, dict) else {}

    def kill(self, name: str) -> bool:
        """Kill -9 one process that this test started, Redis together with all its data."""
        pid = self.pids().get(name)
        if pid is None:
            return False
        if name == "redis":
            shutil.rmtree(self.folder / "redis", ignore_errors=True)
        with contextlib.suppress(ProcessLookupError):  # it is dead already and about to be started again
            os.kill(pid, signal.SIGKILL)
            return True
        return False


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[dict[str, str]]:
    """What a Vidhuk of its own needs to know."""
    port = _free_port()
    own = {"DATA_DIR": str(tmp_path), "PORT": str(port), "SECRET_KEY": SECRET, "HF_HUB_OFFLINE": "1"}
    if request.param == "sqlite":
        yield own
        return
    with servers.postgres_server() as server, server.database(f"chaos_{worker_id}") as url:
        yield {**own, "DATABASE_URL": url}


@pytest.fixture
def own_app(environment: dict[str, str]) -> Iterator[Flask]:
    """The application on the same database, to look at what was stored."""
    settings = load_settings(environment)
    migrate(settings.database_url)
    app = create_app(settings)
    with app.app_context():
        yield app
        db.engine.dispose()


def test_nothing_acknowledged_is_lost_whatever_dies(own_app: Flask, environment: dict[str, str]) -> None:
    chain = make_chain()
    with _running(environment) as running:
        address = f"http://127.0.0.1:{environment['PORT']}"
        crowd = Crowd(address, chain.code, ANSWERS, PACE_SECONDS)
        shoppers = crowd.start()
        kills = _kill_in_turn(running)
        for thread in shoppers:
            thread.join()
        assert all(kills[victim] for victim in VICTIMS), f"the run is void: {kills}"
        assert crowd.failures > 0, "the run is void: no shopper noticed anything"
        _assert_stored_once(chain, crowd)
        _wait_until_classified(chain, crowd)
        _assert_one_alert_each(chain)


def _kill_in_turn(running: Running) -> Counter[str]:
    """Every victim, round after round; how often each one really died."""
    kills: Counter[str] = Counter()
    for victim in VICTIMS * ROUNDS:
        sleep(BETWEEN_KILLS_SECONDS)
        kills[victim] += running.kill(victim)
    return kills


def _assert_stored_once(chain: Chain, crowd: Crowd) -> None:
    assert all(answer.is_tapped for answer in crowd.answers)
    with reading(chain.organisation_id) as session:
        stored = {row.key: row for row in session.query(Response)}
    assert len(stored) == ANSWERS
    for answer in crowd.answers:
        assert stored[answer.key].rating == answer.rating
        assert stored[answer.key].comment == answer.comment


def _wait_until_classified(chain: Chain, crowd: Crowd) -> None:
    comments = sum(answer.comment is not None for answer in crowd.answers)
    until = monotonic() + CLASSIFIED_WITHIN_SECONDS
    done = 0
    while done < comments and monotonic() < until:
        sleep(1)
        with reading(chain.organisation_id) as session:
            done = session.query(Classification).filter(Classification.classified_at.is_not(None)).count()
    assert done == comments


def _assert_one_alert_each(chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        alerts = Counter(row.response_id for row in session.query(Alert))
        negative = {row.id for row in session.query(Response) if is_negative(row.rating)}
        certain = read_thresholds(SHIPPED_MODEL).negative
        complaints = {
            row.response_id
            for row in session.query(Classification).filter_by(sentiment="negative")
            if row.source == Source.FALLBACK or (row.confidence or 0) >= certain
        }
        pressing = CRITICAL_FLAGS | PRESSING_FLAGS
        complaints |= {row.response_id for row in session.query(CommentFlag) if row.flag in pressing}
    assert set(alerts) == negative | complaints
    assert set(alerts.values()) == {1}


@contextlib.contextmanager
def _running(environment: dict[str, str]) -> Iterator[Running]:
    own = {**os.environ, **environment}
    log = Path(environment["DATA_DIR"]) / "supervisor.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker", "run"], cwd=ROOT, env=own, stdout=output, stderr=output
        )
    running = Running(Path(environment["DATA_DIR"]), process)
    try:
        _wait_until_whole(running, log)
        yield running
    finally:
        servers.end(process)


def _wait_until_whole(running: Running, log: Path) -> None:
    until = monotonic() + START_WITHIN_SECONDS
    while set(VICTIMS) - set(running.pids()):
        assert running.process.poll() is None, log.read_text(encoding="utf-8")
        assert monotonic() < until, log.read_text(encoding="utf-8")
        sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
