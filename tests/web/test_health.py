"""What monitors are told: whether the process serves, whether the promise is kept, and what waits."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import clock
from app.alerts.actions import fire_due_timers
from app.db import level, transaction
from app.notifications.models import Notification
from app.web import metrics
from tests.fakes import Hands
from tests.make import NOON, Chain, make_response


@pytest.fixture(autouse=True)
def nothing_kept(app: Flask) -> None:
    """Every test looks for itself, whatever the test before it has just seen."""
    app.extensions.pop(metrics._PLACE, None)


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_a_migrated_database_makes_the_process_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "faults": {}})


def test_a_database_behind_the_code_does_not_serve(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level, "newest_migration", lambda: "9999_tomorrow")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["faults"] == {"migrations": "the database lacks 9999_tomorrow"}


def test_a_database_ahead_of_the_code_serves_during_an_upgrade(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level, "newest_migration", lambda: "0001_yesterday")
    assert client.get("/readyz").status_code == 200


def test_a_database_that_is_away_is_told_by_name(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_database(monkeypatch)
    assert client.get("/readyz").get_json()["faults"] == {"database": "OperationalError"}
    assert client.get("/health/alerting").get_json()["faults"] == {"database": "OperationalError"}
    assert client.get("/health/alerting").status_code == 503
    assert "database_up 0.0" in client.get("/metrics").text


def test_alerting_is_well_while_nothing_is_late(client: FlaskClient, chain: Chain, hands: Hands) -> None:
    make_response(chain, 1, comment="bad")
    hands.move(seconds=60)
    assert client.get("/health/alerting").get_json() == {"alerting": True, "faults": {}}


def test_a_deadline_that_nobody_fires_is_told_after_a_minute(
    client: FlaskClient, chain: Chain, hands: Hands
) -> None:
    make_response(chain, 1, comment="bad")
    hands.move(seconds=61)
    answer = client.get("/health/alerting")
    assert answer.status_code == 503
    assert answer.get_json()["faults"] == {"timers": "1 more than 60 s overdue: is the ticker running?"}


def test_a_notification_that_reaches_nobody_is_told_after_two_minutes(
    client: FlaskClient, chain: Chain, hands: Hands
) -> None:
    make_response(chain, 1, comment="bad")
    fire_due_timers(now=NOON)
    _try_again_later(chain)
    hands.move(seconds=120)
    assert client.get("/health/alerting").status_code == 200
    hands.move(seconds=1)
    faults = client.get("/health/alerting").get_json()["faults"]
    assert faults["notifications"].startswith("1 more than 120 s overdue")


def test_metrics_tell_how_much_waits_and_for_how_long(
    client: FlaskClient, chain: Chain, hands: Hands
) -> None:
    make_response(chain, 1, comment="bad")
    make_response(chain, 9, comment="good", other_store=True)
    hands.move(seconds=90)
    lines = client.get("/metrics").text.splitlines()
    for line in (
        "database_up 1.0",
        "alerts_open 1.0",
        "timers_overdue 1.0",
        'work_ready{lane="classification"} 2.0',
        'work_oldest_seconds{lane="classification"} 90.0',
        'work_oldest_seconds{lane="timer"} 90.0',
        'work_ready{lane="notification"} 0.0',
        'work_oldest_seconds{lane="notification"} 0.0',
        'work_ready{lane="event"} 2.0',
    ):
        assert line in lines


def test_scrapes_within_five_seconds_share_one_look(client: FlaskClient, chain: Chain, hands: Hands) -> None:
    assert "alerts_open 0.0" in client.get("/metrics").text
    make_response(chain, 1)
    hands.move(seconds=4)
    assert "alerts_open 0.0" in client.get("/metrics").text
    hands.move(seconds=1)
    assert "alerts_open 1.0" in client.get("/metrics").text


def test_submissions_are_counted_by_what_became_of_them(client: FlaskClient, chain: Chain) -> None:
    before = _counted(client, "refused")
    client.post(f"/q/{chain.code}", data={"key": "no key", "rating": "3"})
    assert _counted(client, "refused") == before + 1


def test_requests_are_measured_by_endpoint_and_the_scrape_is_not(client: FlaskClient) -> None:
    client.get("/healthz")
    client.get("/nowhere/at/all")
    text = client.get("/metrics").text
    assert 'request_seconds_count{endpoint="web.healthz"}' in text
    assert 'request_seconds_count{endpoint="none"}' in text
    assert 'endpoint="web.metrics"' not in text
    assert "/nowhere" not in text


def _counted(client: FlaskClient, result: str) -> float:
    start = f'submissions_total{{result="{result}"}} '
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.removeprefix(start)) for line in lines if line.startswith(start)), 0.0)


def _try_again_later(chain: Chain) -> None:
    """As after a failed attempt: the row is not due, and yet nobody has been reached."""
    with transaction(chain.organisation_id) as session:
        session.query(Notification).one().due_at = clock.now() + timedelta(minutes=30)


def _lose_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("app.web.health.missing_migration", lose)
    monkeypatch.setattr("app.web.health.looking_across", lose)
    monkeypatch.setattr("app.web.metrics.looking_across", lose)
