"""Making a backup: every table in one snapshot, row by row, into a file that is there whole or not at all."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from app.cli.backup.archive import (
    FORMAT,
    BackupRefused,
    Manifest,
    key_fingerprint,
    new_archive,
    seal,
    write_table,
)
from app.cli.backup.fields import Kind, kind_of, selected, speaker
from app.db import OrganisationSession, applied_migration, newest_migration, snapshot
from app.tables import ALL

_AT_ONCE = 500
Tell = Callable[[str], None]


def save(path: Path, secret: str, *, now: datetime, tell: Tell) -> Manifest:
    """Back the whole database up into a new file that only its owner can read.

    Others go on writing meanwhile: the backup is of the instant at which it began. Raises `BackupRefused`.
    """
    with _new_file(path) as draft, new_archive(draft) as archive, snapshot() as session:
        manifest = Manifest(
            format=FORMAT,
            made_at=now,
            level=_level(session),
            database=session.get_bind().dialect.name,
            key=key_fingerprint(secret),
            tables=tuple(
                write_table(archive, table.name, columns_of(table), _lines(session, table, tell))
                for table in ALL
            ),
        )
        seal(archive, manifest, secret)
    return manifest


def columns_of(table: Table) -> Mapping[str, Kind]:
    """What each column of a table holds."""
    return {column.name: kind_of(column) for column in table.columns}


def _lines(session: OrganisationSession, table: Table, tell: Tell) -> Iterator[bytes]:
    """The rows as lines, oldest key first: rows that refer to earlier ones of their table come after them."""
    fields = [(column.name, kind_of(column)) for column in table.columns]
    speakers = [(name, speaker(kind)) for name, kind in fields]
    chosen = [selected(table.columns[name], kind) for name, kind in fields]
    statement = select(*chosen).order_by(*table.primary_key.columns)
    with session.connection().execute(statement, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows:
            tell(table.name)
            pairs = zip(speakers, row, strict=True)
            yield _line({name: speak(value) for (name, speak), value in pairs if value is not None})


def _line(spoken: Mapping[str, Any]) -> bytes:
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _level(session: OrganisationSession) -> str:
    applied = applied_migration(session)
    if applied != newest_migration():
        raise BackupRefused(
            f"The database is at {applied}, this version of Vidhuk at {newest_migration()}: make the backup "
            "with the version that serves, or run `flask migrate` first."
        )
    return applied


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """A draft beside the file, which becomes the file at the end; nothing that exists is overwritten."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    if path.exists():
        raise BackupRefused(f"{path} exists already: choose another name.")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
