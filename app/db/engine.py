"""Engines as each database wants them: SQLite durable with early write locks, PostgreSQL with limits."""

from functools import partial
from pathlib import Path
from time import monotonic  # how long a connection has rested is no time of day
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from app.db.search import offer_search
from app.db.session import db
from app.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"
_SQLITE_BUSY_SECONDS = 20
_RESTED_SECONDS = 1.0
_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_POSTGRES_OPTIONS = "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000"


def connect_database(app: Flask, settings: Settings) -> None:
    """Give the application its engine."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    if settings.is_embedded:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for that database. Values of statements never stand in error messages."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": _SQLITE_BUSY_SECONDS},
            "hide_parameters": True,
            "pool_size": 8,
        }
    return {
        "hide_parameters": True,
        "connect_args": {"options": _POSTGRES_OPTIONS, "connect_timeout": 5},
        "pool_size": 8,
        "max_overflow": 4,
        "pool_timeout": 5,
    }


def prepare_engine(engine: Engine) -> None:
    """SQLite: write-ahead log, full durability, real foreign keys, a write lock taken at the beginning.

    PostgreSQL: a connection that has rested is asked whether it still lives before it is used again.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ask_rested, engine))


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision, by default the newest."""
    from alembic.command import upgrade  # noqa: PLC0415 - 7 MiB that no process needs but the one that migrates

    upgrade(_migrations(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Bring the database back to a revision, by default to nothing: every row is lost."""
    from alembic.command import downgrade  # noqa: PLC0415 - see above

    downgrade(_migrations(url), revision)


def bring_to(url: str, revision: str) -> None:
    """Bring a database without rows up or back to a revision: what a migration takes away is lost."""
    migrate(url)
    downgrade(url, revision)


def _migrations(url: str) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    offer_search(connection)
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _note_rest(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["rests_since"] = monotonic()


def _ask_rested(engine: Engine, connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
    """Asking before every use would be a tenth of what storing an answer costs.

    One that was used a second ago can only be dead if whatever is in flight fails at this moment too.
    """
    if monotonic() - entry.info.get("rests_since", monotonic()) < _RESTED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _begin(connection: Connection) -> None:
    # A transaction that will write takes the lock first: upgrading a read lock later can only fail.
    is_write = connection.get_execution_options().get("is_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
