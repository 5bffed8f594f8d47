"""The chain itself: organisation, people, stores, touchpoints, policies, by the actions that people use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.actions import add_member, create_hashed_user, create_organisation
from app.accounts.passwords import passwords
from app.accounts.rules import Role
from app.alerts.policies import create_default_policy, create_policy
from app.alerts.rules import DEFAULT_ACKNOWLEDGE_MINUTES, DEFAULT_ANSWER_MINUTES, DEFAULT_LADDER
from app.db import OrganisationSession, get_row
from app.demo.chain import DOMAIN, NAME, REGIONS, SLUG, StorePlan
from app.stores.actions import StoreDraft, create_region, create_store
from app.stores.calendar import Calendar
from app.stores.models import Store
from app.surveys.actions import create_survey
from app.surveys.queries import current_version
from app.touchpoints.actions import create_touchpoint
from app.touchpoints.models import QrCode

OWNER = f"owner@{DOMAIN}"
QUICK_POLICY = "Demo: 3 min"
_QUICKER = 10
_PEOPLE = (
    ("owner", "Олена Ткаченко", "uk", Role.OWNER),
    ("analyst", "Maksym Hnatiuk", "en", Role.ANALYST),
)
_REGIONAL = ("Ірина Бойко", "Тарас Левицький", "Світлана Мороз")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is hired: the part of the address before the domain, the name, the language they read."""

    address: str
    name: str
    language: str = "uk"


@dataclass(frozen=True, slots=True)
class Door:
    """A touchpoint and its printed code."""

    touchpoint_id: UUID
    code_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class StoreAtWork:
    """A store of the chain, its people and its doors in the order of the plan. The row stays in memory."""

    row: Store
    plan: StorePlan
    calendar: Calendar
    manager_id: UUID
    regional_id: UUID
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What the history plays on."""

    stores: tuple[StoreAtWork, ...]
    version_id: UUID


def found_chain(
    session: OrganisationSession, plans: Sequence[StorePlan], password: str, *, now: datetime
) -> Chain:
    """The whole chain with its people, who all sign in with the same password. The session is bound to it."""
    hashed = passwords.hash(password)
    users = [
        (create_hashed_user(session, f"{name}@{DOMAIN}", full, hashed, language=language, now=now), role)
        for name, full, language, role in _PEOPLE
    ]
    session.organisation_id = create_organisation(session, SLUG, NAME, now=now, is_demo=True)
    for user_id, role in users:
        add_member(session, user_id, role)
    _make_policies(session)
    survey_id = create_survey(session, "NPS", now=now)
    regions = [create_region(session, name) for name in REGIONS]
    regional = [
        _hire(
            session,
            Person(f"region-{n}", name),
            hashed,
            role=Role.REGIONAL_MANAGER,
            scope=[region],
            now=now,
        )
        for n, (region, name) in enumerate(zip(regions, _REGIONAL, strict=True), 1)
    ]
    stores = [
        _open_store(session, plan, regions[plan.region], survey_id, hashed=hashed, now=now) for plan in plans
    ]
    doors = _doors(session)
    return Chain(
        tuple(
            _at_work(session, *store, regional_id=regional[plan.region], plan=plan, doors=doors)
            for plan, store in zip(plans, stores, strict=True)
        ),
        current_version(session, survey_id).id,
    )


def _make_policies(session: OrganisationSession) -> None:
    create_default_policy(session)
    ladder = [replace(step, after_minutes=step.after_minutes // _QUICKER) for step in DEFAULT_LADDER]
    create_policy(
        session,
        QUICK_POLICY,
        acknowledge_minutes=DEFAULT_ACKNOWLEDGE_MINUTES // _QUICKER,
        answer_minutes=DEFAULT_ANSWER_MINUTES // _QUICKER,
        ladder=ladder,
    )


def _hire(
    session: OrganisationSession,
    person: Person,
    hashed: str,
    *,
    role: Role,
    scope: Sequence[UUID],
    now: datetime,
) -> UUID:
    address = f"{person.address}@{DOMAIN}"
    user_id = create_hashed_user(session, address, person.name, hashed, language=person.language, now=now)
    if role is Role.REGIONAL_MANAGER:
        return add_member(session, user_id, role, regions=scope)
    return add_member(session, user_id, role, stores=scope)


def _open_store(
    session: OrganisationSession,
    plan: StorePlan,
    region_id: UUID,
    survey_id: UUID,
    *,
    hashed: str,
    now: datetime,
) -> tuple[UUID, UUID, list[UUID]]:
    """The ids of the store, its manager and its touchpoints."""
    draft = StoreDraft(
        region_id=region_id,
        code=plan.code,
        name=plan.name,
        kind=plan.kind,
        address=plan.address,
        labels=list(plan.labels),
        weekly_hours=dict(plan.hours),
        country=plan.land.country,
        currency=plan.land.currency,
        time_zone=plan.land.time_zone,
        languages=list(plan.land.languages),
    )
    store_id = create_store(session, draft, now=now)
    address = f"manager-{plan.code.lower()}"
    manager_id = _hire(
        session,
        Person(address, plan.manager, plan.land.languages[0]),
        hashed,
        role=Role.STORE_MANAGER,
        scope=[store_id],
        now=now,
    )
    points = [create_touchpoint(session, store_id, survey_id, name, now=now) for name, _ in plan.places]
    return store_id, manager_id, points


def _doors(session: OrganisationSession) -> dict[UUID, Door]:
    rows = session.scalars(select(QrCode))
    return {row.touchpoint_id: Door(row.touchpoint_id, row.id, row.code) for row in rows}


def _at_work(
    session: OrganisationSession,
    store_id: UUID,
    manager_id: UUID,
    points: Sequence[UUID],
    *,
    regional_id: UUID,
    plan: StorePlan,
    doors: dict[UUID, Door],
) -> StoreAtWork:
    store = get_row(session, Store, store_id)
    return StoreAtWork(
        store, plan, store.calendar, manager_id, regional_id, tuple(doors[point] for point in points)
    )
