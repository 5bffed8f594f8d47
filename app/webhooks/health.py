"""What operators see of webhooks: how much waits, and how attempts end."""

from app.web.health import add_counter, due_rows, watch_work
from app.webhooks.models import EndpointNotice, WebhookDelivery
from app.webhooks.queries import attempts_by_outcome


def watch_webhooks() -> None:
    """Let the metrics know of them. A receiver that is down endangers no alert, so no check does."""
    watch_work("webhook", due_rows(WebhookDelivery))
    watch_work("endpoint_notice", due_rows(EndpointNotice))
    add_counter("webhook_attempts", "Attempts to deliver, by how they ended.", "outcome", attempts_by_outcome)
