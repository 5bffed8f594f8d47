"""What the pages of responses ask: the newest ones that fit a filter, page by page, and one by its id."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.alerts.models import Alert
from app.classification.labels import Meaning, meanings_of
from app.classification.models import Classification, CommentFlag, CommentTopic
from app.classification.rules import Flag, Topic
from app.db import OrganisationSession, SearchForm, UtcInstant
from app.errors import NotFound
from app.insight.rules import GROUP_RATINGS, Group
from app.invitations.models import Invitation
from app.people.models import Employee
from app.places import Place
from app.responses.models import Response
from app.stores.models import Store
from app.stores.queries import EVERY_STORE, Scope, StoreFilter, inside
from app.text import search_form
from app.touchpoints.models import Touchpoint

PAGE = 50
MOST_COUNTED = 10_000
PENDING = "pending"


_RESPONSES = (
    select(
        *(Response, Store.name, Store.time_zone, Touchpoint.name),
        *(Classification, Alert, Invitation, Employee),
    )
    .join(Store, Store.id == Response.store_id)
    .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
    .outerjoin(Classification, Classification.response_id == Response.id)
    .outerjoin(Alert, Alert.response_id == Response.id)
    .outerjoin(Invitation, Invitation.id == Response.invitation_id)
    .outerjoin(Employee, Employee.id == Response.employee_id)
)
_NEWEST_FIRST = (Response.received_at.desc(), Response.id.desc())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses are wanted; everything left empty narrows nothing. `since` is in, `until` is out."""

    stores: StoreFilter = EVERY_STORE
    group: Group | None = None
    sentiment: str | None = None
    topic: Topic | None = None
    flag: Flag | None = None
    has_comment: bool = False
    is_verified: bool = False
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One response with what stands around it. Without a verdict a comment is still being read."""

    response: Response
    store: str
    zone: str
    touchpoint: str
    verdict: Classification | None
    alert: Alert | None
    invitation: Invitation | None
    employee: Employee | None
    meaning: Meaning = field(default_factory=Meaning)

    @property
    def is_being_read(self) -> bool:
        """Whether there is a comment whose verdict is still to come."""
        is_read = self.verdict is not None and self.verdict.classified_at is not None
        return self.response.comment is not None and not is_read


def newest(
    session: OrganisationSession,
    scope: Scope,
    wanted: Wanted,
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> tuple[list[Said], Place | None]:
    """A page of the responses wanted, newest first, and where the next one begins."""
    found = _matching(wanted, scope)
    if after:
        place = tuple_(literal(after.at, UtcInstant()), literal(after.id, Uuid()))
        found = found.where(tuple_(Response.received_at, Response.id) < place)
    # First which ones, from one table where that can be, and only then what stands around them.
    page = found.order_by(*_NEWEST_FIRST).limit(limit + 1).with_only_columns(Response.id)
    statement = _RESPONSES.where(Response.id.in_(page)).order_by(*_NEWEST_FIRST)
    rows = _with_meanings(session, [Said(*row) for row in session.execute(statement)])
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1].response
    return rows[:limit], Place(last.received_at, last.id)


def count(session: OrganisationSession, scope: Scope, wanted: Wanted) -> int:
    """How many responses are wanted, counted up to `MOST_COUNTED` and one more."""
    some = aliased(Response, _matching(wanted, scope).limit(MOST_COUNTED + 1).subquery())
    return session.scalar(select(func.count(some.id))) or 0


def get_said(session: OrganisationSession, scope: Scope, response_id: UUID) -> Said:
    """The response of that id with what stands around it; raises `NotFound`, out of scope as well."""
    statement = _RESPONSES.where(Response.id == response_id, inside(Response.store_id, scope))
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return Said(*row)


def _with_meanings(session: OrganisationSession, rows: list[Said]) -> list[Said]:
    meanings = meanings_of(session, [row.response.id for row in rows if row.response.comment])
    return [replace(row, meaning=meanings.get(row.response.id, row.meaning)) for row in rows]


def _matching(wanted: Wanted, scope: Scope) -> Select[UUID, UUID]:
    statement = select(Response.organisation_id, Response.id)
    if wanted.sentiment:
        statement = statement.outerjoin(Classification, Classification.response_id == Response.id)
    return statement.where(*_conditions(wanted), inside(Response.store_id, scope))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [wanted.stores.holds(Response.store_id)]
    if wanted.group:
        conditions.append(Response.rating.between(*GROUP_RATINGS[wanted.group]))
    if wanted.sentiment:
        conditions.append(_has_sentiment(wanted.sentiment))
    if wanted.topic:
        conditions.append(_has_label(CommentTopic, CommentTopic.topic == wanted.topic))
    if wanted.flag:
        conditions.append(_has_label(CommentFlag, CommentFlag.flag == wanted.flag))
    if wanted.has_comment:
        conditions.append(Response.comment.is_not(None))
    if wanted.is_verified:
        conditions.append(Response.invitation_id.is_not(None))
    if wanted.words:
        found = SearchForm(Response.comment).contains(search_form(wanted.words), autoescape=True)
        conditions.append(found)
    return conditions + _in_time(wanted)


def _has_label(kind: type[CommentTopic | CommentFlag], which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(kind.response_id == Response.id, which)


def _in_time(wanted: Wanted) -> list[ColumnElement[bool]]:
    first = [Response.received_at >= wanted.since] if wanted.since else []
    return first + ([Response.received_at < wanted.until] if wanted.until else [])


def _has_sentiment(sentiment: str) -> ColumnElement[bool]:
    if sentiment != PENDING:
        return Classification.sentiment == sentiment
    unread = or_(Classification.id.is_(None), Classification.classified_at.is_(None))
    return and_(Response.comment.is_not(None), unread)
