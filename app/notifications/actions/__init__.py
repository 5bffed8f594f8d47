"""Changing notifications: they are queued and sent; people say how they want to get them, and try it."""

from app.notifications.actions.personal import (
    create_link_code,
    link_chat,
    save_preferences,
    unlink_address,
    unlink_chat,
)
from app.notifications.actions.sending import (
    queue_notifications,
    send_due_notifications,
    suppress_history,
)
from app.notifications.actions.trials import request_trial, send_due_trials

__all__ = [
    "create_link_code",
    "link_chat",
    "queue_notifications",
    "request_trial",
    "save_preferences",
    "send_due_notifications",
    "send_due_trials",
    "suppress_history",
    "unlink_address",
    "unlink_chat",
]
