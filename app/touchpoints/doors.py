"""Step 1 of the flow: what the survey page needs of a touchpoint; of a printed code's, kept in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.db import OrganisationSession, organisation_of, reading
from app.errors import NotFound
from app.ids import OrganisationId, fold_printed_code
from app.memory import Memory
from app.stores.calendar import Calendar
from app.stores.models import Store
from app.surveys.models import Question, SurveyVersion
from app.surveys.queries import wording_of
from app.surveys.rules import Wording
from app.touchpoints.models import QrCode, Touchpoint

_Point = tuple[Touchpoint, Store, UUID, Question]

MOST_FOUND = 10_000
MOST_UNKNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Door:
    """All that the survey page needs to know of a touchpoint, whichever way somebody came to it.

    `languages` are those of the store that the survey speaks, the first being `default_language`.
    `is_open` is false once the touchpoint or its store is retired.
    """

    organisation_id: OrganisationId
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


@dataclass(frozen=True, slots=True)
class CodeDoor(Door):
    """The door behind a printed code; closed once the code itself is retired, too."""

    code: str
    qr_code_id: UUID


_found: Memory[str, CodeDoor | None] = Memory(MOST_FOUND)
# On a shelf of their own, so that guessing codes cannot push the real ones out.
_unknown: Memory[str, None] = Memory(MOST_UNKNOWN)


def find_door(code: str) -> CodeDoor | None:
    """What stands behind a code as somebody typed or scanned it; ``None`` when there is no such code.

    Costs two statements when it is not in memory, none for the next five seconds.
    """
    folded = fold_printed_code(code)
    if folded is None or folded in _unknown:
        return None
    door = _found.find(folded, lambda: _read(folded))
    if door is None:
        _unknown.keep(folded, None)
    return door


def forget_doors() -> None:
    """Empty the memory, for tests."""
    _found.clear()
    _unknown.clear()


def door_of(session: OrganisationSession, touchpoint_id: UUID) -> Door:
    """The door of a touchpoint, read from the database; raises `NotFound`."""
    rows = session.execute(_all_about_points().where(Touchpoint.id == touchpoint_id)).all()
    if not rows:
        raise NotFound()
    return _door(session.scope(), rows)


def _read(code: str) -> CodeDoor | None:
    organisation_id = organisation_of(QrCode.code, code)
    if organisation_id is None:
        return None
    with reading(organisation_id) as session:
        rows = session.execute(
            _all_about_points()
            .add_columns(QrCode)
            .join(QrCode, QrCode.touchpoint_id == Touchpoint.id)
            .where(QrCode.code == code)
        ).all()
    return _coded(_door(organisation_id, [row[:4] for row in rows]), rows[0][4]) if rows else None


def _all_about_points() -> Select[*_Point]:
    """One row for each question of the newest version of a touchpoint's survey."""
    version = aliased(SurveyVersion)
    newest = (
        select(func.max(version.number))
        .where(version.survey_id == Touchpoint.survey_id)
        .correlate(Touchpoint)
        .scalar_subquery()
    )
    return (
        select(Touchpoint, Store, SurveyVersion.id, Question)
        .join(Store, Store.id == Touchpoint.store_id)
        .join(SurveyVersion, SurveyVersion.survey_id == Touchpoint.survey_id)
        .join(Question, Question.version_id == SurveyVersion.id)
        .where(SurveyVersion.number == newest)
    )


def _door(organisation_id: OrganisationId, rows: Sequence[Row[*_Point] | _Point]) -> Door:
    touchpoint, store, version_id, _ = rows[0]
    wording = wording_of(row[3] for row in rows)
    languages = tuple(language for language in store.languages if language in wording) or tuple(wording)
    return Door(
        organisation_id=organisation_id,
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
        is_open=not (touchpoint.retired_at or store.retired_at),
    )


def _coded(door: Door, code: QrCode) -> CodeDoor:
    facts: dict[str, Any] = {name: getattr(door, name) for name in Door.__dataclass_fields__}
    facts["is_open"] = door.is_open and code.retired_at is None
    return CodeDoor(**facts, code=code.code, qr_code_id=code.id)
