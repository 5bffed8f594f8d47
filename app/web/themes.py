"""Light, dark, or as the system says: kept in a cookie, rendered by the server, so that nothing flashes."""

from flask import request

THEMES = ("auto", "light", "dark")
COOKIE = "theme"


def request_theme() -> str:
    """The theme that this browser asked for; the system's own when it asked for nothing known."""
    wish = request.cookies.get(COOKIE, "")
    return wish if wish in THEMES else "auto"
