"""Finding invitations by receipt or id, and the keys of tills."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.db import OrganisationSession, locking
from app.errors import NotFound
from app.invitations.models import Invitation, ReceiptTerms, TillKey
from app.invitations.rules import USUAL_LIFE_DAYS, Kind
from app.stores.models import Store
from app.text import clean_line, reference_key

# A receipt's one name: its store, what it is, and the one form of its number.
ReceiptKey = tuple[UUID, str, str]
KEYS_SHOWN = 300


def find_invitation(session: OrganisationSession, invitation_id: UUID | None) -> Invitation | None:
    """The invitation of that id, or ``None``."""
    return session.get(Invitation, (session.scope(), invitation_id)) if invitation_id else None


def find_by_receipt(
    session: OrganisationSession, store_id: UUID, number: str, kind: Kind = Kind.RECEIPT
) -> Invitation | None:
    """The invitation of a receipt, however its number is spelt."""
    return session.scalar(_of_receipts([(store_id, kind, reference_key(number))]))


def lock_by_receipts(
    session: OrganisationSession, keys: Collection[ReceiptKey]
) -> dict[ReceiptKey, Invitation]:
    """The invitations of many receipts, locked in one order, as they are now."""
    found: dict[ReceiptKey, Invitation] = {}
    listed = sorted(keys, key=str)
    for first in range(0, len(listed), _AT_ONCE):
        statement = _of_receipts(listed[first : first + _AT_ONCE]).order_by(Invitation.id)
        rows = session.scalars(locking(statement))
        found.update({(row.store_id, row.kind, row.number_key): row for row in rows})
    return found


def life_of_links(session: OrganisationSession) -> timedelta:
    """For how long after a purchase the organisation takes answers about it."""
    return timedelta(days=session.scalar(select(ReceiptTerms.life_days)) or USUAL_LIFE_DAYS)


def find_till_key(session: OrganisationSession, key_id: str) -> TillKey | None:
    """The key of that name, live or not."""
    return session.scalar(select(TillKey).where(TillKey.key_id == key_id))


def get_till_key(session: OrganisationSession, key_id: str) -> TillKey:
    """As `find_till_key`; raises `NotFound`."""
    key = find_till_key(session, key_id)
    if key is None:
        raise NotFound()
    return key


def till_keys(session: OrganisationSession, search: str = "") -> list[tuple[TillKey, Store]]:
    """The first 300 keys with their stores, by the store's code; `search` is in its code or name."""
    statement = select(TillKey, Store).join(Store, Store.id == TillKey.store_id)
    if words := clean_line(search):
        is_like = [column.icontains(words, autoescape=True) for column in (Store.code, Store.name)]
        statement = statement.where(is_like[0] | is_like[1] | (TillKey.key_id == words.upper()))
    rows = session.execute(statement.order_by(Store.code, TillKey.created_at.desc()).limit(KEYS_SHOWN))
    return [(key, store) for key, store in rows]


def keys_of_store(session: OrganisationSession, store_id: UUID) -> list[TillKey]:
    """A store's keys, newest first."""
    return list(
        session.scalars(
            select(TillKey).where(TillKey.store_id == store_id).order_by(TillKey.created_at.desc())
        )
    )


def _of_receipts(keys: Collection[ReceiptKey]) -> Select[Invitation]:
    named = tuple_(Invitation.store_id, Invitation.kind, Invitation.number_key)
    return select(Invitation).where(named.in_(keys))


_AT_ONCE = 1000
