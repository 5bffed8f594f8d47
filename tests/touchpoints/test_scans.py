"""Scans are counted in memory and stored in passing."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.db import reading, transaction
from app.ids import new_id
from app.touchpoints import scans
from app.touchpoints.actions import add_scans
from app.touchpoints.doors import CodeDoor, find_door, forget_doors
from app.touchpoints.models import QrCode, ScanCount
from app.touchpoints.scans import count_scan, flush_scans
from tests.make import NOON, Chain
from tests.statements import asked

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh(app: Flask) -> Iterator[None]:
    forget_doors()
    flush_scans()
    yield
    flush_scans()


@pytest.fixture
def door(chain: Chain) -> CodeDoor:
    """The first code of the chain."""
    found = find_door(chain.code)
    assert found is not None
    return found


def counts(chain: Chain) -> dict[tuple[UUID, date], tuple[int, datetime]]:
    """What is stored."""
    with reading(chain.organisation_id) as session:
        rows = session.scalars(select(ScanCount))
        return {(row.qr_code_id, row.on): (row.count, row.last_at) for row in rows}


def test_scans_are_counted_by_code_and_day(chain: Chain, door: CodeDoor) -> None:
    for at in (NOON, NOON + 2 * MINUTE, NOON + MINUTE, NOON + timedelta(days=1)):
        _scan(door, now=at)
    flush_scans()

    today, tomorrow = NOON.date(), NOON.date() + timedelta(days=1)
    assert counts(chain) == {
        (door.qr_code_id, today): (3, NOON + 2 * MINUTE),
        (door.qr_code_id, tomorrow): (1, NOON + timedelta(days=1)),
    }


def test_a_second_flush_adds_to_the_first(chain: Chain, door: CodeDoor) -> None:
    for at in (NOON, NOON - MINUTE):
        _scan(door, now=at)
        flush_scans()
    flush_scans()

    assert counts(chain) == {(door.qr_code_id, NOON.date()): (2, NOON)}


def test_a_day_begins_at_midnight_in_utc(chain: Chain, door: CodeDoor) -> None:
    _scan(door, now=datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC))
    _scan(door, now=datetime(2026, 11, 26, 0, 0, 0, tzinfo=UTC))
    flush_scans()
    assert {on: count for (_code, on), (count, _at) in counts(chain).items()} == {
        date(2026, 11, 25): 1,
        date(2026, 11, 26): 1,
    }


def test_counting_a_scan_asks_nothing_of_the_database(app: Flask, door: CodeDoor) -> None:
    with asked() as seen:
        _scan(door, now=NOON)
    assert seen == []


def test_counts_are_stored_by_themselves_after_a_while(
    app: Flask, chain: Chain, door: CodeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "FLUSH_SECONDS", 0.5)
    _scan(door, now=NOON)
    timer = app.extensions["vidhuk_scans"]._timer
    timer.join(20)
    assert counts(chain) == {(door.qr_code_id, NOON.date()): (1, NOON)}


def test_a_failed_flush_keeps_its_counts_and_is_tried_again(
    app: Flask, chain: Chain, door: CodeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the database is away"))

    _scan(door, now=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(scans, "add_scans", broken)
        flush_scans()
    assert counts(chain) == {}
    assert app.extensions["vidhuk_scans"]._timer is not None

    _scan(door, now=NOON + MINUTE)
    flush_scans()
    assert counts(chain) == {(door.qr_code_id, NOON.date()): (2, NOON + MINUTE)}


def test_scans_of_a_code_that_is_gone_do_not_hold_up_the_others(chain: Chain, door: CodeDoor) -> None:
    with transaction(chain.organisation_id) as session:
        add_scans(session, {(new_id(), NOON.date()): (5, NOON), (door.qr_code_id, NOON.date()): (1, NOON)})
    assert counts(chain) == {(door.qr_code_id, NOON.date()): (1, NOON)}


def test_many_rows_are_stored_at_once(chain: Chain, door: CodeDoor) -> None:
    days = [NOON.date() - timedelta(days=n) for n in range(1200)]
    with transaction(chain.organisation_id) as session:
        add_scans(session, {(door.qr_code_id, day): (1, NOON) for day in days})
        add_scans(session, {})
    assert len(counts(chain)) == 1200


def test_a_chain_cannot_count_for_another(chain: Chain, foreign_chain: Chain, door: CodeDoor) -> None:
    with transaction(foreign_chain.organisation_id) as session:
        add_scans(session, {(door.qr_code_id, NOON.date()): (9, NOON)})
    assert counts(chain) == {}
    assert counts(foreign_chain) == {}


def test_scans_from_many_threads_and_chains_add_up(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    doors = [find_door(chain.code), find_door(foreign_chain.code)]

    def scan() -> None:
        with app.app_context():
            for found in doors * 100:
                assert found is not None
                _scan(found, now=NOON)
            flush_scans()

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flush_scans()
    for one in (chain, foreign_chain):
        assert [count for count, _at in counts(one).values()] == [400]


def test_an_orderly_end_stores_what_is_left(chain: Chain, app: Flask, tmp_path: Path) -> None:
    with reading(chain.organisation_id) as session:
        code_id = session.scalars(select(QrCode.id).where(QrCode.code == chain.code)).one()
    program = f"""
from app.factory import create_app
from app.settings import load_settings
from app.touchpoints.doors import find_door
from app.touchpoints.scans import count_scan
from tests.make import NOON
app = create_app(load_settings({{"database_url": {app.config["SQLALCHEMY_DATABASE_URI"]!r},
    "secret_key": "x" * 32, "data_dir": {str(tmp_path)!r}}}))
with app.app_context():
    door = find_door({chain.code!r})
    count_scan(door.organisation_id, door.qr_code_id, now=NOON)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=Path(__file__).parents[2])
    assert counts(chain) == {(code_id, NOON.date()): (1, NOON)}


def _scan(door: CodeDoor, *, now: datetime) -> None:
    count_scan(door.organisation_id, door.qr_code_id, now=now)
