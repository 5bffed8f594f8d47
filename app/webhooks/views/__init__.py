"""The pages of webhooks: endpoints, and the log of what was delivered to them."""

from app.webhooks.views import deliveries, endpoints
from app.webhooks.views.skin import pages

__all__ = ["deliveries", "endpoints", "pages"]
