"""The members of a team: who they are, what they may do, and how that changes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Membership, MembershipRegion, MembershipStore, User
from app.accounts.rules import Role, Scope, Team
from app.accounts.sign_ins import end_sign_ins, end_sign_ins_at
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession, locking
from app.errors import Conflict, Invalid, NotFound
from app.events import EventName, record
from app.stores.models import Region, Store

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What a membership is to be: a role, and for managers the regions and stores in scope."""

    role: Role
    scope: Scope = Scope()  # noqa: RUF009 - frozen, and nothing in it


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member with everything that the team's pages show."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    role: Role
    is_active: bool
    seen_on: date | None
    scope: Scope


def team_members(session: OrganisationSession, team: Team) -> list[TeamMember]:
    """Every member, removed ones too, whom the team's head may manage."""
    found = _members(session)
    return [member for member in found if team.holds(member.role, member.scope)]


def get_team_member(session: OrganisationSession, team: Team, membership_id: UUID) -> TeamMember:
    """One of them; raises `NotFound` for anybody else."""
    for member in _members(session, membership_id):
        if team.holds(member.role, member.scope):
            return member
    raise NotFound()


def change_member(
    session: OrganisationSession,
    team: Team,
    membership_id: UUID,
    draft: Draft,
    *,
    doer: Doer,
    now: datetime,
) -> None:
    """Give a member another role or scope: it counts from their next request.

    Raises `Invalid` for a place that the head of the team may not give, `Conflict` (``last_owner``).
    """
    membership, before = _lock(session, team, membership_id)
    if not team.holds(draft.role, draft.scope):
        raise Invalid(faults={"role": "not_yours"})
    if (draft.role, draft.scope) == (before.role, before.scope):
        return
    if draft.role is not Role.OWNER:
        _refuse_last_owner(session, before)
    move_member(session, membership, draft)
    changes = _changes(session, before, draft)
    record_deed(
        session,
        AuditDeed.MEMBER_CHANGED,
        doer,
        before.name,
        subject_id=membership_id,
        now=now,
        **changes,
    )
    record(session, EventName.MEMBER_CHANGED, membership_id, at=now)


def remove_member(
    session: OrganisationSession, team: Team, membership_id: UUID, *, doer: Doer, now: datetime
) -> None:
    """End a membership: the member is out with the next request, and open alerts go back to the level.

    What they did stays under their name. Raises `Conflict` (``last_owner``).
    """
    membership, before = _lock(session, team, membership_id)
    if not membership.is_active:
        return
    _refuse_last_owner(session, before)
    membership.is_active = False
    session.flush()
    end_sign_ins_at(session, membership.user_id, membership.organisation_id)
    record_deed(session, AuditDeed.MEMBER_REMOVED, doer, before.name, subject_id=membership_id, now=now)
    record(session, EventName.MEMBER_CHANGED, membership_id, at=now)


def restore_member(
    session: OrganisationSession, team: Team, membership_id: UUID, *, doer: Doer, now: datetime
) -> None:
    """Let a removed member in again, with the role and scope that they had."""
    membership, before = _lock(session, team, membership_id)
    if not membership.is_active:
        membership.is_active = True
        record_deed(session, AuditDeed.MEMBER_RESTORED, doer, before.name, subject_id=membership_id, now=now)


def sign_member_out(
    session: OrganisationSession, team: Team, membership_id: UUID, *, doer: Doer, now: datetime
) -> None:
    """End every sign-in of a member, wherever it is: a phone was lost."""
    membership, before = _lock(session, team, membership_id)
    if end_sign_ins(session, membership.user_id):
        record_deed(session, AuditDeed.SESSION_ENDED, doer, before.name, subject_id=membership_id, now=now)


def move_member(session: OrganisationSession, membership: Membership, draft: Draft) -> None:
    """Write the role and the scope; the database refuses a region or a store of somebody else."""
    membership.role = draft.role
    for kind in (MembershipRegion, MembershipStore):
        session.execute(delete(kind).where(kind.membership_id == membership.id))
    session.add_all(
        MembershipRegion(membership_id=membership.id, region_id=region) for region in draft.scope.regions
    )
    session.add_all(
        MembershipStore(membership_id=membership.id, store_id=store) for store in draft.scope.stores
    )
    session.flush()


def _lock(session: OrganisationSession, team: Team, membership_id: UUID) -> tuple[Membership, TeamMember]:
    """The member and, in one order for all, every owner: two who remove each other wait here."""
    wanted = or_(Membership.id == membership_id, Membership.role == Role.OWNER)
    locked = session.scalars(locking(select(Membership).where(wanted).order_by(Membership.id))).all()
    membership = next((row for row in locked if row.id == membership_id), None)
    if membership is None:
        raise NotFound()
    return membership, get_team_member(session, team, membership_id)


def _members(session: OrganisationSession, membership_id: UUID | None = None) -> list[TeamMember]:
    rows = select(
        Membership.id,
        Membership.user_id,
        User.name,
        User.email,
        Membership.role,
        Membership.is_active,
        Membership.seen_on,
    ).join(User, User.id == Membership.user_id)
    if membership_id:
        rows = rows.where(Membership.id == membership_id)
    regions = _ids(session, MembershipRegion, MembershipRegion.region_id, membership_id)
    stores = _ids(session, MembershipStore, MembershipStore.store_id, membership_id)
    return [
        TeamMember(
            id=row.id,
            user_id=row.user_id,
            name=row.name,
            email=row.email,
            role=Role(row.role),
            is_active=row.is_active,
            seen_on=row.seen_on,
            scope=Scope(frozenset(regions[row.id]), frozenset(stores[row.id])),
        )
        for row in session.execute(rows)
    ]


def _ids(
    session: OrganisationSession,
    kind: type[MembershipRegion] | type[MembershipStore],
    column: InstrumentedAttribute[UUID],
    membership_id: UUID | None,
) -> dict[UUID, set[UUID]]:
    statement = select(kind.membership_id, column)
    if membership_id:
        statement = statement.where(kind.membership_id == membership_id)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for member, place in session.execute(statement):
        found[member].add(place)
    return found


def _refuse_last_owner(session: OrganisationSession, member: TeamMember) -> None:
    """A chain keeps an owner who can sign in. The caller has locked every owner."""
    if member.role is not Role.OWNER or not member.is_active:
        return
    others = select(func.count()).where(
        Membership.role == Role.OWNER,
        Membership.is_active,
        Membership.id != member.id,
        User.id == Membership.user_id,
        User.is_active,
    )
    if not session.scalar(others):
        raise Conflict("last_owner")


def _changes(session: OrganisationSession, before: TeamMember, draft: Draft) -> dict[str, Any]:
    """What is different, by names that a reader knows."""
    changes: dict[str, Any] = {}
    if draft.role != before.role:
        changes["role"] = [before.role, draft.role]
    names = {
        "regions": (Region.name, Region.id, before.scope.regions, draft.scope.regions),
        "stores": (Store.code, Store.id, before.scope.stores, draft.scope.stores),
    }
    for what, (name, key, old, new) in names.items():
        for sign, ids in (("added", new - old), ("dropped", old - new)):
            if ids:
                found = session.scalars(select(name).where(key.in_(ids)).order_by(name).limit(_MOST_NAMED))
                changes[f"{what}_{sign}"] = [*found, *(["…"] if len(ids) > _MOST_NAMED else [])]
    return changes
