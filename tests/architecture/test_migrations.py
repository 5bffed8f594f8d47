"""Migrations are numbered, go up and down on both databases, and end where the models are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from app import tables
from app.db import Base, downgrade, migrate
from tests import servers

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with servers.postgres_server() as server, server.database(f"migrations_{worker_id}") as url:
        yield url


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """A way to look into it."""
    engine = create_engine(empty_database)
    yield engine
    engine.dispose()


def test_migrations_are_numbered_without_a_gap() -> None:
    names = sorted(path.stem for path in VERSIONS.glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_head_file_names_the_last_one() -> None:
    last = max(path.stem for path in VERSIONS.glob("*.py"))
    assert (VERSIONS.parent / "HEAD").read_text(encoding="utf-8").strip() == last


def test_each_one_is_named_by_its_file_and_follows_the_one_before() -> None:
    before = None
    for path in sorted(VERSIONS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert re.search(r'^revision = "(.*)"', text, re.MULTILINE)[1] == path.stem  # type: ignore[index]
        follows = re.search(r'^down_revision = (?:"(.*)"|None)', text, re.MULTILINE)
        assert follows is not None
        assert follows[1] == before
        before = path.stem


def test_up_down_up_leaves_the_tables_of_the_models(empty_database: str, engine: Engine) -> None:
    migrate(empty_database)
    downgrade(empty_database)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(empty_database)
    made = {table.name for table in tables.ALL}
    assert set(inspect(engine).get_table_names()) == {"alembic_version"} | made


def test_the_models_are_what_the_migrations_made(empty_database: str, engine: Engine) -> None:
    migrate(empty_database)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
