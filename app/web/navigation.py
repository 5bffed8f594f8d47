"""The dashboard's navigation: its pages, and counts that the layers above register."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g, request
from flask_babel import gettext as _

from app.web.actor import Actor, Permission
from app.web.settings import settings

Count = Callable[[Actor], int]
_counts: dict[str, Count] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation; on phones only the first ones stand in the bar, the rest under "More"."""

    name: str
    path: str
    label: str
    is_first: bool
    is_current: bool


def add_count(name: str, count: Count) -> None:
    """Let an entry carry a number, counted for the member who looks; a layer above registers it once."""
    _counts[name] = count


def use_navigation(app: Flask) -> None:
    """Count before each page of a member, so that a page may be rendered inside any transaction."""
    app.before_request(_count)
    app.context_processor(lambda: {"navigation": navigation, "counts": g.get("counts", {})})


def navigation() -> list[Entry]:
    """Every entry in its order, in the reader's language."""
    pages = [
        ("now", "/", _("Now"), True),
        ("responses", "/responses", _("Responses"), True),
        ("stores", "/stores", _("Stores"), True),
        ("alerts", "/alerts", _("Alerts"), False),
        ("touchpoints", "/touchpoints", _("Touchpoints"), False),
        ("surveys", "/surveys", _("Surveys"), False),
        ("policies", "/settings/policies", _("Policies"), False),
        ("people", "/people", _("People"), False),
    ]
    pages.append(("notifications", "/settings/notifications", _("My notifications"), False))
    if _may(Permission.EDIT_SETTINGS):
        pages.append(("channels", "/settings/channels", _("Channels"), False))
        pages.append(("webhooks", "/settings/webhooks", _("Webhooks"), False))
        pages.append(("receipts", "/settings/receipts", _("Receipt links"), False))
        pages.append(("model", "/settings/model", _("Model"), False))
    if _may(Permission.EDIT_TEAM):
        pages.append(("team", "/team", _("Team"), False))
    if _may(Permission.SEE_AUDIT):
        pages.append(("audit", "/settings/audit", _("Audit log"), False))
    if _may(Permission.EDIT_SETTINGS):
        pages.append(("api_keys", "/settings/api-keys", _("API keys"), False))
    if settings().has_mailbox:
        pages.append(("mailbox", "/mailbox", _("Mailbox"), False))
    return [Entry(name, path, label, first, _is_current(path)) for name, path, label, first in pages]


def _may(permission: Permission) -> bool:
    actor: Actor | None = g.get("actor")
    return actor is not None and actor.may(permission)


def _is_current(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(f"{path}/"))


def _count() -> None:
    actor: Actor | None = g.get("actor")
    if actor and not request.headers.get("X-Fragment"):
        g.counts = {name: count(actor) for name, count in _counts.items()}
