"""Every event by name. Public ones are webhook types too, in the same words."""

from enum import StrEnum


class EventName(StrEnum):
    """What can happen, as ``noun.past_participle``."""

    RESPONSE_RECEIVED = "response.received"
    RESPONSE_CORRECTED = "response.corrected"
    RESPONSE_COMPLETED = "response.completed"
    RESPONSE_CLASSIFIED = "response.classified"
    ALERT_OPENED = "alert.opened"
    ALERT_NOTIFIED = "alert.notified"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_ANSWERED = "alert.answered"
    ALERT_BREACHED = "alert.breached"
    ALERT_RESOLVED = "alert.resolved"
    ALERT_CLOSED = "alert.closed"
    ALERT_REOPENED = "alert.reopened"
    SHOPPER_WROTE = "shopper.wrote"
    REPLY_WRITTEN = "reply.written"
    TRIAL_REQUESTED = "trial.requested"
    DELIVERY_PROMISED = "delivery.promised"
    ENDPOINT_DISABLED = "endpoint.disabled"
    MEMBER_INVITED = "member.invited"
    MEMBER_CHANGED = "member.changed"
    PRINT_RUN_ORDERED = "print_run.ordered"


PUBLIC = frozenset(
    {
        EventName.RESPONSE_RECEIVED,
        EventName.RESPONSE_CLASSIFIED,
        EventName.ALERT_OPENED,
        EventName.ALERT_ACKNOWLEDGED,
        EventName.ALERT_ANSWERED,
        EventName.ALERT_BREACHED,
        EventName.ALERT_CLOSED,
    }
)
