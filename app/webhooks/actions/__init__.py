"""Changing webhooks: endpoints are set up, events become deliveries, attempts end."""

from app.webhooks.actions.deliveries import (
    forget_old_deliveries,
    promise_deliveries,
    replay_deliveries,
    replay_delivery,
    send_test_event,
)
from app.webhooks.actions.endpoints import (
    EndpointDraft,
    change_endpoint,
    create_endpoint,
    enable_endpoint,
    pause_endpoint,
    remove_endpoint,
    rotate_secret,
)
from app.webhooks.actions.notices import queue_notices, send_due_endpoint_notices

__all__ = [
    "EndpointDraft",
    "change_endpoint",
    "create_endpoint",
    "enable_endpoint",
    "forget_old_deliveries",
    "pause_endpoint",
    "promise_deliveries",
    "queue_notices",
    "remove_endpoint",
    "replay_deliveries",
    "replay_delivery",
    "rotate_secret",
    "send_due_endpoint_notices",
    "send_test_event",
]
