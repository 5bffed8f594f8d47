"""API keys at the edge: the Authorization header, the organisation it opens, and how far."""

from datetime import datetime
from uuid import UUID

from flask import g, request

from app import clock
from app.accounts.actions import note_key_use
from app.accounts.queries import Key, live_key
from app.audit.rules import Doer
from app.db import looking_across, transaction
from app.errors import Forbidden, NotFound, Unauthenticated, Unreadable
from app.ids import OrganisationId
from app.web.access import Scope

KEY_PREFIX = "vh_"


def check_api_key(scope: Scope) -> None:
    """Let the request in when its bearer key is live and has the scope.

    Raises `Unauthenticated` for a key that is not live, `Forbidden` (``wrong_scope``) for one that may not do
    this, and `Unreadable` (``key_in_address``) where a key stands in the address instead of the header.
    """
    if any(value.startswith(KEY_PREFIX) for _, values in request.args.lists() for value in values):
        raise Unreadable("key_in_address")  # addresses land in logs: that key has to be replaced
    now = clock.now()
    key = _live_key(now)
    g.organisation_id, g.api_key = str(key.organisation_id), key
    if scope not in key.scopes:
        raise Forbidden("wrong_scope")
    if key.used_on != now.date():
        with transaction(key.organisation_id) as session:
            note_key_use(session, key.id, on=now.date())


def current_key() -> Key:
    """The key of this request; raises `Unauthenticated` where there is none."""
    key: Key | None = g.get("api_key")
    if key is None:
        raise Unauthenticated()
    return key


def key_organisation() -> OrganisationId:
    """The organisation of this request's key."""
    return current_key().organisation_id


def key_scope() -> frozenset[UUID] | None:
    """The stores that this request's key is limited to; ``None`` means every store."""
    return current_key().store_ids


def require_key_store(store_id: UUID) -> None:
    """Raise `NotFound` for a store that the key is not good for: it looks as if it were not there."""
    scope = key_scope()
    if scope is not None and store_id not in scope:
        raise NotFound()


def require_whole_organisation() -> None:
    """Raise `Forbidden` (``wrong_scope``) for a key that is limited to stores."""
    if key_scope() is not None:
        raise Forbidden("wrong_scope")


def key_doer() -> Doer:
    """The key as the audit log names it."""
    return Doer(f"API key {current_key().name}")


def _live_key(now: datetime) -> Key:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        with looking_across() as session:
            key = live_key(session, secret, now=now)
        if key:
            return key
    raise Unauthenticated()
