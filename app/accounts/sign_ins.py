"""Who is signed in, browser by browser: rows that begin, are looked up with each request, and end."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)

from app.accounts.models import Membership, MembershipRegion, MembershipStore, Organisation, SignIn, User
from app.accounts.rules import (
    IDLE_LASTS,
    PERMISSIONS,
    SEES_ALL,
    SIGN_IN_LASTS,
    VISIT_EVERY,
    Role,
    idle_lasts,
)
from app.db import OrganisationSession
from app.errors import NotFound
from app.ids import OrganisationId, digest
from app.stores.models import Store
from app.web.actor import Actor, Person


class Workplace(NamedTuple):
    """An organisation in which somebody may be at work."""

    id: OrganisationId
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in; `is_due` when it should be written down."""

    person: Person
    is_due: bool


def begin_sign_in(session: OrganisationSession, user_id: UUID, device: str, *, now: datetime) -> str:
    """Sign a user in on one more browser; the token for its cookie, of 256 bits, which nobody else ever sees.

    Whoever belongs to one organisation is at work there at once. The session looks across.
    """
    own = session.scalars(
        select(Membership.organisation_id).where(Membership.user_id == user_id, Membership.is_active).limit(2)
    ).all()
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            user_id=user_id,
            token_digest=digest(token),
            current_id=own[0] if len(own) == 1 else None,
            device=device,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def choose_organisation(session: OrganisationSession, person: Person, organisation_id: UUID) -> str:
    """Be at work in another organisation of one's own, under a new token; raises `NotFound` for any other.

    The session looks across.
    """
    token = secrets.token_urlsafe(32)
    is_own = select(Membership.organisation_id).where(
        Membership.user_id == person.user_id,
        Membership.organisation_id == organisation_id,
        Membership.is_active,
    )
    if session.scalar(is_own) is None:
        raise NotFound()
    change = update(SignIn).where(SignIn.id == person.sign_in_id)
    session.execute(change.values(current_id=organisation_id, token_digest=digest(token)))
    return token


def renew_sign_in(session: OrganisationSession, person: Person) -> str:
    """A new token for this browser; the old one is worth nothing any more."""
    token = secrets.token_urlsafe(32)
    change = update(SignIn).where(SignIn.id == person.sign_in_id)
    session.execute(change.values(token_digest=digest(token)))
    return token


def find_visit(session: OrganisationSession, token: str, *, now: datetime) -> Visit | None:
    """Who holds the token, with today's rights; ``None`` when it is unknown, ended, idle too long or old.

    One statement, whoever it is. The session looks across.
    """
    rows = session.execute(_WHO, {"token_digest": digest(token)}).all()
    if not rows:
        return None
    who = rows[0]
    if now - who.created_at > SIGN_IN_LASTS or now - who.seen_at > idle_lasts(who.role):
        return None
    actor = _actor(who, rows) if who.membership_id else None
    person = Person(
        user_id=who.user_id,
        sign_in_id=who.sign_in_id,
        name=who.name,
        email=who.email,
        language=who.language,
        organisation_count=who.organisation_count,
        actor=actor,
    )
    return Visit(
        person, now - who.seen_at >= VISIT_EVERY or (actor is not None and who.seen_on != now.date())
    )


def note_visit(session: OrganisationSession, person: Person, *, now: datetime) -> None:
    """Write the visit down: the instant for this sign-in, only the day for the team. It looks across."""
    session.execute(update(SignIn).where(SignIn.id == person.sign_in_id).values(seen_at=now))
    if person.actor:
        seen = update(Membership).where(
            Membership.organisation_id == person.actor.organisation_id,
            Membership.id == person.actor.membership_id,
            or_(Membership.seen_on.is_(None), Membership.seen_on < now.date()),
        )
        session.execute(seen.values(seen_on=now.date()))


def sign_ins_of(session: OrganisationSession, user_id: UUID, *, now: datetime) -> list[SignIn]:
    """Where a user is signed in, the last seen first."""
    rows = session.scalars(
        select(SignIn).where(SignIn.user_id == user_id, ~_is_over(now)).order_by(SignIn.seen_at.desc())
    )
    return list(rows)


def end_sign_in(session: OrganisationSession, user_id: UUID, sign_in_id: UUID) -> None:
    """Sign a user out on one browser; raises `NotFound` for anybody else's."""
    ended = delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).returning(SignIn.id)
    if session.scalar(ended) is None:
        raise NotFound()


def end_sign_ins(session: OrganisationSession, user_id: UUID, *, but: UUID | None = None) -> int:
    """Sign a user out everywhere, `but` on one browser; how many there were."""
    others = delete(SignIn).where(
        SignIn.user_id == user_id, SignIn.id != but if but else SignIn.id.is_not(None)
    )
    return len(session.scalars(others.returning(SignIn.id)).all())


def end_sign_ins_at(session: OrganisationSession, user_id: UUID, organisation_id: OrganisationId) -> int:
    """Sign a user out wherever they are at work in this organisation; how many browsers that were."""
    here = delete(SignIn).where(SignIn.user_id == user_id, SignIn.current_id == organisation_id)
    return len(session.scalars(here.returning(SignIn.id)).all())


def forget_old_sign_ins(session: OrganisationSession, *, now: datetime) -> None:
    """Delete what can open nothing any more."""
    session.execute(delete(SignIn).where(_is_over(now)))


def own_organisations(session: OrganisationSession, user_id: UUID) -> list[Workplace]:
    """Where a user is an active member, by name. The session looks across."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user_id, Membership.is_active)
        .order_by(Organisation.name, Organisation.id)
    )
    return [Workplace(*row) for row in rows]


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Too old, or idle for longer than any role may be."""
    return or_(SignIn.created_at <= now - SIGN_IN_LASTS, SignIn.seen_at <= now - max(IDLE_LASTS.values()))


def _actor(who: Row[Any], rows: Sequence[Row[Any]]) -> Actor:
    role = Role(who.role)
    stores = frozenset(row.store_id for row in rows if row.store_id)
    return Actor(
        organisation_id=who.organisation_id,
        organisation_name=who.organisation_name,
        membership_id=who.membership_id,
        user_id=who.user_id,
        name=who.name,
        role=role,
        language=who.language,
        permissions=PERMISSIONS[role],
        store_ids=None if role in SEES_ALL else stores,
    )


def _count() -> ScalarSelect[int]:
    mine = select(func.count()).where(Membership.user_id == User.id, Membership.is_active)
    return mine.correlate(User).scalar_subquery()


def _who() -> Any:
    """The browser's row, its user, the place at work and its organisation: exactly one line, or none."""
    is_at_work = and_(
        Membership.user_id == User.id,
        Membership.organisation_id == SignIn.current_id,
        Membership.is_active,
    )
    return (
        select(
            SignIn.id.label("sign_in_id"),
            SignIn.created_at,
            SignIn.seen_at,
            User.id.label("user_id"),
            User.name,
            User.email,
            User.language,
            _count().label("organisation_count"),
            Membership.organisation_id,
            Membership.id.label("membership_id"),
            Membership.role,
            Membership.seen_on,
            Organisation.name.label("organisation_name"),
        )
        .join(User, and_(User.id == SignIn.user_id, User.is_active))
        .outerjoin(Membership, is_at_work)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(SignIn.token_digest == bindparam("token_digest"))
    )


def _with_scope() -> Any:
    """That line once for each store in scope, named one by one or through a region; once without any."""
    who = _who().cte("who")
    named, regional = MembershipStore, MembershipRegion
    one_by_one = select(who, named.store_id).outerjoin(
        named,
        and_(
            named.organisation_id == who.c.organisation_id,
            named.membership_id == who.c.membership_id,
        ),
    )
    through_region = (
        select(who, Store.id.label("store_id"))
        .join(
            regional,
            and_(
                regional.organisation_id == who.c.organisation_id,
                regional.membership_id == who.c.membership_id,
            ),
        )
        .join(
            Store,
            and_(Store.organisation_id == regional.organisation_id, Store.region_id == regional.region_id),
        )
    )
    return union_all(one_by_one, through_region)


_WHO = _with_scope()
