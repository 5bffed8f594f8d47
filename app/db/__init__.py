"""The database: typed rows, scoped sessions, the one commit, claims of work, engines."""

from app.db.claim import Claim, by_organisation, claim, holds, is_free
from app.db.documents import HasItem
from app.db.engine import (
    bring_to,
    connect_database,
    downgrade,
    engine_options,
    migrate,
    prepare_engine,
)
from app.db.insert import add_at_once, add_once, insert_missing, insert_once, insert_row, insert_rows
from app.db.level import applied_migration, known_migrations, missing_migration, newest_migration
from app.db.rows import Base, LeasedRow, OrganisationRow, UtcInstant, belongs_to, one_of
from app.db.search import SearchForm
from app.db.session import (
    OrganisationSession,
    db,
    get_row,
    locking,
    looking_across,
    organisation_of,
    reading,
    snapshot,
    transaction,
    transaction_across,
)

__all__ = [
    "Base",
    "Claim",
    "HasItem",
    "LeasedRow",
    "OrganisationRow",
    "OrganisationSession",
    "SearchForm",
    "UtcInstant",
    "add_at_once",
    "add_once",
    "applied_migration",
    "belongs_to",
    "bring_to",
    "by_organisation",
    "claim",
    "connect_database",
    "db",
    "downgrade",
    "engine_options",
    "get_row",
    "holds",
    "insert_missing",
    "insert_once",
    "insert_row",
    "insert_rows",
    "is_free",
    "known_migrations",
    "locking",
    "looking_across",
    "migrate",
    "missing_migration",
    "newest_migration",
    "one_of",
    "organisation_of",
    "prepare_engine",
    "reading",
    "snapshot",
    "transaction",
    "transaction_across",
]
