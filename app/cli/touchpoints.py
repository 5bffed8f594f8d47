"""Touchpoints for many stores at once, from the command line."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from app import clock
from app.audit.rules import COMMAND_LINE
from app.cli.known import in_words, known_organisation, known_row
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.stores.queries import StoreFilter, find_region, find_store
from app.stores.rules import StoreKind
from app.surveys.queries import surveys
from app.touchpoints.template import Template, TemplatePlan, apply_template, plan_template, read_names

touchpoints = AppGroup("touchpoints", help="Touchpoints for many stores at once.")


@touchpoints.command("template")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option("--name", "names", multiple=True, required=True, help="A touchpoint's name; may be repeated.")
@click.option("--survey", help="Name of the survey that new ones ask; the first one otherwise.")
@click.option("--store", "codes", multiple=True, help="Code of a store; may be repeated.")
@click.option("--region", help="Only stores of this region.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in StoreKind]), help="Only stores of this kind."
)
@click.option("--country", default="", help="Only stores of this country, such as UA.")
@click.option("--label", default="", help="Only stores with this label.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--yes", is_flag=True, help="Make them without asking.")
def template_command(slug: str, *, names: Sequence[str], dry_run: bool, yes: bool, **which: Any) -> None:
    """Make touchpoints of these names in every open store, or in those that the options choose."""
    organisation_id = known_organisation(slug)
    with in_words(), reading(organisation_id) as session:
        plan = _plan(session, names, which)
    click.echo(f"{len(plan.stores)} stores, {plan.count} touchpoints to make, {plan.existing} there already")
    if dry_run or not plan.count:
        return
    if not yes:
        click.confirm("Make them?", abort=True)
    try:
        with in_words(), transaction(organisation_id) as session:
            now_plan = _plan(session, names, which)
            made = apply_template(session, now_plan, plan.mark, COMMAND_LINE, now=clock.now())
    except Conflict:
        raise click.ClickException("the stores have changed meanwhile; nothing was made.") from None
    click.echo(f"{made} touchpoints made, each with its code.")


def _plan(session: OrganisationSession, names: Sequence[str], which: dict[str, Any]) -> TemplatePlan:
    region = which["region"]
    wanted = StoreFilter(
        store_ids=_store_ids(session, which["codes"]),
        region_id=known_row("--region", region, find_region(session, region)).id if region else None,
        kind=which["kind"] or "",
        country=which["country"].upper(),
        label=which["label"],
    )
    return plan_template(session, None, wanted, _template(session, names, which["survey"]))


def _template(session: OrganisationSession, names: Sequence[str], survey: str | None) -> Template:
    known = sorted(surveys(session), key=lambda row: row.id)
    asked = next((row for row in known if survey in (None, row.name)), None)
    try:
        return Template(read_names("\n".join(names)), known_row("--survey", survey or "survey", asked).id)
    except Invalid as refusal:
        raise click.BadParameter(next(iter(refusal.faults.values())), param_hint="--name") from None


def _store_ids(session: OrganisationSession, codes: Sequence[str]) -> frozenset[UUID] | None:
    if not codes:
        return None
    return frozenset(known_row("--store", code, find_store(session, code, None)).id for code in codes)
