"""How far a database is migrated, against how far this code needs it."""

from functools import cache

from sqlalchemy import ColumnClause, column, func, select, table

from app.db.engine import MIGRATIONS
from app.db.session import OrganisationSession


def missing_migration(session: OrganisationSession) -> str | None:
    """The newest migration of this code while the database lacks it, else ``None``.

    A database that is further on is no fault: during an upgrade the processes of the old version still serve.
    """
    return newest_migration() if applied_migration(session) < newest_migration() else None


def applied_migration(session: OrganisationSession) -> str:
    """The name of the migration that the database is at; empty for none. Needs the table of migrations."""
    number: ColumnClause[str] = column("version_num")
    return session.scalar(select(func.max(number)).select_from(table("alembic_version", number))) or ""


@cache
def known_migrations() -> tuple[str, ...]:
    """The names of every migration that this code knows, oldest first."""
    return tuple(sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


@cache
def newest_migration() -> str:
    """The name of this code's newest migration; names begin with their number."""
    return (MIGRATIONS / "HEAD").read_text(encoding="utf-8").strip()
