"""What the pages of accounts share."""

from urllib.parse import urlsplit

from flask import Blueprint, g, render_template

from app.accounts.rules import Role, Team
from app.text import clean_line
from app.web.actor import Actor

pages = Blueprint("accounts", __name__, template_folder="../templates")


def safe_path(wish: str | None) -> str:
    """A path on this very site, or the first page: never another host, whatever the spelling."""
    text = wish or ""
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    is_plain = not any(sign in text for sign in "\\\t\r\n") and clean_line(text) == text
    return text if is_ours and is_plain else "/"


def team_of(actor: Actor) -> Team:
    """Whom this member may manage."""
    return Team(Role(actor.role), actor.store_ids)


def link_over(language: str | None = None) -> tuple[str, int]:
    """The page behind a link that opens nothing: used, too old or never there look alike."""
    if language:
        g.default_language = language
    return render_template("accounts/link_over.html"), 404
