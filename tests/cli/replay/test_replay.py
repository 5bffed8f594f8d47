"""A file of answers goes the whole way over HTTP, and the report says what became of it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from werkzeug.serving import make_server

from app import clock
from app.alerts.actions import fire_due_timers
from app.classification.actions import judge_pending
from app.cli.replay import commands
from app.notifications.actions import send_due_notifications
from app.responses.models import Response
from app.touchpoints.scans import flush_scans
from tests.fakes import FakeClassifier, Hands
from tests.make import SECRET, Chain, rows_of

RECORDS = [
    ("bad queue", 1, "negative"),
    ("bad till", 9, "negative"),
    ("good staff", 10, "positive"),
    ("so so", 7, "neutral"),
    ("good, mostly", 8, "neutral"),
    ("nothing", 5, None),
]
Replay = Callable[..., Result]


@pytest.fixture
def served(app: Flask, hands: Hands) -> Iterator[str]:
    """The application on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with _running(server.serve_forever):
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
    server.server_close()
    flush_scans()


@pytest.fixture
def workers(app: Flask) -> Iterator[None]:
    """Everything that happens later, happening."""
    stop, classifier = threading.Event(), FakeClassifier()

    def work() -> None:
        with app.app_context():
            while not stop.wait(0.05):
                judge_pending(classifier, now=clock.now())
                fire_due_timers(now=clock.now())
                send_due_notifications(SECRET, "http://vidhuk.example", now=clock.now())

    with _running(work):
        yield
        stop.set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Six answers, and a line that is none."""
    path = tmp_path / "answers.jsonl"
    lines = [json.dumps({"text": text, "rating": rating, "label": label}) for text, rating, label in RECORDS]
    path.write_text("\n".join([*lines, "{oops"]), encoding="utf-8")
    return path


@pytest.fixture
def replay(app: Flask, chain: Chain) -> Replay:
    """The command, for the chain of the tests."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(
        commands, ["replay", "--organisation", chain.slug, *map(str, arguments)]
    )


@pytest.mark.usefixtures("workers")
def test_what_is_replayed_is_stored_judged_alerted_and_told(
    served: str, chain: Chain, file: Path, replay: Replay
) -> None:
    report = file.with_name("report.md")
    result = replay(file, "--base-url", served, "--concurrency", 3, "--report", report)
    lines = report.read_text(encoding="utf-8").splitlines()
    assert result.exit_code == 0, result.output
    for row in (
        "| stored | 6 |",
        "| duplicates | 0 |",
        "| errors | 0 |",
        "| acknowledged but not stored | 0 |",
        "| malformed lines skipped | 1 |",
        "- line 7: not JSON",
        "| ratings of 0 to 6 | 2 | 2 |",
        "| negative comments under a better rating | 1 | 1 |",
        "| negative | 2 | 0 | 0 | 0 |",
        "| neutral | 0 | 1 | 1 | 0 |",
        "Accuracy 0.800, macro-F1 0.778, n = 5.",
    ):
        assert row in lines
    assert any(line.startswith("| submit -> notification handed over | 3 | 0.0") for line in lines)
    assert report.read_text(encoding="utf-8").strip() in result.output
    answers = rows_of(chain, Response)
    assert {(answer.rating, answer.comment) for answer in answers} == {(r, text) for text, r, _ in RECORDS}
    assert len({answer.touchpoint_id for answer in answers}) == 2


def test_waiting_is_bounded_and_the_report_says_so(
    served: str, chain: Chain, file: Path, replay: Replay
) -> None:
    result = replay(file, "--base-url", served, "--limit", 2, "--wait", 0)
    assert result.exit_code == 0, result.output
    assert "| stored | 2 |" in result.output
    assert "Gave up waiting" in result.output


def test_a_server_that_is_not_there_is_told_in_words(chain: Chain, file: Path, replay: Replay) -> None:
    result = replay(file, "--base-url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "does not answer at http://127.0.0.1:9" in result.output


def test_an_unknown_organisation_is_told_in_words(app: Flask, file: Path) -> None:
    result = app.test_cli_runner().invoke(commands, ["replay", str(file), "--organisation", "nobody"])
    assert result.exit_code == 1
    assert "no organisation nobody" in result.output


@contextmanager
def _running(work: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(timeout=10)
