"""``flask doctor``: looks at everything that the product needs and says in words what is wrong."""

import shutil
import smtplib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock
from app.accounts.models import Organisation, SignInThrottle
from app.channels.email.sender import connect
from app.channels.health import channel_troubles
from app.db import (
    OrganisationSession,
    db,
    looking_across,
    missing_migration,
    newest_migration,
    reading,
    transaction,
)
from app.settings import Settings
from app.web.health import alerting_faults
from app.web.settings import settings

Check = Callable[[Settings], str]
_MOST_SKEW = timedelta(seconds=5)
_LEAST_FREE = 0.05
_SQLITE_WANTS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
_POSTGRES_WANTS = {"fsync": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply")}


class Trouble(Exception):
    """Something is wrong; the message says what, and what to do."""


def doctor_command(more: Mapping[str, Check]) -> click.Command:
    """The command, with the checks of the layers above added under their names."""

    @click.command("doctor")
    @with_appcontext
    def doctor() -> None:
        """Check everything from the settings to the alerts, and say what is wrong; exit with 1 then."""
        own = settings()
        found = [_examine(name, check, own) for name, check in {**CHECKS, **more}.items()]
        if not all(found):
            raise SystemExit(1)

    return doctor


def _examine(name: str, check: Check, own: Settings) -> bool:
    try:
        said, is_well = check(own), True
    except Trouble as trouble:
        said, is_well = str(trouble), False
    except (SQLAlchemyError, PoolTimeout) as error:
        said, is_well = f"the database does not answer ({type(error).__name__})", False
    click.echo(f"{'ok   ' if is_well else 'WRONG'} {name:<10} {said}")
    return is_well


def check_settings(own: Settings) -> str:
    """The data folder can be used; the settings themselves were checked before anything started."""
    if own.is_embedded:
        usage = shutil.disk_usage(own.data_dir)
        if usage.free < usage.total * _LEAST_FREE:
            raise Trouble(f"the disk of {own.data_dir} is nearly full ({usage.free // 2**20} MiB left)")
    where = f"embedded, files in {own.data_dir.resolve()}" if own.is_embedded else "external database"
    return f"{where}; links begin with {own.base_url}"


def check_database(_: Settings) -> str:
    """It answers, is migrated as far as this code needs, and can be written to."""
    try:
        with reading(None) as session:
            missing = missing_migration(session)
    except (SQLAlchemyError, PoolTimeout) as error:
        raise Trouble(
            f"it does not answer or was never migrated ({type(error).__name__}): "
            "check DATABASE_URL, then run `flask migrate`"
        ) from None
    if missing:
        raise Trouble(f"it lacks the migration {missing}: run `flask migrate`")
    with transaction(None) as session:
        session.add(SignInThrottle(key="doctor", failures=0))
        session.flush()
        session.rollback()
    return f"{db.engine.dialect.name}, migrated to {newest_migration()}, can be written to"


def check_durability(_: Settings) -> str:
    """What is acknowledged is on the disk: nothing was configured away."""
    with looking_across() as session:
        return _sqlite(session) if db.engine.dialect.name == "sqlite" else _postgres(session)


def check_clock(_: Settings) -> str:
    """Deadlines are instants: the clocks of database and application agree."""
    if db.engine.dialect.name == "sqlite":
        return f"one machine, one clock: {clock.now():%Y-%m-%d %H:%M:%S} UTC"
    before = clock.now()
    with looking_across() as session:
        theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs(theirs.astimezone(UTC) - (before + (clock.now() - before) / 2))
    if skew > _MOST_SKEW:
        raise Trouble(f"database and application differ by {skew.total_seconds():.0f} s: synchronise both")
    return f"database and application differ by {skew.total_seconds() * 1000:.0f} ms"


def check_mail(own: Settings) -> str:
    """The mail server takes our sign-in; nothing is sent."""
    if own.mail_url is None:
        return "no MAIL_URL: letters land on the page Mailbox"
    try:
        with connect(own.mail_url) as server:
            server.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise Trouble(f"the server of MAIL_URL cannot be used: {type(error).__name__}: {error}") from None
    return "the server of MAIL_URL answers"


def check_channels(_: Settings) -> str:
    """Each organisation's bot and provider of SMS can be used; nothing is sent."""
    with reading(None) as session:
        known = [(row.slug, row.id) for row in session.scalars(select(Organisation))]
    found = [
        f"{slug}: {trouble}"
        for slug, organisation_id in sorted(known)
        for trouble in channel_troubles(organisation_id, now=clock.now())
    ]
    if found:
        raise Trouble(" ".join(found))
    return "nothing is wrong with Telegram and SMS where they are connected"


def check_alerting(_: Settings) -> str:
    """Deadlines fire and notifications go out."""
    faults = alerting_faults(clock.now())
    if faults:
        raise Trouble("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
    return "nothing is overdue"


CHECKS: dict[str, Check] = {
    "settings": check_settings,
    "database": check_database,
    "durability": check_durability,
    "clock": check_clock,
    "mail": check_mail,
    "channels": check_channels,
    "alerts": check_alerting,
}


def _sqlite(session: OrganisationSession) -> str:
    found: dict[str, Any] = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in _SQLITE_WANTS}
    wrong = [f"{name} is {found[name]}" for name, wanted in _SQLITE_WANTS.items() if found[name] != wanted]
    damage = session.execute(text("PRAGMA quick_check(1)")).scalar()
    if damage != "ok":
        wrong.append(f"the file is damaged ({damage}): restore a backup")
    if wrong:
        raise Trouble("; ".join(wrong))
    return "write-ahead log, full synchronisation, foreign keys; the file is whole"


def _postgres(session: OrganisationSession) -> str:
    found = {name: session.execute(text(f"SHOW {name}")).scalar() for name in _POSTGRES_WANTS}
    wrong = [f"{name} is {said}" for name, said in found.items() if said not in _POSTGRES_WANTS[name]]
    if wrong:
        raise Trouble(f"{'; '.join(wrong)}: an answer that was acknowledged could be lost")
    return ", ".join(f"{name} {value}" for name, value in found.items())
