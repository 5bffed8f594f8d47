"""The supervisor's helper: reads the settings and migrates, in a process that ends before the rest begins.

It speaks JSON lines with the supervisor, which stays small by importing nothing of `app`.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app.settings import Settings, load_settings

HEAD = Path(__file__).parents[1] / "migrations" / "HEAD"


def prepare() -> None:
    """Report the settings; when told to go on, with the addresses chosen meanwhile, migrate and report."""
    settings = _settings()
    _report(
        data_dir=str(settings.data_dir.absolute()),
        host=settings.host,
        port=settings.port,
        base_url=settings.configured_base_url,
        redis_url=settings.redis_url,
        is_embedded=settings.is_embedded,
    )
    order = sys.stdin.readline()
    if order:
        os.environ.update(json.loads(order))
        _migrate(_settings())


def _settings() -> Settings:
    try:
        return load_settings()
    except OSError as error:  # the embedded default keeps its key in a file
        raise SystemExit(f"DATA_DIR cannot be used: {error.strerror}: {error.filename}") from None


def _migrate(settings: Settings) -> None:
    """Migrate where it is needed: our own file tells without the second that Alembic takes to load."""
    if not settings.is_embedded or _own(settings, "SELECT version_num FROM alembic_version") != _head():
        _upgrade(settings.database_url)
    # an organisation was never made, or the last one was removed
    needs_demo = settings.is_embedded and _own(settings, "SELECT 'one' FROM organisations LIMIT 1") is None
    _report(needs_demo=needs_demo)


def _upgrade(url: str) -> None:
    from sqlalchemy.exc import OperationalError

    from app.db import migrate

    try:
        migrate(url)
    except OperationalError as error:
        raise SystemExit(f"\nThe database cannot be used: {error.orig}") from None


def _head() -> str:
    return HEAD.read_text(encoding="utf-8").strip()


def _own(settings: Settings, query: str) -> str | None:
    """One value out of the embedded file; ``None`` also when it, or the table, is not there yet."""
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
            row = connection.execute(query).fetchone()
    except sqlite3.OperationalError:
        return None
    return str(row[0]) if row else None


def _report(**facts: object) -> None:
    print(json.dumps(facts), flush=True)
