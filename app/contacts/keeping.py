"""How this installation keeps contacts."""

from app.contacts.actions import Keeping
from app.web.settings import settings


def keeping() -> Keeping:
    """Under the application's secret, for as many days as its settings say."""
    return Keeping(settings().secret_key, settings().contact_retention_days)
