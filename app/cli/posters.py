"""``flask posters export``: printed codes as a PDF file, without a browser."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app import clock
from app.accounts.queries import organisation_language
from app.audit.rules import COMMAND_LINE
from app.cli.known import in_words, known_organisation, known_row
from app.cli.running import running_address
from app.db import OrganisationSession, reading, transaction
from app.errors import Invalid
from app.ids import OrganisationId
from app.printing.actions import BATCH, Order, record_order
from app.printing.press import Press
from app.printing.queries import Edition, Printable, Where, cards, printable
from app.printing.rules import FORMATS, MOST_COPIES, Languages
from app.printing.words import failure_words, file_title
from app.stores.queries import find_region, find_store
from app.web.languages import LANGUAGES
from app.web.settings import settings

commands = AppGroup("posters", help="Printed codes.")


@commands.command("export")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option("--format", "name", type=click.Choice(list(FORMATS)), required=True)
@click.option(
    "--language",
    "languages",
    type=click.Choice(list(LANGUAGES)),
    multiple=True,
    help="May be repeated: the first is printed large. Without it each store's own languages are printed.",
)
@click.option("--store", "store_code", help="Code of the one store to print for.")
@click.option("--region", "region_name", help="Name of the one region to print for.")
@click.option("--copies", type=click.IntRange(1, MOST_COPIES), default=1, show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, metavar="FILE.pdf"
)
def export_command(
    *,
    slug: str,
    name: str,
    languages: Sequence[str],
    store_code: str | None,
    region_name: str | None,
    copies: int,
    out: Path,
) -> None:
    """Write the printed codes of every open store, or of one store or region, into a PDF file."""
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), reading(organisation_id) as session:
        where, place = _where(session, store_code, region_name)
        rows = printable(session, None, where)
        spoken = organisation_language(session, organisation_id)
    if not rows:
        raise click.ClickException("No code there takes answers.")
    chosen = Languages(languages[0] if languages else None, tuple(languages[1:]))
    order = Order(FORMATS[name], chosen, rows, place, spoken, copies)
    _write(out, _pdf(organisation_id, order, now=now))
    with in_words(), transaction(organisation_id) as session:
        record_order(session, order, COMMAND_LINE, now=now)
    pages = order.own.page_count(len(rows) * copies)
    click.echo(f"{out}: {len(rows)} codes, {pages} pages, {out.stat().st_size:,} bytes")


def _where(
    session: OrganisationSession, store_code: str | None, region_name: str | None
) -> tuple[Where, str]:
    """The choice and its name."""
    store = known_row("--store", store_code, find_store(session, store_code, None)) if store_code else None
    region = known_row("--region", region_name, find_region(session, region_name)) if region_name else None
    where = Where(store_id=store.id if store else None, region_id=region.id if region else None)
    names = [row.name for row in (store, region) if row]
    return where, " · ".join(names) or "All stores"


def _pdf(organisation_id: OrganisationId, order: Order, *, now: datetime) -> bytes:
    """The file, telling on standard error how far it is."""
    edition = Edition(order.own, order.languages, running_address(settings()), now)
    title = file_title(order.own, order.place, order.language)
    press = Press(order.own, title=title, language=order.language, copies=order.copies)
    for first in range(0, len(order.rows), BATCH):
        batch: Sequence[Printable] = order.rows[first : first + BATCH]
        try:
            with in_words(), reading(organisation_id) as session:
                press.print(cards(session, batch, edition))
        except Invalid:
            raise click.ClickException(failure_words("long_address")) from None
        print(f"{first + len(batch)} of {len(order.rows)} codes", file=sys.stderr)
    return press.finish()


def _write(out: Path, file: bytes) -> None:
    """The whole file under its name, or nothing."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        draft.write_bytes(file)
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None
