"""What became of notifications, and what people have said about getting them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.alerts.models import Alert
from app.alerts.rules import OPEN_STATES
from app.db import OrganisationSession
from app.notifications.models import LinkCode, Notification, PersonalAddress, PersonalSettings, Trial
from app.notifications.rules import NotificationState

_HOPEFUL = (NotificationState.SENT, NotificationState.PENDING)


def step_reached_somebody(session: OrganisationSession, timer_id: UUID) -> bool:
    """Whether a step's message was sent to anybody, or still may be."""
    statement = select(func.count()).where(
        Notification.timer_id == timer_id, Notification.state.in_(_HOPEFUL)
    )
    return bool(session.scalar(statement))


def was_reached_otherwise(session: OrganisationSession, notification: Notification) -> bool:
    """Whether the person has got this step's message by another channel."""
    statement = select(func.count()).where(
        Notification.timer_id == notification.timer_id,
        Notification.membership_id == notification.membership_id,
        Notification.state == NotificationState.SENT,
        Notification.id != notification.id,
    )
    return bool(session.scalar(statement))


def channels_used(session: OrganisationSession, timer_id: UUID, membership_id: UUID) -> set[str]:
    """The channels by which a person is or was to hear of a step."""
    statement = select(Notification.channel).where(
        Notification.timer_id == timer_id, Notification.membership_id == membership_id
    )
    return set(session.scalars(statement))


def people_of_step(session: OrganisationSession, timer_id: UUID) -> list[UUID]:
    """Everybody who is or was to hear of a step."""
    statement = select(Notification.membership_id).where(Notification.timer_id == timer_id).distinct()
    return sorted(session.scalars(statement))


def unreached_alerts(session: OrganisationSession, *, since: datetime) -> list[Alert]:
    """Open alerts of which nobody could be told when it was last tried, since then, by number."""
    later = aliased(Notification)
    was_tried_with_hope = exists().where(
        later.alert_id == Notification.alert_id,
        later.created_at >= Notification.created_at,
        later.state.in_(_HOPEFUL),
    )
    failed = select(Notification.alert_id).where(
        Notification.state == NotificationState.FAILED,
        Notification.created_at > since,
        ~was_tried_with_hope,
    )
    statement = select(Alert).where(Alert.state.in_(OPEN_STATES), Alert.id.in_(failed))
    return list(session.scalars(statement.order_by(Alert.number)))


def find_settings(session: OrganisationSession, membership_id: UUID) -> PersonalSettings | None:
    """What a member has said; ``None`` for one who has said nothing."""
    return session.scalar(select(PersonalSettings).where(PersonalSettings.membership_id == membership_id))


def addresses(session: OrganisationSession, membership_id: UUID) -> dict[str, PersonalAddress]:
    """Where a member is reached, by channel."""
    rows = session.scalars(select(PersonalAddress).where(PersonalAddress.membership_id == membership_id))
    return {row.channel: row for row in rows}


def owners_of_address(session: OrganisationSession, channel: str, address: str) -> list[PersonalAddress]:
    """Every member who is reached at this address: a phone may be shared."""
    statement = select(PersonalAddress).where(
        PersonalAddress.channel == channel, PersonalAddress.address == address
    )
    return list(session.scalars(statement.order_by(PersonalAddress.since)))


def find_code(session: OrganisationSession, code_digest: str) -> LinkCode | None:
    """The link code of that digest, used or not."""
    return session.scalar(select(LinkCode).where(LinkCode.code_digest == code_digest))


def trials(session: OrganisationSession, membership_id: UUID) -> dict[str, Trial]:
    """The last test message by each channel."""
    rows = session.scalars(select(Trial).where(Trial.membership_id == membership_id))
    return {row.channel: row for row in rows}
