"""Stores from a table and back into one, from the command line."""

from typing import BinaryIO

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from app import clock
from app.audit.rules import COMMAND_LINE
from app.cli.known import in_words, known_organisation
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.ids import OrganisationId
from app.stores.imports import words
from app.stores.imports.actions import Order, apply_plan
from app.stores.imports.columns import is_heading
from app.stores.imports.plan import Change, Fault, Outcome, Plan, plan_import
from app.stores.imports.queries import chain_before, rows_of
from app.stores.imports.reader import ENCODINGS, FILE_BYTES, BadSheet, Sheet, read_sheet
from app.stores.imports.writer import write_stores, write_template
from app.stores.queries import EVERY_STORE
from app.web.languages import LANGUAGES

SHOWN_MOST = 50

stores = AppGroup("stores", help="Stores from a table, and back into one.")
_organisation = click.option("--organisation", "slug", required=True, help="The organisation's slug.")
_language = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Of all texts."
)


@stores.command("import")
@_organisation
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Import without asking.")
@click.option("--good-rows", is_flag=True, help="Leave refused rows out and import the others.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Of the file; found by itself otherwise.")
@_language
def import_command(*, slug: str, file: BinaryIO, language: str, encoding: str | None, **how: bool) -> None:
    """Make and change stores as the CSV FILE says: all of it, or nothing at all."""
    organisation_id = known_organisation(slug)
    with in_words(), force_locale(language):
        sheet = _read(file, encoding or "")
        with reading(organisation_id) as session:
            plan = _plan(session, sheet)
        _report(plan)
        if plan.of(Outcome.REFUSED) and not how["good_rows"]:
            raise click.ClickException("nothing was imported. Correct the file, or use --good-rows.")
        if how["dry_run"] or not plan.of(Outcome.NEW, Outcome.CHANGED):
            return
        if not how["yes"]:
            click.confirm("Import?", abort=True)
        _apply(organisation_id, sheet, Order(plan.mark, COMMAND_LINE, file.name, how["good_rows"]))
    click.echo("Imported.")


@stores.command("export")
@_organisation
@_language
@click.option("--output", type=click.File("wb"), default="-", help="The file to write; standard output else.")
def export_command(slug: str, language: str, output: BinaryIO) -> None:
    """Write every store as the CSV table that the import reads."""
    with in_words(), reading(known_organisation(slug)) as session:
        output.write(write_stores(rows_of(session, None, EVERY_STORE), language))


@stores.command("template")
@_language
@click.option("--output", type=click.File("wb"), default="-", help="The file to write; standard output else.")
def template_command(language: str, output: BinaryIO) -> None:
    """Write the table to fill in, with two stores that are made up."""
    output.write(write_template(language))


def _read(file: BinaryIO, encoding: str) -> Sheet:
    try:
        return read_sheet(file.read(FILE_BYTES + 1), is_heading, encoding)
    except BadSheet as refusal:
        raise click.ClickException(words.sheet_words(refusal)) from None


def _plan(session: OrganisationSession, sheet: Sheet, *, lock: bool = False) -> Plan:
    try:
        return plan_import(sheet, chain_before(session, LANGUAGES, None, lock=lock))
    except BadSheet as refusal:
        raise click.ClickException(words.sheet_words(refusal)) from None


def _apply(organisation_id: OrganisationId, sheet: Sheet, order: Order) -> None:
    try:
        with transaction(organisation_id) as session:
            apply_plan(session, _plan(session, sheet, lock=True), order, now=clock.now())
    except (Conflict, Invalid, IntegrityError):
        raise click.ClickException(
            "the stores have changed meanwhile; nothing was imported. Run it again."
        ) from None


def _report(plan: Plan) -> None:
    counts = plan.counts
    sign = words.SEPARATOR_NAMES[plan.sheet.separator]
    click.echo(f"{len(plan.rows)} rows, {words.ENCODING_NAMES[plan.sheet.encoding]}, separator {sign}")
    click.echo(", ".join(f"{outcome} {counts[outcome]}" for outcome in Outcome))
    for label, names in (
        ("new regions", plan.new_regions),
        ("columns left out", plan.unknown),
        ("columns that new stores would need", [words.column_name(column) for column in plan.missing]),
    ):
        if names:
            click.echo(f"{label}: {', '.join(names[:SHOWN_MOST])}")
    if plan.point_count:
        click.echo(f"new touchpoints: {plan.point_count}")
    _report_rows(plan)


def _report_rows(plan: Plan) -> None:
    refused = [
        f"  row {fault.row}, {words.fault_column(fault) or '-'}: {words.row_words(fault)}{_quoted(fault)}"
        for fault in plan.faults
    ]
    changed = [
        f"  row {row.row}, {row.code}: {'; '.join([*map(_change, row.changes), *_points(row.points)])}"
        for row in plan.of(Outcome.CHANGED)
    ]
    for label, lines in (("refused", refused), ("changed", changed)):
        if lines:
            click.echo("\n".join([f"{label}:", *lines[:SHOWN_MOST]]))
        if len(lines) > SHOWN_MOST:
            click.echo(f"  and {len(lines) - SHOWN_MOST} more")


def _quoted(fault: Fault) -> str:
    return f" [{fault.text}]" if fault.is_quoted else ""


def _change(change: Change) -> str:
    name, before, after = words.change_words(change)
    return f"{name}: {before} -> {after}"


def _points(names: tuple[str, ...]) -> list[str]:
    return [f"new touchpoints: {', '.join(names)}"] if names else []
