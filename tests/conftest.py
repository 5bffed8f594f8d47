"""What every test may ask for: the application on SQLite and on PostgreSQL, and its fixed cast."""

import contextlib
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.accounts.passwords import passwords
from app.db import Base, db, migrate, transaction
from app.factory import create_app
from app.settings import Settings
from tests import servers
from tests.fakes import Hands, MailServer
from tests.fakes_channels import SmsServer, Telegram
from tests.make import NOON, SECRET, Chain, make_chain

_OF_NO_ORGANISATION = [it for it in Base.metadata.sorted_tables if "organisation_id" not in it.c]
LOOPBACK = {"allow_private_targets": (ip_network("127.0.0.0/8"),)}


class Browser(FlaskClient):
    """A browser whose requests share nothing but its cookies.

    Inside the context of a test Flask would lend every request the same ``g``: who signed in, which language.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request that begins with nothing remembered."""
        vars(g._get_current_object()).clear()
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """The right cost would make every sign-in of every test wait."""
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.sqlite3'}"
    migrate(url)
    return url


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """A migrated database of this worker's own on a real PostgreSQL."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(servers.postgres_server())
        url = stack.enter_context(server.database(f"vidhuk_{worker_id}"))
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis-compatible server."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def session_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, once for each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    app = create_app(make_settings(url, tmp_path_factory.mktemp("data")))
    yield app
    with app.app_context():
        db.engine.dispose()


def make_settings(url: str, data_dir: Path, **others: object) -> Settings:
    """Settings as the tests like them."""
    given = {"database_url": url, "secret_key": SECRET, "data_dir": data_dir, **others}
    return Settings.model_validate(given)


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application inside its context, on empty tables; what the test stored is deleted after it."""
    session_app.config["WTF_CSRF_ENABLED"] = False
    session_app.test_client_class = Browser
    with session_app.app_context():
        yield session_app
        db.session.remove()
        with transaction(None) as session:
            session.is_across = True
            # What an organisation has goes with it, the deeds, too, which nobody can delete otherwise.
            session.execute(text("DELETE FROM organisations"))
            for table in reversed(_OF_NO_ORGANISATION):
                session.execute(text(f'DELETE FROM "{table.name}"'))


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clock of the edges stands still at noon of the cast's Wednesday; a test moves its hands."""
    hands = Hands(NOON)
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def mail_server(app: Flask) -> Iterator[MailServer]:
    """A real SMTP server, in the place of the mailbox."""
    own = app.config["VIDHUK"]
    with MailServer() as server:
        app.config["VIDHUK"] = own.model_copy(update={"mail_url": server.url})
        yield server
    app.config["VIDHUK"] = own


@pytest.fixture
def telegram(app: Flask) -> Iterator[Telegram]:
    """A Bot API on this machine, in the place of Telegram's."""
    with Telegram() as server, _settings(app, telegram_api_url=server.url, **LOOPBACK):
        yield server


@pytest.fixture
def sms_server(app: Flask) -> Iterator[SmsServer]:
    """A gateway of SMS on this machine, which may be spoken to."""
    with SmsServer() as server, _settings(app, **LOOPBACK):
        yield server


@contextlib.contextmanager
def _settings(app: Flask, **changes: object) -> Iterator[None]:
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update=changes)
    yield
    app.config["VIDHUK"] = own


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of nobody in particular."""
    return app.test_client()


@pytest.fixture
def chain(app: Flask) -> Chain:
    """The chain that most tests are about."""
    return make_chain()


@pytest.fixture
def foreign_chain(app: Flask) -> Chain:
    """Another chain, whose rows nobody of the first may see."""
    return make_chain("stranger")
