"""The provider through which the organisation's SMS go."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.channels.sms.template import Kind, Template
from app.db import OrganisationRow, one_of


class SmsGateway(OrganisationRow):
    """How the provider wants to be asked. Only the secret is kept sealed; the rest is shown on its page."""

    __tablename__ = "sms_gateways"

    url: Mapped[str]
    method: Mapped[str]
    kind: Mapped[str]
    headers: Mapped[str]
    body: Mapped[str]
    success_path: Mapped[str]
    success_pattern: Mapped[str]
    secret_sealed: Mapped[str | None]
    connected_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organisation_id"), one_of("kind", list(Kind)))

    @property
    def template(self) -> Template:
        """The request as it was written."""
        return Template(
            url=self.url,
            method=self.method,
            kind=Kind(self.kind),
            headers=self.headers,
            body=self.body,
            path=self.success_path,
            pattern=self.success_pattern,
        )
