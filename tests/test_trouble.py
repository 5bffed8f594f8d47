"""When something of ours is in trouble nobody sees an error page of it, and no log tells about shoppers."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.classification.actions import judge_pending
from app.db import db, migrate
from app.factory import create_app
from app.ids import new_key
from app.notifications.actions import sending
from app.touchpoints.scans import flush_scans
from tests.alerts.deeds import BASE_URL, fire
from tests.conftest import Browser, make_settings
from tests.fakes import BrokenClassifier
from tests.make import NOON, SECRET, Chain, make_chain, make_response, return_token, sign_in

MARKER = "marker-of-a-comment"
PHONE = "067 765 43 21"
MAIL = "marker.of.mail@example.com"


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FlaskClient, FlaskClient, Chain]]:
    """A chain on a SQLite file that another program holds locked: a shopper and a manager."""
    monkeypatch.setattr("app.db.engine._SQLITE_BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'busy.sqlite3'}"
    migrate(url)
    app = create_app(make_settings(url, tmp_path))
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        chain = make_chain()
        make_response(chain, 2, comment="Черга")
        manager = sign_in(app, chain)
        other = sqlite3.connect(tmp_path / "busy.sqlite3")
        other.execute("BEGIN IMMEDIATE")
        yield app.test_client(), manager, chain
        other.close()
        flush_scans()
        db.engine.dispose()


def test_a_locked_database_is_a_page_that_says_send_it_again(
    busy: tuple[FlaskClient, FlaskClient, Chain],
) -> None:
    shopper, manager, chain = busy
    tap = {"key": new_key(), "rating": "2"}
    answers = [
        shopper.post(f"/q/{chain.code}?lang=en", data=tap),
        manager.post("/alerts/1/acknowledge?lang=en"),
        manager.post("/alerts/1/note?lang=en", data={"note": "a"}),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert "Nothing is lost. Send it again" in answer.text
        assert int(answer.headers["Retry-After"]) > 0


def test_reading_goes_on_meanwhile(busy: tuple[FlaskClient, FlaskClient, Chain]) -> None:
    shopper, manager, chain = busy
    assert shopper.get(f"/q/{chain.code}").status_code == 200
    assert manager.get("/alerts/1").status_code == 200


def test_an_error_of_ours_shows_nothing_of_itself(
    chain: Chain, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr("app.responses.views.record_response", fail)
    page = client.post(f"/q/{chain.code}?lang=en", data={"key": new_key(), "rating": "2"})
    assert page.status_code == 500
    assert MARKER not in page.text
    assert "Traceback" not in page.text
    assert "Nothing that you sent before is lost" in page.text
    assert page.headers["X-Request-Id"] in page.text


@pytest.mark.usefixtures("hands", "mail_server")
def test_logs_tell_what_happened_and_nothing_about_the_shopper(
    app: Flask, chain: Chain, capfd: pytest.CaptureFixture[str]
) -> None:
    key = _whole_story(app, chain)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert {"request", "classifier_failed", "message_failed"} <= {line["event"] for line in lines}
    for line in lines:
        text = json.dumps(line, ensure_ascii=False)
        for secret in (MARKER, "7654321", "765 43 21", MAIL, key, return_token(chain, key)):
            assert secret not in text, line
    own = str(chain.organisation_id)
    assert all(line["organisation"] == own for line in lines if line.get("endpoint") == "responses.tap")


def _whole_story(app: Flask, chain: Chain) -> str:
    """Everything that a shopper may leave goes through every place where something is logged."""
    shopper, key = app.test_client(), new_key()
    shopper.post(f"/q/{chain.code}", data={"key": key, "rating": "2"})
    shopper.post(f"/s/{key}", data={"comment": MARKER, "contact": PHONE})
    shopper.post(f"/s/{key}", data={"comment": MARKER, "contact": f"{MAIL}, {PHONE}"})
    shopper.post(f"/s/{key}", data={"comment": MARKER, "contact": MAIL})
    shopper.post(f"/f/{return_token(chain, key)}", data={"text": MARKER})
    judge_pending(BrokenClassifier(), now=NOON)
    fire(NOON)

    def fail(*_: object, **__: object) -> None:
        raise LookupError(MARKER, PHONE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "compose_notification", fail)
        sending.send_due_notifications(SECRET, BASE_URL, now=NOON)
        patch.setattr("app.alerts.views.return_page.shopper_writes", fail)
        shopper.post(f"/f/{return_token(chain, key)}", data={"text": MARKER})
    manager = sign_in(app, chain)
    manager.get("/alerts/1")
    manager.post("/alerts/1/note", data={"note": MARKER})
    flush_scans()
    return key
