"""What every page says first: trouble that endangers the promise, as the layers above know of it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g, request

from app.web.actor import Actor


@dataclass(frozen=True, slots=True)
class Banner:
    """One sentence of what is wrong, and the page where something can be done, if the reader may."""

    words: str
    path: str | None = None


Find = Callable[[Actor], list[Banner]]
_finders: dict[str, Find] = {}


def add_banners(name: str, find: Find) -> None:
    """Register what may have to be said to a member; a layer above does this once."""
    _finders[name] = find


def use_banners(app: Flask) -> None:
    """Look before each page of a member, so that a page may be rendered inside any transaction."""
    app.before_request(_look)
    app.context_processor(lambda: {"banners": g.get("banners", [])})


def _look() -> None:
    actor: Actor | None = g.get("actor")
    if actor and not request.headers.get("X-Fragment"):
        g.banners = [banner for find in _finders.values() for banner in find(actor)]
