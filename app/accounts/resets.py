"""Passwords: forgotten ones, changed ones. Whoever asks learns nothing about who has an account."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from app.accounts.actions import count_try
from app.accounts.models import (
    AccountLetter,
    Membership,
    Organisation,
    PasswordRequest,
    PasswordReset,
    User,
)
from app.accounts.passwords import passwords
from app.accounts.rules import RESET_LASTS, LetterKind, password_fault, reset_pause_seconds
from app.accounts.sign_ins import end_sign_ins
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, looking_across, transaction_across
from app.errors import Gone, Invalid
from app.ids import OrganisationId, digest, new_id, new_key
from app.settings import Settings
from app.vault import seal

log = structlog.get_logger()
_FREE_REQUESTS_OF_A_NETWORK = 20


class _Place(NamedTuple):
    """An organisation where a user works."""

    organisation_id: OrganisationId
    membership_id: UUID
    name: str
    slug: str


def ask_for_password(
    session: OrganisationSession, email: str, account: str, network: str, *, now: datetime
) -> None:
    """Remember that somebody asked for a new password, and make the next request wait.

    The same few statements for every address, so that neither words nor time tell whether anybody has it.
    """
    count_try(session, account, reset_pause_seconds, now=now)
    count_try(session, network, _network_pause_seconds, now=now)
    session.add(PasswordRequest(email=email, asked_at=now))


def answer_password_requests(own: Settings, *, now: datetime, limit: int = 50) -> int:
    """Turn requests into letters where somebody has the address; how many requests there were.

    Each is a transaction of its own: one that fails is tried again, for as long as its link would live.
    """
    with looking_across() as session:
        waiting = session.scalars(
            select(PasswordRequest.id).order_by(PasswordRequest.asked_at).limit(limit)
        ).all()
    for request_id in waiting:
        try:
            with transaction_across() as session:
                _answer(session, request_id, own, now=now)
        except Exception as error:  # noqa: BLE001 - the next request must not wait for this one
            log.error("password_request_failed", request=str(request_id), error=type(error).__name__)
    return len(waiting)


def issue_reset(session: OrganisationSession, user_id: UUID, *, now: datetime) -> str:
    """The secret of a link that lets a user choose a new password, once, for an hour; older links end."""
    token = new_key()
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    session.add(PasswordReset(user_id=user_id, secret_digest=_digest(token), expires_at=now + RESET_LASTS))
    session.flush()
    return token


def find_reset(session: OrganisationSession, token: str, *, now: datetime) -> User | None:
    """The user whose live link has this secret."""
    return session.scalar(
        select(User)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(PasswordReset.secret_digest == _digest(token), PasswordReset.expires_at > now, User.is_active)
    )


def reset_password(session: OrganisationSession, token: str, password: str, *, now: datetime) -> User:
    """Use the link up: the password is the new one, and every browser is signed out.

    The session looks across.

    Raises `Gone` for a link that is used, replaced, too old or none, and `Invalid` for what is no password.
    """
    used = delete(PasswordReset).where(
        PasswordReset.secret_digest == _digest(token), PasswordReset.expires_at > now
    )
    user_id = session.scalar(used.returning(PasswordReset.user_id))
    user = session.get(User, user_id) if user_id else None
    if user is None or not user.is_active:
        raise Gone("link_used")
    _set_password(session, user, password, AuditDeed.PASSWORD_RESET, now=now)
    end_sign_ins(session, user.id)
    return user


def change_password(
    session: OrganisationSession, user_id: UUID, current: str, password: str, *, now: datetime
) -> None:
    """Change one's own password, knowing the current one. The session looks across.

    Raises `Invalid`: ``wrong`` for another current password, and for what is no password.
    """
    user = session.get_one(User, user_id)
    if not passwords.check(user.password_hash, current):
        raise Invalid(faults={"current": "wrong"})
    _set_password(session, user, password, AuditDeed.PASSWORD_CHANGED, now=now)


def forget_old_resets(session: OrganisationSession, *, now: datetime) -> None:
    """Delete links that open nothing any more, and requests that nobody could answer in that time."""
    session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))
    session.execute(delete(PasswordRequest).where(PasswordRequest.asked_at <= now - RESET_LASTS))


def _set_password(
    session: OrganisationSession, user: User, password: str, deed: AuditDeed, *, now: datetime
) -> None:
    """Every chain where the user works has it in its record; one letter says so, whoever did it."""
    places = _places(session, user.id)
    about = [user.email, user.name, *(text for place in places for text in (place.name, place.slug))]
    fault = password_fault(password, about)
    if fault:
        raise Invalid(faults={"password": fault})
    user.password_hash = passwords.hash(password)
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    for place in places:
        record_deed(
            session,
            deed,
            Doer(user.name, place.membership_id),
            user.name,
            subject_id=place.membership_id,
            organisation_id=place.organisation_id,
            now=now,
        )
    for place in places[:1]:
        session.add(_letter(LetterKind.PASSWORD_CHANGED, place, user.id, now=now))


def _answer(session: OrganisationSession, request_id: UUID, own: Settings, *, now: datetime) -> None:
    taken = delete(PasswordRequest).where(PasswordRequest.id == request_id)
    email = session.scalar(taken.returning(PasswordRequest.email))
    user = session.scalar(select(User).where(User.email == email, User.is_active)) if email else None
    places = _places(session, user.id) if user else []
    # The local mailbox lies open to the owners of one chain: a key to two must not lie in it.
    if user is None or not places or (own.has_mailbox and len(places) > 1):
        return
    letter = _letter(LetterKind.RESET, places[0], user.id, now=now)
    token = issue_reset(session, user.id, now=now)
    letter.sealed_link = seal(own.secret_key, f"letter/{letter.id}", token)
    session.add(letter)


def _places(session: OrganisationSession, user_id: UUID) -> list[_Place]:
    """Where a user is an active member, the oldest membership first."""
    rows = session.execute(
        select(Membership.organisation_id, Membership.id, Organisation.name, Organisation.slug)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id == user_id, Membership.is_active)
        .order_by(Membership.id)
    )
    return [_Place(*row) for row in rows]


def _letter(kind: LetterKind, place: _Place, user_id: UUID, *, now: datetime) -> AccountLetter:
    return AccountLetter(
        id=new_id(),
        organisation_id=place.organisation_id,
        kind=kind,
        user_id=user_id,
        created_at=now,
        due_at=now,
    )


def _network_pause_seconds(requests: int) -> int:
    return 0 if requests < _FREE_REQUESTS_OF_A_NETWORK else 60


def _digest(token: str) -> str:
    return digest(f"reset/{token}")
