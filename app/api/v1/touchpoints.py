"""/api/v1/touchpoints: where feedback is asked, and the addresses that printed codes open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select

from app import clock
from app.accounts.keys import key_doer, key_organisation, key_scope, require_key_store
from app.api.v1 import queries, schemas
from app.api.v1.bodies import Body, Name, example, omittable
from app.api.v1.named import named_store, named_survey
from app.api.v1.operations import operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Query, ShortText, read_id
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading
from app.errors import Conflict, NotFound
from app.touchpoints.actions import (
    create_touchpoint,
    edit_touchpoint,
    restore_touchpoint,
    retire_touchpoint,
)
from app.touchpoints.models import QrCode, Touchpoint
from app.touchpoints.queries import find_point_id
from app.web.access import Scope, api_key
from app.web.settings import settings

pages = Blueprint("api_touchpoints", __name__, url_prefix="/api/v1")


class TouchpointQuery(PageQuery):
    """Which touchpoints."""

    store: ShortText | None = Field(None, description="The code or the id of a store.")


class NewTouchpoint(Body):
    """A touchpoint to add; it gets its first printed code at once."""

    model_config = example(store="KYIV-12", name="Till 2")

    store: Name = Field(description="The code or the id of its store.")
    name: Name = Field(description="Unique in its store.")
    survey: Name | None = Field(
        None, description="The name or the id of its survey; left out, the organisation's oldest."
    )


class TouchpointChange(Body):
    """What is to be different; what is left out stays as it is."""

    model_config = example(name="Fitting room")

    name: Name = omittable("Unique in its store.")
    survey: Name = omittable("The name or the id of its survey; printed codes stay as they are.")
    retired: bool = omittable("True closes it: its codes answer in words. False opens it again.")


@pages.get("/touchpoints")
@api_key()
@operation(TouchpointQuery, schemas.TouchpointList)
def list_touchpoints(query: TouchpointQuery) -> schemas.TouchpointList:
    """Touchpoints with their printed codes, newest first."""
    with reading(key_organisation()) as session:
        wanted = queries.touchpoints(key_scope())
        if query.store:
            wanted = wanted.where(Touchpoint.store_id == named_store(session, query.store).id)
        rows = session.execute(page(wanted, Touchpoint.created_at, Touchpoint.id, query)).all()
        shown, following = split(rows, query, lambda row: Place(row.Touchpoint.created_at, row.Touchpoint.id))
        items = _show(session, shown)
    return schemas.TouchpointList(items=items, next_cursor=following)


@pages.get("/touchpoints/<touchpoint_id>")
@api_key()
@operation(Query, schemas.Touchpoint)
def one_touchpoint(_: Query, touchpoint_id: str) -> schemas.Touchpoint:
    """One touchpoint with its printed codes."""
    with reading(key_organisation()) as session:
        return _shown(session, read_id(touchpoint_id))


@pages.post("/touchpoints")
@api_key(Scope.WRITE)
@write_operation(NewTouchpoint, schemas.Touchpoint)
def add_touchpoint(session: OrganisationSession, body: NewTouchpoint) -> schemas.Touchpoint:
    """Add a touchpoint with its first printed code.

    409: `name_taken`, `store_closed`.
    """
    store, survey, now = named_store(session, body.store), named_survey(session, body.survey), clock.now()
    if store.retired_at:
        raise Conflict("store_closed")
    _refuse_taken_name(session, store.id, body.name)
    touchpoint_id = create_touchpoint(session, store.id, survey.id, body.name, now=now)
    _record(session, AuditDeed.TOUCHPOINT_CREATED, touchpoint_id)
    return _shown(session, touchpoint_id)


@pages.patch("/touchpoints/<touchpoint_id>")
@api_key(Scope.WRITE)
@write_operation(TouchpointChange, schemas.Touchpoint, 200)
def change_touchpoint(
    session: OrganisationSession, body: TouchpointChange, touchpoint_id: str
) -> schemas.Touchpoint:
    """Change a touchpoint's name or survey, close it or open it again.

    409: `name_taken`.
    """
    touchpoint = get_row(session, Touchpoint, read_id(touchpoint_id))
    require_key_store(touchpoint.store_id)
    sent = body.model_fields_set
    if "name" in sent and body.name != touchpoint.name:
        _refuse_taken_name(session, touchpoint.store_id, body.name)
    if sent & {"name", "survey"}:
        survey_id = named_survey(session, body.survey).id if "survey" in sent else touchpoint.survey_id
        edit_touchpoint(session, touchpoint.id, body.name or touchpoint.name, survey_id)
        _record(session, AuditDeed.TOUCHPOINT_CHANGED, touchpoint.id)
    if "retired" in sent:
        _open_or_close(session, touchpoint, is_wanted=not body.retired)
    return _shown(session, touchpoint.id)


def _open_or_close(session: OrganisationSession, touchpoint: Touchpoint, *, is_wanted: bool) -> None:
    """What is as it should be already stays as it is."""
    if is_wanted and touchpoint.retired_at:
        restore_touchpoint(session, touchpoint.id)
        _record(session, AuditDeed.TOUCHPOINT_RESTORED, touchpoint.id)
    elif not is_wanted and not touchpoint.retired_at:
        retire_touchpoint(session, touchpoint.id, now=clock.now())
        _record(session, AuditDeed.TOUCHPOINT_RETIRED, touchpoint.id)


def _refuse_taken_name(session: OrganisationSession, store_id: UUID, name: str) -> None:
    if find_point_id(session, store_id, name):
        raise Conflict("name_taken")


def _record(session: OrganisationSession, deed: AuditDeed, touchpoint_id: UUID) -> None:
    name = get_row(session, Touchpoint, touchpoint_id).name
    record_deed(session, deed, key_doer(), name, now=clock.now(), subject_id=touchpoint_id)


def _shown(session: OrganisationSession, touchpoint_id: UUID) -> schemas.Touchpoint:
    """The touchpoint as it is now; raises `NotFound` outside the key's stores."""
    session.flush()
    found = queries.touchpoints(key_scope()).where(Touchpoint.id == touchpoint_id)
    rows = _show(session, session.execute(found).all())
    if not rows:
        raise NotFound()
    return rows[0]


def _codes(session: OrganisationSession, ids: Iterable[UUID]) -> dict[UUID, list[schemas.Code]]:
    """Each touchpoint's codes, newest first."""
    rows = session.scalars(
        select(QrCode).where(QrCode.touchpoint_id.in_(ids)).order_by(QrCode.created_at.desc(), QrCode.id)
    )
    codes: dict[UUID, list[schemas.Code]] = defaultdict(list)
    for row in rows:
        url = f"{settings().base_url}/q/{row.code}"
        codes[row.touchpoint_id].append(schemas.Code(code=row.code, url=url, retired_at=row.retired_at))
    return codes


def _show(session: OrganisationSession, rows: Sequence[queries.TouchpointRow]) -> list[schemas.Touchpoint]:
    """Touchpoints with their codes, which cost one more statement however many there are."""
    codes = _codes(session, [row.Touchpoint.id for row in rows])
    return [_one(row, codes[row.Touchpoint.id]) for row in rows]


def _one(row: queries.TouchpointRow, codes: Sequence[schemas.Code]) -> schemas.Touchpoint:
    touchpoint, store, survey = row
    return schemas.Touchpoint(
        id=touchpoint.id,
        name=touchpoint.name,
        url=next((code.url for code in codes if code.retired_at is None), None),
        codes=list(codes),
        store=schemas.StoreName(id=store.id, code=store.code, name=store.name),
        survey=schemas.SurveyName(id=survey.id, name=survey.name),
        created_at=touchpoint.created_at,
        retired_at=touchpoint.retired_at,
    )
