"""The organisation's provider, and its secret where it is needed."""

from sqlalchemy import select

from app.channels.sms.models import SmsGateway
from app.db import OrganisationSession
from app.vault import unseal


def find_gateway(session: OrganisationSession) -> SmsGateway | None:
    """The provider that is connected."""
    return session.scalar(select(SmsGateway))


def secret_of(gateway: SmsGateway, secret: str) -> str:
    """The provider's secret, empty when there is none; raises ``InvalidToken`` under another secret key."""
    return unseal(secret, purpose_of(gateway), gateway.secret_sealed) if gateway.secret_sealed else ""


def purpose_of(gateway: SmsGateway) -> str:
    """What the secret is sealed for: this very row."""
    return f"sms/{gateway.id}"
