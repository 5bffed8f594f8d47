"""What templates may use beside their own values."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask_babel import format_date, format_datetime, format_time
from jinja2 import StrictUndefined

from app import clock
from app.text import first_graphemes
from app.web.assets import serve_assets
from app.web.banners import use_banners
from app.web.languages import LANGUAGES, request_language
from app.web.navigation import use_navigation
from app.web.settings import settings
from app.web.themes import request_theme


def prepare_templates(app: Flask) -> None:
    """Filters and values for every page; an unknown name in a template is an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        local_time=local_time,
        local_clock=local_clock,
        local_date=local_date,
        first_graphemes=first_graphemes,
    )
    app.context_processor(_values)
    serve_assets(app)
    use_navigation(app)
    use_banners(app)


def local_time(at: datetime, zone: str) -> str:
    """Date and time to the minute, in a store's zone and the reader's language."""
    return str(format_datetime(at.astimezone(ZoneInfo(zone)), "d MMM, HH:mm", rebase=False))


def local_date(day: date) -> str:
    """A day in the reader's language, with its year."""
    return str(format_date(day, "d MMM y"))


def local_clock(at: datetime, zone: str) -> str:
    """The time of day to the minute, in a store's zone."""
    return str(format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", rebase=False))


def _values() -> dict[str, object]:
    return {
        "actor": g.get("actor"),
        "person": g.get("person"),
        "language": request_language(),
        "languages": LANGUAGES,
        "theme": request_theme(),
        "now": clock.now(),
        "has_mailbox": settings().has_mailbox,
    }
