"""The same write sent twice has one effect: the first answer is kept beside it, and given again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.api.models import IdempotentCall
from app.db import OrganisationSession, get_row, insert_once
from app.errors import Conflict
from app.vault import seal, unseal

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Call:
    """A write that may be repeated: whose it is, the caller's name for it, and the digest of all it says."""

    api_key_id: UUID
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a write is answered with."""

    status: int
    content: str
    is_replayed: bool = False


def reply_once(
    session: OrganisationSession, call: Call, make: Callable[[], Reply], *, secret: str, now: datetime
) -> Reply:
    """The reply of `make`, or the one that the same call got before.

    Of two at the same instant the second waits for the first. What `make` refuses undoes everything, so a
    refusal is not kept. Raises `Conflict` (``idempotency_key_reused``) for another call under the same key.
    """
    row_id = insert_once(
        session,
        IdempotentCall,
        ["organisation_id", "api_key_id", "key"],
        api_key_id=call.api_key_id,
        key=call.key,
        fingerprint=call.fingerprint,
        created_at=now,
    )
    if row_id is None:
        return _kept(session, call, secret)
    reply = make()
    row = get_row(session, IdempotentCall, row_id)
    row.status, row.answer_sealed = reply.status, seal(secret, _purpose(row_id), reply.content)
    return reply


def forget_old_calls(session: OrganisationSession, *, now: datetime) -> int:
    """Delete what was kept for a day, in all organisations; how many there were."""
    gone = session.scalars(
        delete(IdempotentCall)
        .where(IdempotentCall.created_at <= now - KEPT)
        .returning(IdempotentCall.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _kept(session: OrganisationSession, call: Call, secret: str) -> Reply:
    row = session.scalars(
        select(IdempotentCall).where(
            IdempotentCall.api_key_id == call.api_key_id, IdempotentCall.key == call.key
        )
    ).one()
    if row.fingerprint != call.fingerprint:
        raise Conflict("idempotency_key_reused")
    assert row.status is not None
    assert row.answer_sealed is not None
    return Reply(row.status, unseal(secret, _purpose(row.id), row.answer_sealed), is_replayed=True)


def _purpose(row_id: UUID) -> str:
    return f"idempotent-call/{row_id}"
