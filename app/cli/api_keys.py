"""Keys of the Open API from the command line: made, listed, revoked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from app import clock
from app.accounts.actions import create_api_key, revoke_api_key
from app.accounts.queries import KeyLine
from app.accounts.queries import api_keys as keys_of_organisation
from app.audit.actions import record_deed
from app.audit.rules import COMMAND_LINE, AuditDeed
from app.cli.known import in_words, known_organisation, known_row
from app.cli.naming import one_line_name
from app.db import OrganisationSession, reading, transaction
from app.errors import NotFound
from app.stores.queries import find_store
from app.web.access import Scope

api_keys = AppGroup("api-key", help="Keys of the Open API.")


@api_keys.command("create")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option(
    "--name",
    required=True,
    callback=one_line_name,
    help="What the key is for, such as the name of the system.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=[scope.value for scope in Scope],
    help="What it may do; may be repeated. Reading and writing unless told otherwise.",
)
@click.option("--store", "stores", multiple=True, help="Code of a store it is limited to; may be repeated.")
@click.option("--expires-days", type=click.IntRange(1, 3650), help="For how many days it is good.")
def create_api_key_command(*, slug: str, name: str, expires_days: int | None, **others: Any) -> None:
    """Make a key of the Open API; it is shown once, alone on the last line."""
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), transaction(organisation_id) as session:
        key = create_api_key(
            session,
            name,
            now=now,
            scopes=[Scope(scope) for scope in others["scopes"]],
            stores=_stores(session, others["stores"]),
            expires_at=now + timedelta(days=expires_days) if expires_days else None,
        )
        record_deed(session, AuditDeed.API_KEY_CREATED, COMMAND_LINE, name, now=now)
    click.echo(f"The key “{name}” is shown only now:\n{key}")


@api_keys.command("list")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
def list_api_keys_command(slug: str) -> None:
    """Show every key: its id, how it ends, what it may do, where, and when it was last used."""
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), reading(organisation_id) as session:
        for key in keys_of_organisation(session):
            click.echo(_in_a_line(key, now))


@api_keys.command("revoke")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.argument("key_id", type=click.UUID)
def revoke_api_key_command(slug: str, key_id: UUID) -> None:
    """End a key for good. KEY_ID is what `flask api-key list` shows first."""
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), transaction(organisation_id) as session:
        try:
            key = revoke_api_key(session, key_id, now=now)
        except NotFound:
            raise click.BadParameter(f"there is no key {key_id}.", param_hint="KEY_ID") from None
        if key.revoked_at == now:
            record_deed(
                session, AuditDeed.API_KEY_REVOKED, COMMAND_LINE, key.name, now=now, subject_id=key_id
            )
    click.echo(f"The key “{key.name}” opens nothing any more.")


def _stores(session: OrganisationSession, codes: Sequence[str]) -> list[UUID]:
    return [known_row("--store", code, find_store(session, code, None)).id for code in codes]


def _in_a_line(key: KeyLine, now: datetime) -> str:
    state = "live" if key.is_live(now) else "revoked" if key.revoked_at else "expired"
    until = f", until {key.expires_at:%Y-%m-%d}" if key.expires_at else ""
    return "  ".join(
        (
            str(key.id),
            f"…{key.hint}",
            f"{state}{until}",
            "+".join(key.scopes),
            ",".join(key.store_codes) or "all stores",
            f"used {key.used_on or 'never'}",
            key.name,
        )
    )
