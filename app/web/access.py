"""Every route says who may come in; a route that does not say is closed to all."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.errors import Forbidden, Unauthenticated
from app.web.actor import Actor, Permission, Person, PersonLoader

P = ParamSpec("P")
R = TypeVar("R")
_RULES = "vidhuk_access"


class Scope(StrEnum):
    """What an API key may be good for; a route asks for one of them."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Access:
    """A route's rule: open to the world (and why), to whoever is signed in, to members, or to API keys."""

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


def signed_in() -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For whoever is signed in, whether or not an organisation has been chosen."""
    return _rule(Access("signed_in"))


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


def guard_routes(app: Flask, load_person: PersonLoader, check_api_key: Callable[[Scope], None]) -> None:
    """Enforce the rules before each request."""
    app.extensions[_RULES] = {"person": load_person, "api_key": check_api_key}
    app.before_request(_enforce)


def current_actor() -> Actor:
    """The member of this request; raises `Unauthenticated` where nobody is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise Unauthenticated()
    return actor


def current_person() -> Person:
    """Whoever is signed in; raises `Unauthenticated` where nobody is."""
    person: Person | None = g.get("person")
    if person is None:
        raise Unauthenticated()
    return person


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
    return _enforce_person(access)


def _enforce_person(access: Access) -> AnyResponse | None:
    person: Person | None = current_app.extensions[_RULES]["person"]()
    g.person, g.actor = person, person.actor if person else None
    if person is None or not (person.actor or person.organisation_count):
        return _turn_to("accounts.sign_in")
    if access.kind == "signed_in":
        return None
    if person.actor is None:
        return _turn_to("accounts.organisations")
    if access.permission:
        person.actor.require(access.permission)
    return None


def _turn_to(door: str) -> AnyResponse:
    """Send a look to the door first and then back here; anything else ends here."""
    if request.method != "GET" or request.headers.get("X-Fragment"):
        raise Unauthenticated()
    return redirect(url_for(door, next=request.full_path.rstrip("?")), 303)
