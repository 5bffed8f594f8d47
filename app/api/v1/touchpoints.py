"""GET /api/v1/touchpoints: where feedback is asked, and the addresses that printed codes open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import Blueprint
from sqlalchemy import select

from app.accounts.keys import key_organisation
from app.api.v1 import queries, schemas
from app.api.v1.operations import operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.db import OrganisationSession, reading
from app.touchpoints.models import QrCode, Touchpoint
from app.web.access import api_key
from app.web.settings import settings

pages = Blueprint("api_touchpoints", __name__, url_prefix="/api/v1")


@pages.get("/touchpoints")
@api_key()
@operation(PageQuery, schemas.TouchpointList)
def list_touchpoints(query: PageQuery) -> schemas.TouchpointList:
    """Touchpoints with their printed codes, newest first."""
    with reading(key_organisation()) as session:
        found = page(queries.touchpoints(), Touchpoint.created_at, Touchpoint.id, query)
        rows = session.execute(found).all()
        shown, following = split(rows, query, lambda row: Place(row.Touchpoint.created_at, row.Touchpoint.id))
        codes = _codes(session, [row.Touchpoint.id for row in shown])
    items = [_show(row, codes[row.Touchpoint.id]) for row in shown]
    return schemas.TouchpointList(items=items, next_cursor=following)


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


def _show(row: queries.TouchpointRow, codes: Sequence[schemas.Code]) -> schemas.Touchpoint:
    touchpoint, store = row
    return schemas.Touchpoint(
        id=touchpoint.id,
        name=touchpoint.name,
        url=next((code.url for code in codes if code.retired_at is None), None),
        codes=list(codes),
        store=schemas.StoreName(id=store.id, code=store.code, name=store.name),
        created_at=touchpoint.created_at,
        retired_at=touchpoint.retired_at,
    )
