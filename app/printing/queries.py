"""Which codes can be printed, what their cards say, and the runs of a member."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import undefer

from app.accounts.queries import organisation_name, stores_with_managers
from app.db import OrganisationSession
from app.errors import NotFound
from app.printing.cards import Card
from app.printing.models import PrintRun
from app.printing.rules import Format, Languages, RunState
from app.printing.words import voice
from app.stores.models import Store
from app.stores.queries import Scope
from app.stores.rules import StoreKind
from app.text import sort_key
from app.touchpoints.models import QrCode, Touchpoint
from app.touchpoints.qr import code_address, qr_image
from app.web.languages import LANGUAGES

_SHOWN_RUNS = 10


@dataclass(frozen=True, slots=True)
class Where:
    """Which codes are meant: those of one code, touchpoint, store or region, or with a label; else all."""

    code: str | None = None
    touchpoint_id: UUID | None = None
    store_id: UUID | None = None
    region_id: UUID | None = None
    label: str | None = None


class Printable(NamedTuple):
    """A code that takes answers, with what its card says of the place."""

    code: str
    point: str
    store_id: UUID
    store: str
    kind: str
    spoken: list[str]


@dataclass(frozen=True, slots=True)
class Edition:
    """What the cards of one print run have in common."""

    own: Format
    languages: Languages
    base_url: str
    at: datetime

    @property
    def mark(self) -> str:
        """The month in which it was printed, so that an old card is known for one."""
        return f"{self.own.short} · {self.at:%Y-%m}"


def printable(session: OrganisationSession, scope: Scope, where: Where) -> list[Printable]:
    """The codes in scope that take answers: by store, touchpoint and age."""
    rows = session.execute(
        select(QrCode.code, Touchpoint.name, Store.id, Store.name, Store.kind, Store.languages, Store.labels)
        .join(Touchpoint, Touchpoint.id == QrCode.touchpoint_id)
        .join(Store, Store.id == Touchpoint.store_id)
        .where(*_takes_answers(), *_inside(scope), *_meant(where))
        .order_by(Store.code, QrCode.created_at, QrCode.code)
    )
    found = [Printable(*row[:6]) for row in rows if where.label is None or where.label in row.labels]
    return sorted(found, key=lambda row: (sort_key(row.store), row.store_id, sort_key(row.point)))


def labels_in_use(session: OrganisationSession, scope: Scope) -> list[str]:
    """The labels of open stores in scope."""
    rows = session.scalars(select(Store.labels).where(Store.retired_at.is_(None), *_inside(scope)))
    return sorted({label for labels in rows for label in labels}, key=sort_key)


def still_printable(session: OrganisationSession, codes: Collection[str]) -> list[Printable]:
    """Those of the codes that still take answers, in the order in which they were given."""
    rows = session.execute(
        select(QrCode.code, Touchpoint.name, Store.id, Store.name, Store.kind, Store.languages)
        .join(Touchpoint, Touchpoint.id == QrCode.touchpoint_id)
        .join(Store, Store.id == Touchpoint.store_id)
        .where(*_takes_answers(), QrCode.code.in_(codes))
    )
    found = {row.code: Printable(*row) for row in rows}
    return [found[code] for code in codes if code in found]


def cards(session: OrganisationSession, rows: Sequence[Printable], edition: Edition) -> list[Card]:
    """The cards of these codes; raises `Invalid` for a base address that is too long for a code."""
    shops = {row.store_id for row in rows if row.kind == StoreKind.SHOP}
    managed = stores_with_managers(session, shops)
    team = organisation_name(session)
    return [_card(row, edition, "" if row.store_id in managed else team) for row in rows]


def runs_of_member(session: OrganisationSession, membership_id: UUID) -> list[PrintRun]:
    """The newest runs that a member ordered."""
    return list(
        session.scalars(
            select(PrintRun)
            .where(PrintRun.membership_id == membership_id)
            .order_by(PrintRun.created_at.desc(), PrintRun.id.desc())
            .limit(_SHOWN_RUNS)
        )
    )


def waiting_count(session: OrganisationSession, membership_id: UUID) -> int:
    """How many runs of a member are not made yet."""
    where = PrintRun.membership_id == membership_id, PrintRun.state == RunState.WAITING
    return session.scalar(select(func.count()).where(*where)) or 0


def state_of(run: PrintRun, *, now: datetime) -> RunState:
    """How far a run is: a file whose time is over is not there any more, erased already or not."""
    is_over = run.state == RunState.MADE and run.expires_at is not None and run.expires_at <= now
    return RunState.EXPIRED if is_over else RunState(run.state)


def get_own_run(
    session: OrganisationSession, run_id: UUID, membership_id: UUID, scope: Scope, *, with_file: bool = False
) -> PrintRun:
    """A run that the member ordered, all of whose stores are still in scope; raises `NotFound`."""
    wanted = (undefer(PrintRun.store_ids), *((undefer(PrintRun.file),) if with_file else ()))
    where = PrintRun.id == run_id, PrintRun.membership_id == membership_id
    run = session.scalars(select(PrintRun).where(*where).options(*wanted)).one_or_none()
    if run is None or (scope is not None and not scope.issuperset(map(UUID, run.store_ids))):
        raise NotFound()
    return run


def _card(row: Printable, edition: Edition, team: str) -> Card:
    spoken = edition.languages.of_store(row.spoken, list(LANGUAGES), edition.own.most_languages)
    return Card(
        code=row.code,
        image=qr_image(code_address(edition.base_url, row.code)),
        voices=tuple(voice(language, team) for language in spoken),
        place=f"{row.store} · {row.point}",
        edition=f"{row.code} · {edition.mark}",
    )


def _takes_answers() -> Iterable[ColumnElement[bool]]:
    return [kind.retired_at.is_(None) for kind in (QrCode, Touchpoint, Store)]


def _inside(scope: Scope) -> list[ColumnElement[bool]]:
    return [true() if scope is None else Store.id.in_(scope)]


def _meant(where: Where) -> list[ColumnElement[bool]]:
    pairs = (
        (QrCode.code, where.code),
        (Touchpoint.id, where.touchpoint_id),
        (Store.id, where.store_id),
        (Store.region_id, where.region_id),
    )
    return [column == value for column, value in pairs if value is not None]
