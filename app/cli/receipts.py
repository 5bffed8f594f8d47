"""Keys for tills from the command line, and links signed with them, to try a till's settings."""

from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import COMMAND_LINE, AuditDeed
from app.cli.known import in_words, known_organisation
from app.cli.running import running_address
from app.db import OrganisationSession, reading, transaction
from app.errors import Invalid
from app.invitations.actions import create_till_key, till_secret
from app.invitations.queries import keys_of_store
from app.invitations.rules import number_of
from app.invitations.signing import Receipt, signed_path
from app.people.rules import employee_code
from app.stores.models import Store
from app.stores.queries import find_store, stores
from app.web.languages import LANGUAGES
from app.web.settings import settings

till_keys = AppGroup("till-key", help="Keys that tills sign receipt links with.")
receipt_links = AppGroup("receipt-link", help="Links that ask about a receipt.")


@till_keys.command("create")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option("--store", "codes", multiple=True, help="Code of a store; may be repeated.")
@click.option("--all-stores", is_flag=True, help="One key for each store that is open.")
def create_till_key_command(*, slug: str, codes: tuple[str, ...], all_stores: bool) -> None:
    """Make keys for the tills of stores.

    Each is shown once, on a line of its own: store code, key id and secret with tabs between them.
    """
    if all_stores == bool(codes):
        raise click.UsageError("Name stores with --store, or take --all-stores.")
    organisation_id = known_organisation(slug)
    with in_words(), transaction(organisation_id) as session:
        now = clock.now()
        chosen = _open_stores(session) if all_stores else [_store(session, code) for code in codes]
        made = []
        for store in chosen:
            new = create_till_key(session, store.id, settings().secret_key, now=now)
            record_deed(
                session, AuditDeed.TILL_KEY_CREATED, COMMAND_LINE, new.key_id, now=now, store=store.code
            )
            made.append((store.code, new))
    click.echo("Store, key id and secret. The secrets are shown only now:")
    for code, new in made:
        click.echo(f"{code}\t{new.key_id}\t{new.secret}")


@receipt_links.command("sign")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option("--store", "code", required=True, help="Code of a store that has a key.")
@click.option("--number", required=True, help="The receipt's number as printed.")
@click.option("--total", "total_minor", type=click.IntRange(0), help="In the smallest coin: 24990 is 249.90.")
@click.option("--cashier", default="", help="The cashier's code.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=None)
@click.option("--minutes-ago", type=click.IntRange(0), default=0, show_default=True)
def sign_command(*, slug: str, code: str, number: str, cashier: str, **others: int | str | None) -> None:
    """Print the link that a till of the store would print, alone on the last line."""
    organisation_id = known_organisation(slug)
    issued_at = clock.now() - timedelta(minutes=int(others["minutes_ago"] or 0))
    receipt = _receipt(number, cashier, issued_at, others)
    with in_words(), reading(organisation_id) as session:
        store = _store(session, code)
        live = [key for key in keys_of_store(session, store.id) if key.is_live(now=clock.now())]
        if not live:
            command = f"flask till-key create --organisation {slug} --store {store.code}"
            raise click.ClickException(f"{store.code} has no live key: {command}")
        path = signed_path(till_secret(live[0], settings().secret_key), live[0].key_id, receipt)
    click.echo(running_address(settings()) + path)


def _receipt(number: str, cashier: str, issued_at: datetime, others: dict[str, int | str | None]) -> Receipt:
    try:
        total = others["total_minor"]
        return Receipt(
            number=number_of(number),
            issued_at=issued_at,
            total_minor=int(total) if total is not None else None,
            cashier=employee_code(cashier) if cashier else "",
            language=str(others["language"] or ""),
        )
    except Invalid as refusal:
        raise click.BadParameter(f"{dict(refusal.faults)}") from None


def _open_stores(session: OrganisationSession) -> list[Store]:
    listed = [one.code for one in stores(session, None) if not one.retired_at]
    return [_store(session, code) for code in sorted(listed)]


def _store(session: OrganisationSession, code: str) -> Store:
    store = find_store(session, code, None)
    if store is None:
        raise click.BadParameter(f"there is no store {code}.", param_hint="--store")
    return store
