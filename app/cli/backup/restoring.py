"""Restoring: the whole file is checked first, then everything is stored in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, MetaData, Table, bindparam, insert, inspect, select, table

from app.accounts.models import Organisation
from app.audit.actions import record_deed
from app.audit.rules import COMMAND_LINE, AuditDeed
from app.cli.backup.archive import Backup, BackupRefused, Manifest, TableEntry
from app.cli.backup.fence import FENCES, Overdue
from app.cli.backup.fields import TYPES, reader
from app.db import (
    OrganisationSession,
    bring_to,
    db,
    known_migrations,
    looking_across,
    migrate,
    newest_migration,
    reading,
    transaction,
    transaction_across,
)

_AT_ONCE = 500
_LEVEL = "alembic_version"
Tell = Callable[[str], None]


def refuse_what_cannot_be(manifest: Manifest) -> None:
    """Raises `BackupRefused` for a backup that is further on than this version, or a database with rows."""
    if manifest.level not in known_migrations():
        raise BackupRefused(
            f"This backup was made by a newer version of Vidhuk (its database is at {manifest.level}, this "
            f"version knows {newest_migration()}): install that version, then restore."
        )
    filled = list(_filled_tables())
    if filled:
        raise BackupRefused(
            f"The database is not empty ({', '.join(filled[:3])}): restore into a new one. "
            "Nothing was changed."
        )


def examine(backup: Backup, *, now: datetime, tell: Tell) -> Overdue:
    """Read every line, so that nothing is stored of a damaged backup; the promises that are overdue."""
    for entry in backup.manifest.tables:
        for _line in backup.lines(entry):
            tell(entry.name)
    overdue = Overdue()
    for entry in backup.manifest.tables:
        if entry.name in FENCES:
            for row in backup.rows(entry):
                overdue.look(entry.name, row, now)
    return overdue


def load(backup: Backup, *, discards: bool, now: datetime, tell: Tell) -> None:
    """Store everything at the backup's own level, then bring it to this version's."""
    url = db.engine.url.render_as_string(hide_password=False)
    bring_to(url, backup.manifest.level)
    with transaction_across() as session:
        for entry in backup.manifest.tables:
            rows = backup.rows(entry)
            _store(session, entry, _fenced(entry, rows, now) if discards else rows, tell)
    migrate(url)
    _remember(backup.manifest, discards=discards, now=now)


def _filled_tables() -> Iterator[str]:
    with looking_across() as session:
        connection = session.connection()
        for name in inspect(connection).get_table_names():
            if name != _LEVEL and connection.execute(select(1).select_from(table(name)).limit(1)).first():
                yield name


def _fenced(entry: TableEntry, rows: Iterable[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    fence = FENCES.get(entry.name)
    return (fence.discard(row) if fence and fence.is_overdue(row, now) else row for row in rows)


def _store(
    session: OrganisationSession, entry: TableEntry, rows: Iterable[Mapping[str, Any]], tell: Tell
) -> None:
    """Store a table as it was described when the backup was made, not as today's models are."""
    described = Table(
        entry.name, MetaData(), *(Column(name, TYPES[kind]) for name, kind in entry.columns.items())
    )
    statement = insert(described).values({name: bindparam(name) for name in entry.columns})
    readers = {name: reader(kind) for name, kind in entry.columns.items()}
    waiting = iter(rows)
    while batch := [_values(row, readers) for row in islice(waiting, _AT_ONCE)]:
        session.connection().execute(statement, batch)
        for _row in batch:
            tell(entry.name)


def _values(row: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: read(row[name]) if name in row else None for name, read in readers.items()}


def _remember(manifest: Manifest, *, discards: bool, now: datetime) -> None:
    """Every organisation's record says that its rows come from a backup, and from when."""
    with reading(None) as session:
        organisations = session.scalars(select(Organisation.id)).all()
    for organisation_id in organisations:
        with transaction(organisation_id) as session:
            record_deed(
                session,
                AuditDeed.BACKUP_RESTORED,
                COMMAND_LINE,
                f"{manifest.made_at:%Y-%m-%d %H:%M} UTC",
                now=now,
                overdue="discard" if discards else "send",
            )
