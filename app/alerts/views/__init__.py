"""The manager's alerts, the policies behind them, and the shopper's return page."""

from app.alerts.views.alerts import pages as alert_pages
from app.alerts.views.policies import pages as policy_pages
from app.alerts.views.return_page import pages as return_pages

__all__ = ["alert_pages", "policy_pages", "return_pages"]
