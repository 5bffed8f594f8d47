"""Migrations take the rows that are there along, and keep what guards them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from app.db import downgrade, migrate
from tests import servers
from tests.architecture.source import ROOT

ONE, TWO = "00000000000000000000000000000001", "00000000000000000000000000000002"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database of this test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    with servers.postgres_server() as server, server.database(f"rows_{worker_id}") as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The database as it was before receipt links, with one response and its classification."""
    migrate(url, BEFORE)
    engine = create_engine(url)
    with engine.begin() as connection:
        for table, values in ROWS:
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
    yield engine
    engine.dispose()


def revision_before(name: str) -> str:
    """The revision that the migration of that name follows, whatever its number."""
    (path,) = (ROOT / "migrations" / "versions").glob(f"*_{name}.py")
    found = re.search(r'^down_revision = "(.*)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


BEFORE = revision_before("create_invitations")
AT = "2026-11-25 12:00:00"
OWN: dict[str, object] = {"organisation_id": ONE, "id": TWO}
STORE: dict[str, object] = {
    **OWN,
    "region_id": TWO,
    "kind": "shop",
    "code": "S1",
    "name": "Store",
    "address": "",
    "country": "UA",
    "currency": "UAH",
    "time_zone": "Europe/Kyiv",
    "languages": "[]",
    "labels": "[]",
    "weekly_hours": "{}",
    "dated_hours": "{}",
    "created_at": AT,
}
RESPONSE = {
    **OWN,
    "key": "k" * 22,
    "store_id": TWO,
    "touchpoint_id": TWO,
    "survey_version_id": TWO,
    "channel": "qr",
    "language": "uk",
    "rating": 3,
    "is_suspect": False,
    "is_late": False,
    "answered_at": AT,
    "received_at": AT,
}
ROWS: list[tuple[str, dict[str, object]]] = [
    (
        "organisations",
        {
            "id": ONE,
            "slug": "nova",
            "name": "Nova",
            "default_language": "uk",
            "is_demo": False,
            "created_at": AT,
        },
    ),
    ("regions", {**OWN, "name": "West"}),
    ("stores", STORE),
    ("surveys", {**OWN, "name": "NPS", "created_at": AT}),
    ("survey_versions", {**OWN, "survey_id": TWO, "number": 1, "published_at": AT}),
    ("touchpoints", {**OWN, "store_id": TWO, "survey_id": TWO, "name": "Till", "created_at": AT}),
    ("responses", RESPONSE),
    (
        "classifications",
        {**OWN, "response_id": TWO, "scores": "{}", "requested_at": AT, "attempts": 0, "lease_no": 0},
    ),
]


def counts(engine: Engine) -> list[int]:
    """How many responses and classifications there are."""
    with engine.connect() as connection:
        tables = ("responses", "classifications")
        return [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def test_responses_survive_the_coming_and_going_of_receipts(url: str, engine: Engine) -> None:
    migrate(url)
    assert counts(engine) == [1, 1]
    assert {"invitation_id", "employee_id"} <= {
        column["name"] for column in inspect(engine).get_columns("responses")
    }
    downgrade(url, BEFORE)
    assert counts(engine) == [1, 1]
    migrate(url)
    assert counts(engine) == [1, 1]


def change_response(engine: Engine, change: str) -> None:
    """Change the response past every action."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys=ON"))
        connection.execute(text(f"UPDATE responses SET {change}"))


@pytest.mark.parametrize("change", ["rating = 11", "channel = 'fax'", f"invitation_id = '{TWO}'"])
def test_what_guards_responses_still_does(url: str, engine: Engine, change: str) -> None:
    migrate(url)
    with pytest.raises(IntegrityError):
        change_response(engine, change)
