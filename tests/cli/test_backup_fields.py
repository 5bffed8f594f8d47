"""Whatever a column holds comes back exactly, in every database."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    insert,
    null,
    select,
    text,
)

from app.cli.backup import restoring, saving
from app.cli.backup.archive import TableEntry
from app.cli.backup.fence import FENCES, INSIDE
from app.cli.backup.fields import Kind, kind_of
from app.db import LeasedRow, UtcInstant, db, snapshot, transaction_across
from app.tables import ALL

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("boolean", Boolean),
    Column("bytes", LargeBinary),
    Column("date", Date),
    Column("decimal", Numeric(20, 4)),
    Column("instant", UtcInstant),
    Column("json", JSON),
    Column("number", Float(53)),
    Column("text", Text),
    Column("uuid", Uuid),
)
ROWS = [
    {
        "id": 1,
        "boolean": True,
        "bytes": bytes(range(256)),
        "date": date(1, 1, 1),
        "decimal": Decimal("-12345678901.2345"),
        "instant": datetime(2026, 11, 25, 12, 0, 0, 1, tzinfo=UTC),
        "json": {"a": [1, 2.5, None, "Ґедзь"], "б": {}},
        "number": 0.1 + 0.2,
        "text": "Zażółć 'gęślą' \"jaźń\"\n👩‍👩‍👧\u2028{}",
        "uuid": UUID("01a2155a-e766-7d64-9272-e381c4366044"),
    },
    {
        "id": 2**53 + 1,
        "boolean": False,
        "bytes": b"",
        "date": date(9999, 12, 31),
        "decimal": Decimal(0),
        "instant": datetime(1970, 1, 1, tzinfo=UTC),
        "json": [],
        "number": 1e300,
        "text": "",
        "uuid": UUID(int=0),
    },
    {"id": 3} | dict.fromkeys(["boolean", "bytes", "date", "decimal", "instant", "number", "text", "uuid"]),
]


@pytest.fixture
def samples(app: Flask) -> Iterator[Table]:
    """A table with a column of every kind."""
    SAMPLES.create(db.engine)
    yield SAMPLES
    SAMPLES.drop(db.engine)


def stored() -> list[tuple[object, ...]]:
    """What the table holds; JSON beside the word that the database keeps."""
    columns = [column for column in SAMPLES.columns if column.name != "json"]
    with snapshot() as session:
        rows = session.execute(select(*columns, text("CAST(json AS TEXT)")).select_from(SAMPLES)).all()
    return sorted((*row[:-1], json.loads(row[-1]) if row[-1] else row[-1]) for row in rows)


@pytest.mark.parametrize("nothing", [null(), JSON.NULL], ids=["no value", "the word null"])
def test_every_kind_comes_back_as_it_was(samples: Table, nothing: object) -> None:
    with transaction_across() as session:
        for row in ROWS:
            session.execute(insert(samples).values({"json": nothing, **row}))
    before = stored()
    with snapshot() as session:
        lines = list(saving._lines(session, samples, lambda _: None))
    with transaction_across() as session:
        session.execute(samples.delete())
        entry = TableEntry(name="samples", columns=saving.columns_of(samples), rows=3, bytes=0, sha256="")
        restoring._store(session, entry, map(json.loads, lines), lambda _: None)
    assert stored() == before
    assert len(before) == 3
    assert ("json" in json.loads(lines[1])) == (nothing is JSON.NULL)


def test_there_is_a_sample_of_every_kind() -> None:
    assert {kind_of(column) for column in SAMPLES.columns} == set(Kind)


def test_every_column_of_the_product_has_a_kind() -> None:
    assert {kind_of(column) for table in ALL for column in table.columns} <= set(Kind)


def test_an_instant_that_forgets_its_zone_has_none() -> None:
    with pytest.raises(LookupError):
        kind_of(Column("at", DateTime))


def test_every_promise_is_fenced_or_stays_inside() -> None:
    promises = {kind.__tablename__ for kind in LeasedRow.__subclasses__()}
    assert set(FENCES) | INSIDE == promises
    assert not set(FENCES) & INSIDE


def test_what_a_fence_names_is_there() -> None:
    tables = {table.name: table.columns for table in ALL}
    for name, fence in FENCES.items():
        named = {*fence.marks, "due_at", *([fence.spares[0]] if fence.spares else [])}
        assert named <= set(tables[name].keys())
