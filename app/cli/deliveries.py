"""`flask deliveries`: what was sent to endpoints, and sending it again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import click
from flask.cli import with_appcontext

from app import clock
from app.audit.rules import COMMAND_LINE
from app.cli.known import in_words, known_organisation
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, NotFound
from app.webhooks.actions import replay_deliveries, replay_delivery
from app.webhooks.models import WebhookEndpoint
from app.webhooks.queries import Wanted, deliveries_page, endpoints
from app.webhooks.rules import KEPT, DeliveryState

_MOST = 1000
_AGO = timedelta(hours=24)


def _instant(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
    """An instant with its zone, or a day in UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write it like 2026-11-25 or 2026-11-25T14:00+02:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


organisation = click.option("--organisation", "slug", required=True, help="The organisation's slug.")
endpoint_option = click.option("--endpoint", help="The id or the host of one endpoint; all unless told.")
since_option = click.option(
    "--since",
    callback=_instant,
    help="From when on, such as 2026-11-25T14:00Z; for 24 hours unless told.",
)


@click.group("deliveries")
def commands() -> None:
    """What was sent to webhook endpoints."""


@commands.command("list")
@organisation
@endpoint_option
@since_option
@click.option(
    "--state", type=click.Choice([state.value for state in DeliveryState]), help="Only those in this state."
)
@with_appcontext
def list_command(slug: str, endpoint: str | None, since: datetime | None, state: str | None) -> None:
    """Show deliveries, newest first: when, state, event, attempts, last result, endpoint, id."""
    organisation_id, since = known_organisation(slug), since or clock.now() - _AGO
    with in_words(), reading(organisation_id) as session:
        urls = {one.id: one.url for one in _chosen(session, endpoint)}
        only = next(iter(urls)) if endpoint else None
        wanted = Wanted(only, DeliveryState(state) if state else None, since=since)
        rows, more = deliveries_page(session, wanted, before=None, limit=_MOST)
    for row in rows:
        result = row.last_status or row.last_reason or "-"
        shown = (f"{row.created_at:%Y-%m-%dT%H:%M:%SZ}", row.state, row.type, row.attempt_count, result)
        click.echo("\t".join(str(part) for part in (*shown, urls[row.endpoint_id], row.id)))
    if more:
        click.echo(f"Only the newest {_MOST} are shown.", err=True)


@commands.command("replay")
@organisation
@endpoint_option
@since_option
@click.option("--id", "delivery_id", type=click.UUID, help="This one delivery, whatever its state.")
@with_appcontext
def replay_command(slug: str, endpoint: str | None, since: datetime | None, delivery_id: UUID | None) -> None:
    """Send again what was given up or held back; receivers know repeats by their id."""
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), transaction(organisation_id) as session:
        if delivery_id:
            _replay_one(session, delivery_id, now=now)
            return
        for one in _chosen(session, endpoint):
            _replay_all(session, one, since=max(since or now - _AGO, now - KEPT), now=now)


def _replay_one(session: OrganisationSession, delivery_id: UUID, *, now: datetime) -> None:
    try:
        replay_delivery(session, delivery_id, doer=COMMAND_LINE, now=now)
    except NotFound:
        raise click.ClickException(f"There is no delivery {delivery_id}.") from None
    except Conflict:
        raise click.ClickException("Its endpoint is disabled: enable it first.") from None
    click.echo("1 delivery is sent again.")


def _replay_all(
    session: OrganisationSession, endpoint: WebhookEndpoint, *, since: datetime, now: datetime
) -> None:
    try:
        count = replay_deliveries(session, endpoint.id, since=since, doer=COMMAND_LINE, now=now)
    except Conflict:
        click.echo(f"{endpoint.url}: disabled, enable it first.")
        return
    click.echo(f"{endpoint.url}: {count} sent again.")


def _chosen(session: OrganisationSession, named: str | None) -> list[WebhookEndpoint]:
    found = endpoints(session)
    if named is None:
        return found
    meant = [one for one in found if named in (str(one.id), one.url, one.host)]
    if not meant:
        raise click.BadParameter(f"there is no endpoint {named}.", param_hint="--endpoint")
    if len(meant) > 1:
        raise click.BadParameter(f"{named} means several; name one by its id.", param_hint="--endpoint")
    return meant
