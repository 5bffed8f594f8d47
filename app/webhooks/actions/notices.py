"""The owners hear by mail of an endpoint that is no longer sent to."""

from datetime import datetime

from app.accounts.queries import owners
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.channels.email.sender import Email
from app.db import OrganisationSession, insert_once
from app.events import Event
from app.webhooks.letters import compose_notice
from app.webhooks.models import EndpointNotice


def queue_notices(session: OrganisationSession, event: Event) -> None:
    """On `endpoint.disabled`: one mail to each owner."""
    for owner in owners(session):
        insert_once(
            session,
            EndpointNotice,
            ["organisation_id", "endpoint_id", "membership_id", "disabled_at"],
            endpoint_id=event.subject_id,
            membership_id=owner.id,
            disabled_at=event.at,
            due_at=event.at,
        )


def send_due_endpoint_notices(base_url: str, *, now: datetime, limit: int = 5) -> int:
    """Send what is due, of any organisation; how many were taken."""

    def compose(session: OrganisationSession, notice: EndpointNotice) -> Email | None:
        return compose_notice(session, notice, base_url)

    def mark(_: OrganisationSession, notice: EndpointNotice, outcome: Outcome, why: str) -> None:
        notice.sent_at = now if outcome is Outcome.SENT else None
        notice.failure = why or None

    return deliver_due(Delivery(EndpointNotice, compose, mark), now=now, limit=limit)
