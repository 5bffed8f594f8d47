"""Pages of notifications: how a member gets them, and the page that a link in one opens."""

from app.notifications.views.personal import pages as personal_pages
from app.notifications.views.take import pages as take_pages

__all__ = ["personal_pages", "take_pages"]
