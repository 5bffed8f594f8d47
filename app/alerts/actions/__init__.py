"""Changing alerts: they open, the clock runs, people handle them, the shopper talks."""

from app.alerts.actions.clock import fire_due_timers, fire_steps_of
from app.alerts.actions.handling import (
    acknowledge_alert,
    dismiss_alert,
    log_call,
    note_on_alert,
    reply_to_shopper,
    resolve_alert,
)
from app.alerts.actions.opening import (
    follow_completion,
    open_for_comment,
    open_for_rating,
    reconsider_rating,
)
from app.alerts.actions.release import release_alerts
from app.alerts.actions.thread import confirm_seen, send_due_replies, shopper_writes

__all__ = [
    "acknowledge_alert",
    "confirm_seen",
    "dismiss_alert",
    "fire_due_timers",
    "fire_steps_of",
    "follow_completion",
    "log_call",
    "note_on_alert",
    "open_for_comment",
    "open_for_rating",
    "reconsider_rating",
    "release_alerts",
    "reply_to_shopper",
    "resolve_alert",
    "send_due_replies",
    "shopper_writes",
]
