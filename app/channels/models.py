"""How each channel of an organisation does: its pace, and when it last worked and failed."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.channels.rules import PATIENCE
from app.db import OrganisationRow


class ChannelState(OrganisationRow):
    """A channel in use. `failing_since` is empty while the last message got through."""

    __tablename__ = "channel_states"

    channel: Mapped[str]
    per_minute: Mapped[int | None]
    free_at: Mapped[datetime | None]
    last_worked_at: Mapped[datetime | None]
    last_failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    is_broken: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("organisation_id", "channel"),)

    def is_down(self, *, now: datetime) -> bool:
        """Whether somebody has to see to it: it failed for good, or has not worked for five minutes."""
        has_lasted = self.failing_since is not None and self.failing_since <= now - PATIENCE
        return self.is_broken or has_lasted
