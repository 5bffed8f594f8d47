"""The pages a manager opens first: now, responses, stores."""

from app.insight.views import now, responses, stores
from app.insight.views.skin import pages

__all__ = ["now", "pages", "responses", "stores"]
