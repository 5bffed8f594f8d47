"""The servers of the tests are real, shared and gone afterwards."""

import os
import socket
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from sqlalchemy import make_url

from tests import servers


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A plain connection to a database of these tests."""
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False))


def test_a_database_can_be_cloned_from_a_template() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    with servers.postgres_server() as server, server.database(f"model_{worker}") as model:
        with connect(model) as connection:
            connection.execute("CREATE TABLE stores (name text)")
            connection.execute("INSERT INTO stores VALUES ('Ґанок')")
        connection.close()
        with (
            server.database(f"copy_{worker}", template=f"model_{worker}") as copy,
            connect(copy) as connection,
        ):
            assert connection.execute("SELECT lower(name) FROM stores").fetchone() == ("ґанок",)


def test_two_uses_in_one_run_share_a_server() -> None:
    with servers.postgres_server() as first, servers.postgres_server() as second:
        assert first.base_url == second.base_url


def test_the_server_does_not_run_as_root() -> None:
    with servers.postgres_server() as server, connect(server.base_url) as connection:
        pids = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert pids is not None
        status = Path(f"/proc/{pids[0]}/status")
        if not status.exists():
            pytest.skip("another machine's server, or no /proc")
        uids = next(
            line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("Uid:")
        )
        assert "0" not in uids.split()[1:]


def test_redis_answers_on_a_private_socket_and_leaves_nothing_behind() -> None:
    with servers.redis_server() as url:
        client = Redis.from_url(url)
        assert client.set("shop", "open")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        client.close()
    path = url.removeprefix("unix://")
    assert not Path(path).parent.exists()
    with socket.socket(socket.AF_UNIX) as probe, pytest.raises(FileNotFoundError):
        probe.connect(path)


def test_without_a_server_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_SERVERS_REQUIRED", raising=False)
    monkeypatch.setattr(servers, "find_postgres", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="TEST_DATABASE_URL"), servers.postgres_server():
        pass
