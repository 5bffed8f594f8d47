"""Connecting a provider of SMS."""

from datetime import datetime

from app.channels.actions import begin_anew, forget_channel
from app.channels.sms import NAME
from app.channels.sms.models import SmsGateway
from app.channels.sms.queries import find_gateway, purpose_of
from app.channels.sms.template import Template
from app.db import OrganisationSession
from app.ids import new_id
from app.vault import seal


def connect_gateway(
    session: OrganisationSession,
    template: Template,
    new_secret: str | None,
    *,
    secret: str,
    per_minute: int | None,
    now: datetime,
) -> None:
    """Send SMS by this request from now on. Without a new secret (``None``) the one before it is kept."""
    row = find_gateway(session) or SmsGateway(id=new_id(), connected_at=now)
    row.url, row.method, row.kind = template.url, template.method, template.kind
    row.headers, row.body = template.headers, template.body
    row.success_path, row.success_pattern = template.path, template.pattern
    if new_secret is not None:
        row.secret_sealed = seal(secret, purpose_of(row), new_secret) if new_secret else None
    session.add(row)
    session.flush()
    begin_anew(session, NAME, per_minute)


def disconnect_gateway(session: OrganisationSession) -> None:
    """Forget the provider and its secret."""
    known = find_gateway(session)
    if known:
        session.delete(known)
        forget_channel(session, NAME)
