"""The file of a backup: a zip of JSON lines, a file for each table, and a manifest that vouches for them."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, ValidationError

from app.cli.backup.fields import Kind
from app.ids import purpose_key

FORMAT = 1
_MANIFEST, _SEAL = "manifest.json", "manifest.hmac"
_FOLDER = "tables"
_SPOILT = (BadZipFile, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)


class BackupRefused(Exception):
    """A backup that cannot be made or used; the message says why, and what to do."""


class TableEntry(BaseModel):
    """A table in a backup: what its columns hold, and how its lines can be recognised."""

    model_config = ConfigDict(frozen=True)

    name: str
    columns: Mapping[str, Kind]
    rows: int
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup is: when and from what it was made, whose key it needs, its tables in their order."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: datetime
    level: str
    database: str
    key: str
    tables: tuple[TableEntry, ...]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(table.rows for table in self.tables)


def key_fingerprint(secret: str) -> str:
    """Tells one SECRET_KEY from another, and nothing else about it."""
    return purpose_key(secret, "backup/fingerprint").hex()[:16]


def new_archive(path: Path) -> ZipFile:
    """An archive to be written."""
    return ZipFile(path, "w", ZIP_DEFLATED, compresslevel=6)


def write_table(
    archive: ZipFile, name: str, columns: Mapping[str, Kind], lines: Iterable[bytes]
) -> TableEntry:
    """Write a table line by line, so that memory does not grow with it."""
    rows = size = 0
    digest = hashlib.sha256()
    with archive.open(_place(name), "w", force_zip64=True) as file:
        for line in lines:
            file.write(line)
            digest.update(line)
            rows += 1
            size += len(line)
    return TableEntry(name=name, columns=columns, rows=rows, bytes=size, sha256=digest.hexdigest())


def seal(archive: ZipFile, manifest: Manifest, secret: str) -> None:
    """Write the manifest, and beside it the proof that it was made with this key."""
    text = manifest.model_dump_json(indent=1).encode()
    archive.writestr(_MANIFEST, text)
    archive.writestr(_SEAL, _proof(secret, text))


@dataclass(frozen=True, slots=True)
class Backup:
    """An open backup whose manifest was made with our key."""

    archive: ZipFile
    manifest: Manifest

    def lines(self, table: TableEntry) -> Iterator[bytes]:
        """The rows of a table as they were written; raises `BackupRefused` where they are not."""
        rows = size = 0
        digest = hashlib.sha256()
        with _in_words(table.name), self.archive.open(_place(table.name)) as file:
            for line in file:
                digest.update(line)
                rows += 1
                size += len(line)
                yield line
        if (rows, size, digest.hexdigest()) != (table.rows, table.bytes, table.sha256):
            raise BackupRefused(f"The table {table.name} is not as it was written: use another backup.")

    def rows(self, table: TableEntry) -> Iterator[dict[str, Any]]:
        """The same, read; a column without a value is not among the keys."""
        return map(json.loads, self.lines(table))


@contextmanager
def open_backup(path: Path, secret: str) -> Iterator[Backup]:
    """A backup to be read; raises `BackupRefused` for what is none, or was made with another key."""
    with _in_words(path.name):
        archive = ZipFile(path)
    with archive:
        yield Backup(archive, _manifest(archive, secret))


def _manifest(archive: ZipFile, secret: str) -> Manifest:
    with _in_words(_MANIFEST):
        text, proof = archive.read(_MANIFEST), archive.read(_SEAL).decode("ascii")
        found = json.loads(text)
    if found.get("format") != FORMAT:
        raise BackupRefused("This backup has a format that this version does not know: install a newer one.")
    own = key_fingerprint(secret)
    if found.get("key") != own:
        raise BackupRefused(
            f"This backup was made with another SECRET_KEY (its fingerprint is {found.get('key')}, that of "
            f"this installation {own}). Without that key no contact could be read and no private link would "
            "open: set the key that belongs to the backup, then restore."
        )
    if not hmac.compare_digest(proof, _proof(secret, text)):
        raise BackupRefused("The manifest was changed after the backup was made: use another backup.")
    try:
        return Manifest.model_validate(found)
    except ValidationError:
        raise BackupRefused("The manifest cannot be read: use another backup.") from None


def _place(name: str) -> str:
    return f"{_FOLDER}/{name}.jsonl"


def _proof(secret: str, text: bytes) -> str:
    return hmac.digest(purpose_key(secret, "backup/manifest"), text, hashlib.sha256).hex()


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Whatever a damaged file makes the libraries say is one sentence."""
    try:
        yield
    except _SPOILT as error:
        raise BackupRefused(
            f"{what} cannot be read ({type(error).__name__}): the file is damaged, cut off or no backup."
        ) from None
