"""Colleagues are invited and join: a place that waits, behind a link that works once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from app.accounts.actions import add_member, create_user, normal_email
from app.accounts.members import Draft, move_member
from app.accounts.models import AccountLetter, Membership, Organisation, TeamInvitation, User
from app.accounts.rules import INVITATION_LASTS, LetterKind, Role, Scope, Team, password_fault
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, get_row, locking, organisation_of
from app.errors import Conflict, Gone, Invalid, NotFound
from app.events import EventName, record
from app.ids import OrganisationId, digest, new_id, new_key
from app.text import clean_line
from app.vault import seal

MOST_OPEN = 500
AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom to ask, into which place, and the language of the letter."""

    email: str
    name: str
    language: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Post:
    """How a link leaves: `secret` seals it until the letter has gone; without one nothing is mailed."""

    secret: str | None


HANDED_OVER = Post(None)


def invite(
    session: OrganisationSession, team: Team, invitee: Invitee, *, doer: Doer, post: Post, now: datetime
) -> str:
    """Ask a colleague to join; the secret of the link.

    Raises `Invalid` for an address that is a member or was asked already, and for a place that the inviter
    may not give. Whether other chains know the address, nobody learns here.
    """
    _refuse_outside(team, invitee.draft)
    _refuse_known(session, invitee.email)
    if _open_count(session, now=now) >= MOST_OPEN:
        raise Invalid(faults={"email": "too_many"})
    token = new_key()
    invitation = TeamInvitation(
        email=normal_email(invitee.email),
        name=clean_line(invitee.name),
        role=invitee.draft.role,
        language=invitee.language,
        region_ids=sorted(str(region) for region in invitee.draft.scope.regions),
        store_ids=sorted(str(store) for store in invitee.draft.scope.stores),
        secret_digest=_digest(token),
        invited_by=doer.membership_id,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    session.flush()
    _post(session, invitation, token, post, now=now)
    _record(session, AuditDeed.MEMBER_INVITED, doer, invitation, now=now)
    return token


def invite_again(
    session: OrganisationSession,
    team: Team,
    invitation_id: UUID,
    *,
    doer: Doer,
    post: Post,
    now: datetime,
) -> str:
    """A new link in a new letter; the old one ends. Raises `Conflict` (``sent_just_now``) within a minute."""
    invitation = _lock_open(session, team, invitation_id)
    if now - invitation.sent_at < AGAIN_AFTER:
        raise Conflict("sent_just_now")
    token = new_key()
    invitation.secret_digest = _digest(token)
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LASTS
    _post(session, invitation, token, post, now=now)
    _record(session, AuditDeed.MEMBER_INVITED, doer, invitation, now=now)
    return token


def withdraw_invitation(
    session: OrganisationSession, team: Team, invitation_id: UUID, *, doer: Doer, now: datetime
) -> None:
    """The link ends, and a letter that has not gone out yet stays here."""
    invitation = _lock_open(session, team, invitation_id)
    invitation.withdrawn_at = now
    _record(session, AuditDeed.TEAM_INVITATION_WITHDRAWN, doer, invitation, now=now)


def withdraw_invitation_of(session: OrganisationSession, email: str, *, doer: Doer, now: datetime) -> None:
    """End the invitation of an address, if one waits."""
    waits = select(TeamInvitation).where(TeamInvitation.email == normal_email(email), *_is_waiting())
    invitation = session.scalar(locking(waits))
    if invitation:
        invitation.withdrawn_at = now
        _record(session, AuditDeed.TEAM_INVITATION_WITHDRAWN, doer, invitation, now=now)
        session.flush()


def find_open_invitation(session: OrganisationSession, token: str, *, now: datetime) -> TeamInvitation | None:
    """The invitation that a link opens, unless it is used, withdrawn, replaced or too old."""
    return session.scalar(select(TeamInvitation).where(*_opens(token, now=now)))


def invitation_organisation(token: str) -> OrganisationId | None:
    """To whom a link belongs."""
    return organisation_of(TeamInvitation.secret_digest, _digest(token))


def user_of_invitation(session: OrganisationSession, invitation: TeamInvitation) -> User | None:
    """The user who has the invited address already, in this chain or another."""
    return session.scalar(select(User).where(User.email == invitation.email))


def join_as_new(session: OrganisationSession, token: str, name: str, password: str, *, now: datetime) -> UUID:
    """Use the link up: a new user of the invited address, in the place that waited.

    Raises `Gone` for a link that opens nothing, `Invalid` for what is no password, and `Conflict`
    (``known``) when the address has become a user's meanwhile.
    """
    invitation = _use_up(session, token, now=now)
    if user_of_invitation(session, invitation):
        raise Conflict("known")
    organisation = session.get_one(Organisation, invitation.organisation_id)
    fault = password_fault(password, (invitation.email, name, organisation.name, organisation.slug))
    if fault:
        raise Invalid(faults={"password": fault})
    user_id = create_user(session, invitation.email, name, password, language=invitation.language, now=now)
    _take_place(session, invitation, user_id, clean_line(name), now=now)
    return user_id


def join_as_known(session: OrganisationSession, token: str, user_id: UUID, *, now: datetime) -> None:
    """Use the link up: somebody with an account takes the place. Raises `Gone` for anybody else's link."""
    invitation = _use_up(session, token, now=now)
    user = user_of_invitation(session, invitation)
    if user is None or user.id != user_id:
        raise Gone("link_used")
    _take_place(session, invitation, user.id, user.name, now=now)


def invitations_of(session: OrganisationSession, team: Team) -> list[TeamInvitation]:
    """Who was asked and has not joined yet, among those whom the head of the team may manage."""
    rows = session.scalars(select(TeamInvitation).where(*_is_waiting()).order_by(TeamInvitation.name))
    return [row for row in rows if team.holds(row.role, scope_of_invitation(row))]


def scope_of_invitation(invitation: TeamInvitation) -> Scope:
    """The regions and stores that wait with the place."""
    return Scope(
        frozenset(UUID(region) for region in invitation.region_ids),
        frozenset(UUID(store) for store in invitation.store_ids),
    )


def _is_waiting() -> tuple[ColumnElement[bool], ...]:
    return TeamInvitation.accepted_at.is_(None), TeamInvitation.withdrawn_at.is_(None)


def _opens(token: str, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_its_link = TeamInvitation.secret_digest == _digest(token)
    return is_its_link, TeamInvitation.expires_at > now, *_is_waiting()


def _use_up(session: OrganisationSession, token: str, *, now: datetime) -> TeamInvitation:
    """Mark it accepted by compare-and-set: of two at the same moment one comes too late."""
    used = update(TeamInvitation).where(*_opens(token, now=now)).values(accepted_at=now)
    invitation_id = session.scalar(
        used.returning(TeamInvitation.id).execution_options(synchronize_session=False)
    )
    if invitation_id is None:
        raise Gone("link_used")
    return get_row(session, TeamInvitation, invitation_id)


def _take_place(
    session: OrganisationSession, invitation: TeamInvitation, user_id: UUID, name: str, *, now: datetime
) -> None:
    """A new membership, or the one that was ended before, as the invitation says."""
    role, scope = Role(invitation.role), scope_of_invitation(invitation)
    before = session.scalar(select(Membership).where(Membership.user_id == user_id))
    if before is None:
        membership_id = add_member(session, user_id, role, regions=[*scope.regions], stores=[*scope.stores])
    elif before.is_active:
        raise Conflict("member")
    else:
        before.is_active, membership_id = True, before.id
        move_member(session, before, Draft(role, scope))
    doer = Doer(name, membership_id)
    record_deed(
        session, AuditDeed.MEMBER_JOINED, doer, name, subject_id=membership_id, now=now, role=invitation.role
    )


def _lock_open(session: OrganisationSession, team: Team, invitation_id: UUID) -> TeamInvitation:
    """An invitation that waits, and that this head of a team may manage; raises `NotFound` otherwise."""
    waits = select(TeamInvitation).where(TeamInvitation.id == invitation_id, *_is_waiting())
    invitation = session.scalar(locking(waits))
    if invitation is None or not team.holds(invitation.role, scope_of_invitation(invitation)):
        raise NotFound()
    return invitation


def _refuse_outside(team: Team, draft: Draft) -> None:
    if not team.holds(draft.role, draft.scope):
        raise Invalid(faults={"role": "not_yours"})


def _refuse_known(session: OrganisationSession, email: str) -> None:
    known = session.scalar(
        select(Membership).join(User, User.id == Membership.user_id).where(User.email == normal_email(email))
    )
    if known:
        raise Invalid(faults={"email": "member" if known.is_active else "removed"})
    waits = select(TeamInvitation.id).where(TeamInvitation.email == normal_email(email), *_is_waiting())
    if session.scalar(waits.limit(1)):
        raise Invalid(faults={"email": "invited"})


def _open_count(session: OrganisationSession, *, now: datetime) -> int:
    waits = select(func.count()).where(TeamInvitation.expires_at > now, *_is_waiting())
    return session.scalar(waits) or 0


def _post(
    session: OrganisationSession, invitation: TeamInvitation, token: str, post: Post, *, now: datetime
) -> None:
    if post.secret is None:
        return
    letter = AccountLetter(
        id=new_id(), kind=LetterKind.INVITATION, invitation_id=invitation.id, created_at=now, due_at=now
    )
    letter.sealed_link = seal(post.secret, f"letter/{letter.id}", token)
    session.add(letter)
    record(session, EventName.MEMBER_INVITED, invitation.id, at=now)


def _record(
    session: OrganisationSession, deed: AuditDeed, doer: Doer, invitation: TeamInvitation, *, now: datetime
) -> None:
    record_deed(session, deed, doer, invitation.name, subject_id=invitation.id, now=now, role=invitation.role)


def _digest(token: str) -> str:
    return digest(f"join/{token}")
