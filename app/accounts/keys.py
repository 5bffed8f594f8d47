"""API keys at the edge: the Authorization header, and the organisation it opens."""

from flask import g, request

from app.accounts.models import ApiKey
from app.accounts.queries import active_key
from app.db import organisation_of, reading
from app.errors import Unauthenticated, Unreadable
from app.ids import OrganisationId, digest

KEY_PREFIX = "vh_"


def check_api_key() -> None:
    """Let the request in when its bearer key is live; raises `Unauthenticated` otherwise.

    A key in the address instead of the header raises `Unreadable` (``key_in_address``).
    """
    if any(value.startswith(KEY_PREFIX) for value in request.args.values()):
        raise Unreadable("key_in_address")  # addresses land in logs: that key has to be replaced
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    organisation_id = organisation_of(ApiKey.secret_digest, digest(key)) if key else None
    if scheme.lower() != "bearer" or organisation_id is None:
        raise Unauthenticated()
    with reading(organisation_id) as session:
        if active_key(session, key) is None:
            raise Unauthenticated()
    g.organisation_id = organisation_id


def key_organisation() -> OrganisationId:
    """The organisation of this request's key."""
    organisation_id: OrganisationId = g.organisation_id
    return organisation_id
