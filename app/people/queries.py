"""The employees of stores in scope, and how often a layer above saw each named."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, false, func, or_, select

from app.db import OrganisationSession, SearchForm
from app.people.models import Employee
from app.stores.models import Store
from app.stores.queries import Scope, inside
from app.text import reference_key, search_form, sort_key

FIGURE_DAYS = 30
MOST_SHOWN = 200
Figures = Callable[[OrganisationSession, Collection[UUID], datetime], Mapping[UUID, int]]
_figures: list[Figures] = []


@dataclass(frozen=True, slots=True)
class Person:
    """An employee in the list; `answer_count` of 30 days is ``None`` where nobody counts answers."""

    id: UUID
    name: str
    code: str
    store: str
    retired_at: datetime | None
    answer_count: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to list; everything left empty narrows nothing."""

    words: str = ""
    store_id: UUID | None = None
    is_retired: bool = False


def add_employee_figures(figures: Figures) -> None:
    """Let a layer above count answers: called with employees and the instant from which to count."""
    _figures[:] = [figures]


def people(
    session: OrganisationSession, scope: Scope, wanted: Wanted, *, now: datetime
) -> tuple[list[Person], int]:
    """The first 200 who are wanted, in the order of the alphabet and of nothing else; how many there are."""
    found = select(Employee, Store.name).join(Store, Store.id == Employee.store_id)
    found = found.where(*_conditions(scope, wanted))
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(Store.name, Employee.name, Employee.id).limit(MOST_SHOWN)).all()
    since = now - timedelta(days=FIGURE_DAYS)
    answers = _figures[0](session, [row.Employee.id for row in rows], since) if _figures else None
    listed = [_person(row, answers) for row in rows]
    return sorted(listed, key=lambda one: (sort_key(one.store), sort_key(one.name or one.code))), count


def find_employee(session: OrganisationSession, employee_id: UUID | None) -> Employee | None:
    """The employee of that id, or ``None``."""
    return session.get(Employee, (session.scope(), employee_id)) if employee_id else None


def _person(row: Row[Employee, str], answers: Mapping[UUID, int] | None) -> Person:
    employee, store = row
    return Person(
        id=employee.id,
        name=employee.name,
        code=employee.code,
        store=store,
        retired_at=employee.retired_at,
        answer_count=None if answers is None else answers.get(employee.id, 0),
    )


def _conditions(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    is_retired = Employee.retired_at.is_not(None) if wanted.is_retired else Employee.retired_at.is_(None)
    conditions = [inside(Employee.store_id, scope), is_retired]
    if wanted.store_id:
        conditions.append(Employee.store_id == wanted.store_id)
    if wanted.words:
        is_named = SearchForm(Employee.name).contains(search_form(wanted.words), autoescape=True)
        code = reference_key(wanted.words)
        has_code = Employee.code_key.contains(code, autoescape=True) if code else false()
        conditions.append(or_(is_named, has_code))
    return conditions
