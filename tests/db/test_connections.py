"""Connections that died while they rested are replaced before anybody notices."""

import pytest
from flask import Flask
from sqlalchemy import text

from app.db import db, engine, reading
from tests.make import Chain


@pytest.mark.parametrize("session_app", ["postgres"], indirect=True)
def test_a_connection_that_died_at_rest_is_not_used(
    app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_RESTED_SECONDS", 0.0)
    _end_all_connections_but_one()
    with reading(None) as session:
        assert session.scalar(text("SELECT 1").execution_options(is_stamped=True)) == 1
    db.engine.dispose()  # whatever else died there is nobody's to find


def _end_all_connections_but_one() -> None:
    """As a restart of PostgreSQL does it, while they rest in the pool."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with db.engine.connect() as busy:
        with db.engine.connect() as resting:
            resting.execute(text("SELECT 1"))
        ended = busy.execute(text(f"{others} AND datname = current_database()")).all()
    assert ended
