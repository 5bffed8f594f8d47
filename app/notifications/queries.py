"""What became of notifications."""

from uuid import UUID

from sqlalchemy import func, select

from app.db import OrganisationSession
from app.notifications.models import Notification
from app.notifications.rules import NotificationState


def step_reached_somebody(session: OrganisationSession, timer_id: UUID) -> bool:
    """Whether a step's message was sent to anybody, or still may be."""
    statement = select(func.count()).where(
        Notification.timer_id == timer_id,
        Notification.state.in_((NotificationState.SENT, NotificationState.PENDING)),
    )
    return bool(session.scalar(statement))
