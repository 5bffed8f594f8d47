"""Touchpoints by template: the same names in many stores, made in a few statements, once however often."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.audit.actions import record_deed
from app.audit.rules import AuditDeed, Doer
from app.db import OrganisationSession
from app.errors import Conflict, Invalid
from app.ids import new_id, new_printed_code
from app.stores.imports.cells import read_cell
from app.stores.imports.columns import Column
from app.stores.points import PointKeeper, Wanted, keep_points
from app.stores.queries import Scope, StoreFilter, StoreName, stores
from app.surveys.models import Survey
from app.text import search_form
from app.touchpoints.models import QrCode, Touchpoint

_POINT_KEY = ["organisation_id", "store_id", "name"]


@dataclass(frozen=True, slots=True)
class Template:
    """The names that stores are to have, and the survey that new touchpoints ask."""

    names: Sequence[str]
    survey_id: UUID


@dataclass(frozen=True, slots=True)
class TemplatePlan:
    """What a template would make: for each store the names that it has not; and what is there already."""

    template: Template
    wanted: Mapping[UUID, Sequence[str]]
    stores: Sequence[StoreName]
    existing: int
    closed: int

    @property
    def count(self) -> int:
        """How many touchpoints would be made."""
        return sum(map(len, self.wanted.values()))

    @property
    def mark(self) -> str:
        """A digest that differs as soon as anything in the plan does."""
        told = [str(self.template.survey_id), [[str(key), names] for key, names in self.wanted.items()]]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def read_names(text: str) -> list[str]:
    """Names of touchpoints, one on each line or with bars between them, each once whatever its case.

    Raises `Invalid` (``no_points`` and what a cell of the import raises).
    """
    names: list[str] = read_cell(Column.POINTS, text, ())
    if not names:
        raise Invalid(faults={"names": "no_points"})
    return names


def plan_template(
    session: OrganisationSession, scope: Scope, wanted: StoreFilter, template: Template
) -> TemplatePlan:
    """What a template would make in the open stores in scope that are wanted.

    Names are compared whatever their case; a closed touchpoint keeps its name.
    """
    found = [store for store in stores(session, scope, wanted=wanted) if not store.retired_at]
    known = names_by_store(session)
    missing: dict[UUID, list[str]] = {}
    existing = closed = 0
    for store in found:
        has = {search_form(name): is_closed for name, is_closed in known.get(store.id, ())}
        states = [has[search_form(name)] for name in template.names if search_form(name) in has]
        existing, closed = existing + len(states), closed + sum(states)
        if new := [name for name in template.names if search_form(name) not in has]:
            missing[store.id] = new
    return TemplatePlan(template, missing, found, existing, closed)


def apply_template(
    session: OrganisationSession, plan: TemplatePlan, mark: str, doer: Doer, *, now: datetime
) -> int:
    """Make what the plan says and record it; raises `Conflict` (``plan_changed``) for another `mark`."""
    if plan.mark != mark:
        raise Conflict("plan_changed")
    made = create_touchpoints(session, plan.wanted, plan.template.survey_id, now=now)
    if made:
        names = ", ".join(plan.template.names)
        data: dict[str, Any] = {"stores": len(plan.wanted), "touchpoints": made}
        record_deed(session, AuditDeed.TOUCHPOINT_CREATED, doer, names, now=now, **data)
    return made


def create_touchpoints(
    session: OrganisationSession, wanted: Wanted, survey_id: UUID, *, now: datetime
) -> int:
    """Make the touchpoints that stores want, each with a printed code; those that are there stay as is."""
    rows = [
        {"store_id": store_id, "survey_id": survey_id, "name": name, "created_at": now}
        for store_id, names in wanted.items()
        for name in names
    ]
    made = _insert_new(session, Touchpoint.id, _POINT_KEY, rows)
    _give_codes(session, made, now=now)
    return len(made)


def names_by_store(session: OrganisationSession) -> dict[UUID, list[tuple[str, bool]]]:
    """The names of every store's touchpoints in the order of their making, and whether each is closed."""
    rows = session.execute(
        select(Touchpoint.store_id, Touchpoint.name, Touchpoint.retired_at).order_by(
            Touchpoint.created_at, Touchpoint.id
        )
    )
    found: dict[UUID, list[tuple[str, bool]]] = {}
    for store_id, name, retired_at in rows:
        found.setdefault(store_id, []).append((name, retired_at is not None))
    return found


def _give_codes(session: OrganisationSession, touchpoint_ids: list[UUID], *, now: datetime) -> None:
    """A printed code for each; the few whose code was taken try again with another."""
    bare = touchpoint_ids
    while bare:
        rows = [{"touchpoint_id": key, "code": new_printed_code(), "created_at": now} for key in bare]
        coded = set(_insert_new(session, QrCode.touchpoint_id, ["code"], rows))
        bare = [key for key in bare if key not in coded]


def _insert_new(
    session: OrganisationSession,
    answer: InstrumentedAttribute[UUID],
    unique: list[str],
    rows: Sequence[Mapping[str, Any]],
) -> list[UUID]:
    """Insert the rows whose `unique` columns are not there yet; the answer's column of each that was new."""
    if not rows:
        return []
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    own = session.scope()
    values = [{"id": new_id(), "organisation_id": own, **row} for row in rows]
    # The bare table, so that the statement is compiled once for however many rows.
    statement = dialect.insert(answer.class_.__table__).on_conflict_do_nothing(index_elements=unique)
    options = {"is_stamped": True}
    return list(session.scalars(statement.returning(answer), values, execution_options=options))


def _first_survey(session: OrganisationSession) -> Survey | None:
    """The survey that touchpoints of an import ask: the organisation's oldest."""
    return session.scalar(select(Survey).order_by(Survey.id).limit(1))


def _survey_name(session: OrganisationSession) -> str | None:
    survey = _first_survey(session)
    return survey.name if survey else None


def _add(session: OrganisationSession, wanted: Wanted, now: datetime) -> int:
    survey = _first_survey(session)
    return create_touchpoints(session, wanted, survey.id, now=now) if survey and wanted else 0


keep_points(PointKeeper(names=names_by_store, survey=_survey_name, add=_add))
