"""All of it or nothing, one at a time, and instants that know their zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from app.accounts.models import Organisation
from app.db import db, engine_options, get_row, locking, reading, transaction
from app.errors import Unavailable
from app.responses.models import Response
from app.stores.models import Region, Store
from tests.make import NOON, Chain, make_response, response_of, rows_of
from tests.together import together

ON_SQLITE = pytest.mark.parametrize("session_app", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("session_app", ["postgres"], indirect=True)


def test_what_fails_leaves_nothing_behind(chain: Chain) -> None:
    with pytest.raises(ZeroDivisionError):
        _break_off(chain)
    assert "North" not in {region.name for region in rows_of(chain, Region)}


def _break_off(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        session.add(Region(name="North"))
        session.flush()
        raise ZeroDivisionError


def test_a_look_stores_nothing(chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        session.add(Region(name="North"))
        session.flush()
    assert "North" not in {region.name for region in rows_of(chain, Region)}


@pytest.mark.parametrize("inner", [transaction, reading])
def test_nothing_opens_inside_a_transaction(chain: Chain, inner: type) -> None:
    with transaction(chain.organisation_id) as session:
        session.add(Region(name="North"))
        with pytest.raises(RuntimeError), inner(chain.organisation_id):
            pass
    assert "North" in {region.name for region in rows_of(chain, Region)}


def test_an_instant_without_its_zone_is_refused(chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).retired_at = datetime(2026, 11, 25, 12)  # noqa: DTZ001
        with pytest.raises(StatementError):
            session.flush()


def test_an_instant_comes_back_in_utc(chain: Chain) -> None:
    kyiv = timezone(timedelta(hours=2))
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).retired_at = NOON.astimezone(kyiv)
    with reading(chain.organisation_id) as session:
        found = get_row(session, Store, chain.store_id).retired_at
    assert found == NOON
    assert found is not None
    assert found.tzinfo == UTC


def test_those_who_change_a_locked_row_wait_for_each_other(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 0)

    def add_one() -> None:
        with transaction(chain.organisation_id) as session:
            row = session.scalars(locking(select(Response).where(Response.key == key))).one()
            row.rating += 1

    assert together(app, [add_one] * 8) == [None] * 8
    assert response_of(chain, key).rating == 8


@ON_POSTGRES
def test_a_locked_row_can_still_be_referred_to(app: Flask, chain: Chain) -> None:
    """Otherwise two people at work on one alert could wait for each other in a circle."""
    with transaction(chain.organisation_id) as session:
        session.scalars(locking(select(Store).where(Store.id == chain.store_id))).one()
        assert not isinstance(together(app, [lambda: make_response(chain, 2)])[0], Exception)


@ON_SQLITE
def test_the_writers_of_a_process_do_not_wait_for_ever(
    app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.session._QUEUE_SECONDS", 0.1)
    with transaction(chain.organisation_id):
        assert isinstance(together(app, [lambda: make_response(chain, 2)])[0], Unavailable)


def test_values_do_not_stand_in_the_messages_of_errors(chain: Chain) -> None:
    """They would land in logs: comments, contacts."""
    with reading(None) as session:
        session.add(Organisation(slug=chain.slug, name="Ірина +380671234567", created_at=NOON))
        with pytest.raises(IntegrityError) as caught:
            session.flush()
    assert "Ірина" not in str(caught.value)


@ON_SQLITE
def test_sqlite_keeps_its_promises(app: Flask) -> None:
    with db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@ON_POSTGRES
def test_postgresql_keeps_its_promises(app: Flask) -> None:
    with db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("timezone", "statement_timeout", "lock_timeout")
        }
    assert found == {"timezone": "UTC", "statement_timeout": "15s", "lock_timeout": "5s"}


def test_the_engine_waits_for_locks_only_so_long() -> None:
    assert engine_options("sqlite:///x")["connect_args"]["timeout"] <= 20
    assert "lock_timeout" in engine_options("postgresql+psycopg://x")["connect_args"]["options"]
