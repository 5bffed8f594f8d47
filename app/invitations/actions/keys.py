"""The keys that tills sign with: made, rotated, revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession, insert_once
from app.errors import Conflict, Invalid
from app.ids import new_key_id
from app.invitations.models import ReceiptTerms, TillKey
from app.invitations.points import points_for
from app.invitations.queries import get_till_key, keys_of_store
from app.invitations.rules import MOST_LIFE_DAYS, Kind
from app.vault import seal, unseal

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key with its secret, which is shown once."""

    key_id: str
    secret: str


def create_till_key(
    session: OrganisationSession, store_id: UUID, secret_key: str, *, now: datetime
) -> NewKey:
    """A further key for a store's tills. The secret is returned once and kept sealed."""
    points_for(session, {(store_id, Kind.RECEIPT)}, now=now)
    secret, made = secrets.token_urlsafe(SECRET_BYTES), None
    key_id = ""
    while made is None:
        key_id = new_key_id()
        made = insert_once(
            session,
            TillKey,
            ["key_id"],
            store_id=store_id,
            key_id=key_id,
            secret_sealed=seal(secret_key, _purpose(key_id), secret),
            created_at=now,
        )
    return NewKey(key_id, secret)


def rotate_till_key(
    session: OrganisationSession, key_id: str, overlap: timedelta, secret_key: str, *, now: datetime
) -> NewKey:
    """A new key in the place of the store's others: links signed with those are taken for `overlap` more.

    Raises `Conflict` (``already_revoked``) for a key that is not live.
    """
    old = get_till_key(session, key_id)
    if not old.is_live(now=now):
        raise Conflict("already_revoked")
    for key in keys_of_store(session, old.store_id):
        until = key.valid_until or now + overlap
        key.valid_until = min(until, now + overlap)
    session.flush()
    return create_till_key(session, old.store_id, secret_key, now=now)


def revoke_till_key(session: OrganisationSession, key_id: str, *, now: datetime) -> None:
    """Take no link signed with the key any more, from this moment on."""
    key = get_till_key(session, key_id)
    key.revoked_at = key.revoked_at or now


def till_secret(key: TillKey, secret_key: str) -> str:
    """The secret of a key; raises ``InvalidToken`` when the installation has another secret key by now."""
    return unseal(secret_key, _purpose(key.key_id), key.secret_sealed)


def change_life(session: OrganisationSession, days: int) -> None:
    """For how long after a purchase answers are taken; links that were minted keep their own end."""
    if not 1 <= days <= MOST_LIFE_DAYS:
        raise Invalid(faults={"life_days": "out_of_range"})
    insert_once(session, ReceiptTerms, ["organisation_id"], life_days=days)
    session.scalars(select(ReceiptTerms)).one().life_days = days


def _purpose(key_id: str) -> str:
    return f"till-key/{key_id}"
