"""How Alembic reaches the database: the address comes from the caller, one migration run at a time."""

from alembic import context
from sqlalchemy import create_engine, event, pool, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app import tables
from app.db import Base, prepare_engine

_LOCK = 8_147_301


def run(url: str) -> None:
    """Migrate in one transaction, under an advisory lock so that two deployments cannot collide."""
    engine = create_engine(url, poolclass=pool.NullPool)
    prepare_engine(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _let_references_wait)
    with engine.connect().execution_options(is_write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text("SET statement_timeout = '10min'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            assert not broken, f"references that lead nowhere: {broken[:3]}"
        connection.commit()


def _let_references_wait(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """SQLite changes a table by copying it: meanwhile references to it must not fire. They are checked after."""
    connection.cursor().execute("PRAGMA foreign_keys=OFF")


assert tables.ALL
run(context.config.attributes["url"])
