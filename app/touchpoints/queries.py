"""Touchpoints with their codes and scans, and whatever figures the layers above add to them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.db import OrganisationSession, get_row
from app.errors import NotFound
from app.ids import fold_printed_code
from app.stores.models import Store
from app.text import sort_key
from app.touchpoints.models import QrCode, ScanCount, Touchpoint
from app.touchpoints.rules import Pulse, pulse

FIGURE_DAYS = 7
Figures = Callable[[OrganisationSession, Collection[UUID], datetime], Mapping[UUID, int]]
_figures: list[Figures] = []


@dataclass(frozen=True, slots=True)
class Code:
    """A printed code with its scans of seven days."""

    id: UUID
    code: str
    scan_count: int
    last_scan_at: datetime | None
    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Point:
    """A touchpoint with its codes; `answer_count` of seven days is ``None`` where nobody counts answers."""

    id: UUID
    store_id: UUID
    name: str
    survey_id: UUID
    retired_at: datetime | None
    codes: list[Code]
    answer_count: int | None

    @property
    def scan_count(self) -> int:
        """Scans of all its codes in seven days."""
        return sum(code.scan_count for code in self.codes)

    @property
    def last_scan_at(self) -> datetime | None:
        """When any of its codes was last scanned."""
        return max((code.last_scan_at for code in self.codes if code.last_scan_at), default=None)


class Place(NamedTuple):
    """Where a code leads: its row, its touchpoint and its store."""

    code: QrCode
    touchpoint: Touchpoint
    store: Store


def add_touchpoint_figures(figures: Figures) -> None:
    """Let a layer above count answers: called with touchpoints and the instant from which to count."""
    _figures[:] = [figures]


def points_of_stores(
    session: OrganisationSession, store_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, list[Point]]:
    """The touchpoints of each store, retired ones last, in the order of the alphabet."""
    touchpoints = list(session.scalars(select(Touchpoint).where(Touchpoint.store_id.in_(store_ids))))
    found: dict[UUID, list[Point]] = {store_id: [] for store_id in store_ids}
    for point in _with_codes(session, touchpoints, now=now):
        found[point.store_id].append(point)
    return found


def get_point(session: OrganisationSession, touchpoint_id: UUID, *, now: datetime) -> Point:
    """A touchpoint with its codes; raises `NotFound`."""
    return _with_codes(session, [get_row(session, Touchpoint, touchpoint_id)], now=now)[0]


def get_place(session: OrganisationSession, text: str) -> Place:
    """Where a code leads, as somebody typed it; raises `NotFound`."""
    row = session.execute(
        select(QrCode, Touchpoint, Store)
        .join(Touchpoint, Touchpoint.id == QrCode.touchpoint_id)
        .join(Store, Store.id == Touchpoint.store_id)
        .where(QrCode.code == (fold_printed_code(text) or ""))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return Place(*row)


def find_point_id(session: OrganisationSession, store_id: UUID, name: str) -> UUID | None:
    """The touchpoint of a store with exactly that name."""
    return session.scalar(
        select(Touchpoint.id).where(Touchpoint.store_id == store_id, Touchpoint.name == name)
    )


def _with_codes(session: OrganisationSession, rows: list[Touchpoint], *, now: datetime) -> list[Point]:
    ids = [row.id for row in rows]
    codes = _codes(session, ids, now=now)
    since = now - timedelta(days=FIGURE_DAYS)
    answers = _figures[0](session, ids, since) if _figures else None
    points = [
        Point(
            id=row.id,
            store_id=row.store_id,
            name=row.name,
            survey_id=row.survey_id,
            retired_at=row.retired_at,
            codes=codes.get(row.id, []),
            answer_count=None if answers is None else answers.get(row.id, 0),
        )
        for row in rows
    ]
    return sorted(points, key=lambda point: (point.retired_at is not None, sort_key(point.name)))


def _codes(
    session: OrganisationSession, touchpoint_ids: list[UUID], *, now: datetime
) -> dict[UUID, list[Code]]:
    first_day = (now - timedelta(days=FIGURE_DAYS - 1)).date()
    recent = func.coalesce(func.sum(ScanCount.count).filter(ScanCount.on >= first_day), 0)
    rows = session.execute(
        select(QrCode, recent, func.max(ScanCount.last_at))
        .outerjoin(ScanCount, ScanCount.qr_code_id == QrCode.id)
        .where(QrCode.touchpoint_id.in_(touchpoint_ids))
        .group_by(QrCode.organisation_id, QrCode.id)
        .order_by(QrCode.created_at, QrCode.code)
    )
    found: dict[UUID, list[Code]] = {}
    for row, scan_count, last_scan_at in rows:
        state = pulse(row.created_at, last_scan_at, is_retired=row.retired_at is not None, now=now)
        code = Code(row.id, row.code, scan_count, last_scan_at, state)
        found.setdefault(row.touchpoint_id, []).append(code)
    return found
