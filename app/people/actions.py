"""Finding the employees that receipts name, and looking after their names."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession, get_row, insert_missing
from app.errors import Conflict
from app.people.models import Employee
from app.people.rules import Seen

_UNIQUE = ("organisation_id", "store_id", "code_key")


def recognise_employees(
    session: OrganisationSession, seen: Collection[Seen], *, now: datetime
) -> dict[Seen, Employee]:
    """The employee that each receipt names, made when the code is new in its store.

    A code means who had it when the receipt was issued. A name on the receipt fills in one that is missing.
    Two or three statements, however many there are.
    """
    found = _holders(session, seen)
    missing = {(one.store_id, one.cashier.key): one for one in seen if one not in found}
    if missing:
        insert_missing(
            session,
            Employee,
            _UNIQUE,
            [_row(missing[key], now=now) for key in sorted(missing)],
            where="retired_at IS NULL",
        )
        found = _holders(session, seen)
    for one, employee in found.items():
        employee.name = employee.name or one.cashier.name
    return found


def rename_employee(session: OrganisationSession, employee_id: UUID, name: str) -> None:
    """Write an employee's name; what tills say later does not change it."""
    get_row(session, Employee, employee_id).name = name


def retire_employee(session: OrganisationSession, employee_id: UUID, *, now: datetime) -> None:
    """Somebody has left: later receipts with the code name whoever has it then."""
    employee = get_row(session, Employee, employee_id)
    employee.retired_at = employee.retired_at or now


def restore_employee(session: OrganisationSession, employee_id: UUID) -> None:
    """Somebody is back; raises `Conflict` (``code_taken``) when the code is somebody else's by now."""
    employee = get_row(session, Employee, employee_id)
    if employee.retired_at is None:
        return
    taken = select(Employee.id).where(
        Employee.store_id == employee.store_id,
        Employee.code_key == employee.code_key,
        Employee.retired_at.is_(None),
    )
    if session.scalar(taken):
        raise Conflict("code_taken")
    employee.retired_at = None
    session.flush()


def _holders(session: OrganisationSession, seen: Collection[Seen]) -> dict[Seen, Employee]:
    """Who had each code at the time of the receipt, of those that are known."""
    rows = session.scalars(
        select(Employee).where(
            Employee.store_id.in_({one.store_id for one in seen}),
            Employee.code_key.in_({one.cashier.key for one in seen}),
        )
    )
    by_code: dict[tuple[UUID, str], list[Employee]] = {}
    for row in rows:
        by_code.setdefault((row.store_id, row.code_key), []).append(row)
    holders = {one: _holder(by_code.get((one.store_id, one.cashier.key), ()), one.at) for one in seen}
    return {one: employee for one, employee in holders.items() if employee}


def _holder(holders: Sequence[Employee], at: datetime) -> Employee | None:
    """The first who left after that instant, else the one who has not left."""
    left = [row for row in holders if row.retired_at and row.retired_at > at]
    if left:
        return min(left, key=lambda row: row.retired_at or at)
    return next((row for row in holders if row.retired_at is None), None)


def _row(one: Seen, *, now: datetime) -> dict[str, object]:
    return {
        "store_id": one.store_id,
        "code": one.cashier.code,
        "code_key": one.cashier.key,
        "name": one.cashier.name,
        "created_at": now,
        "retired_at": None,
    }
