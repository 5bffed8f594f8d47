"""Step 1 of the flow: what stands behind a printed code, kept in memory for the survey page."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic  # how long an entry has been kept is no time of day
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.db import organisation_of, reading
from app.ids import OrganisationId, fold_printed_code
from app.stores.calendar import Calendar
from app.stores.models import Store
from app.surveys.models import Question, SurveyVersion
from app.surveys.queries import wording_of
from app.surveys.rules import Wording
from app.touchpoints.models import QrCode, Touchpoint

_All = tuple[QrCode, Touchpoint, Store, UUID, Question]

LIFE_SECONDS = 5.0
MOST_FOUND = 10_000
MOST_UNKNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Door:
    """All that the survey page needs to know of a printed code.

    `languages` are those of the store that the survey speaks, the first being `default_language`.
    `is_open` is false once the code, its touchpoint or its store is retired.
    """

    code: str
    organisation_id: OrganisationId
    qr_code_id: UUID
    touchpoint_id: UUID
    touchpoint_name: str
    store_id: UUID
    store_name: str
    store_address: str
    languages: tuple[str, ...]
    default_language: str
    survey_version_id: UUID
    wording: Mapping[str, Wording]
    calendar: Calendar
    is_open: bool


class _Shelf:
    """Doors by code, each for `LIFE_SECONDS`; the oldest makes room. Not safe without the lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[float, Door | None]] = OrderedDict()

    def holds(self, code: str, at: float) -> bool:
        """Whether the code is here and still fresh."""
        return code in self._kept and at - self._kept[code][0] < LIFE_SECONDS

    def __getitem__(self, code: str) -> Door | None:
        return self._kept[code][1]

    def keep(self, code: str, door: Door | None, at: float) -> None:
        """Put a door on the shelf, as the youngest."""
        self._kept.pop(code, None)
        self._kept[code] = (at, door)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Empty the shelf."""
        self._kept.clear()


_lock = threading.Lock()
_found = _Shelf(MOST_FOUND)
# On a shelf of their own, so that guessing codes cannot push the real ones out.
_unknown = _Shelf(MOST_UNKNOWN)


def find_door(code: str) -> Door | None:
    """What stands behind a code as somebody typed or scanned it; ``None`` when there is no such code.

    Costs two statements when it is not in memory, none for the next five seconds.
    """
    folded = fold_printed_code(code)
    if folded is None:
        return None
    with _lock:
        at = monotonic()
        for shelf in (_found, _unknown):
            if shelf.holds(folded, at):
                return shelf[folded]
    door = _read(folded)
    with _lock:
        (_unknown if door is None else _found).keep(folded, door, at)
    return door


def forget_doors() -> None:
    """Empty the memory, for tests."""
    with _lock:
        _found.clear()
        _unknown.clear()


def _read(code: str) -> Door | None:
    organisation_id = organisation_of(QrCode.code, code)
    if organisation_id is None:
        return None
    with reading(organisation_id) as session:
        rows = session.execute(_all_about(code)).all()
    return _door(organisation_id, rows) if rows else None


def _all_about(code: str) -> Select[*_All]:
    """One row for each question of the survey's newest version."""
    version = aliased(SurveyVersion)
    newest = (
        select(func.max(version.number))
        .where(version.survey_id == Touchpoint.survey_id)
        .correlate(Touchpoint)
        .scalar_subquery()
    )
    return (
        select(QrCode, Touchpoint, Store, SurveyVersion.id, Question)
        .join(Touchpoint, Touchpoint.id == QrCode.touchpoint_id)
        .join(Store, Store.id == Touchpoint.store_id)
        .join(SurveyVersion, SurveyVersion.survey_id == Touchpoint.survey_id)
        .join(Question, Question.version_id == SurveyVersion.id)
        .where(QrCode.code == code, SurveyVersion.number == newest)
    )


def _door(organisation_id: OrganisationId, rows: Sequence[Row[*_All]]) -> Door:
    code, touchpoint, store, version_id, _ = rows[0]
    wording = wording_of(row[4] for row in rows)
    languages = tuple(language for language in store.languages if language in wording) or tuple(wording)
    return Door(
        code=code.code,
        organisation_id=organisation_id,
        qr_code_id=code.id,
        touchpoint_id=touchpoint.id,
        touchpoint_name=touchpoint.name,
        store_id=store.id,
        store_name=store.name,
        store_address=store.address,
        languages=languages,
        default_language=languages[0],
        survey_version_id=version_id,
        wording=wording,
        calendar=store.calendar,
        is_open=not (code.retired_at or touchpoint.retired_at or store.retired_at),
    )
