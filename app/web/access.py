"""Every route says who may come in; a route that does not say is closed to all."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.errors import Forbidden, Unauthenticated
from app.web.actor import Actor, ActorLoader, Permission

P = ParamSpec("P")
R = TypeVar("R")
_RULES = "vidhuk_access"


class Scope(StrEnum):
    """What an API key may be good for; a route asks for one of them."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Access:
    """A route's rule: open to the world (and why), to members with a permission, to keys of a scope."""

    kind: str
    permission: Permission | None = None
    reason: str = ""
    scope: Scope = Scope.READ


def public(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open to anybody; the reason is for the reader."""
    return _rule(Access("public", reason=reason))


def member(permission: Permission = Permission.SEE) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For signed-in members with the permission."""
    return _rule(Access("member", permission))


def api_key(scope: Scope = Scope.READ) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For holders of a live API key of the organisation that has the scope."""
    return _rule(Access("api_key", scope=scope))


def _rule(access: Access) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The rule of a route, or ``None`` where somebody forgot it."""
    if endpoint.rpartition(".")[2] == "static":
        return Access("public", reason="style sheets and scripts")
    return getattr(app.view_functions[endpoint], "access", None)


def guard_routes(app: Flask, load_actor: ActorLoader, check_api_key: Callable[[Scope], None]) -> None:
    """Enforce the rules before each request."""
    app.extensions[_RULES] = {"member": load_actor, "api_key": check_api_key}
    app.before_request(_enforce)


def current_actor() -> Actor:
    """The member of this request; raises `Unauthenticated` where nobody is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise Unauthenticated()
    return actor


def _enforce() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise Forbidden("no_access_rule")
    if access.kind == "public":
        return None
    if access.kind == "api_key":
        current_app.extensions[_RULES]["api_key"](access.scope)
        return None
    return _enforce_member(access)


def _enforce_member(access: Access) -> AnyResponse | None:
    g.actor = current_app.extensions[_RULES]["member"]()
    if g.actor is None:
        if request.method != "GET" or request.headers.get("X-Fragment"):
            raise Unauthenticated()
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    if access.permission:
        g.actor.require(access.permission)
    return None
