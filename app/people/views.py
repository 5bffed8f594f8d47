"""The page of employees: whom receipts name, and what they are called."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.errors import Conflict, Invalid
from app.people.actions import rename_employee, restore_employee, retire_employee
from app.people.models import Employee
from app.people.queries import MOST_SHOWN, Wanted, people
from app.people.rules import employee_name
from app.stores.models import Store
from app.stores.queries import find_store, stores
from app.text import clean_line
from app.web.access import current_actor, member
from app.web.actor import Permission

pages = Blueprint("people", __name__, template_folder="templates", url_prefix="/people")
_SEARCH_MOST = 100
_CHOICE_MOST = 200
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member()
def overview() -> Page:
    """Everybody whom receipts of the stores in scope name, in the order of the alphabet."""
    actor = current_actor()
    raw = {name: clean_line(request.args.get(name, "")[:_SEARCH_MOST]) for name in ("q", "store", "retired")}
    with reading(actor.organisation_id) as session:
        store = find_store(session, raw["store"], actor.store_ids) if raw["store"] else None
        faults = {"store": _("There is no store with this code.")} if raw["store"] and not store else {}
        wanted = Wanted(raw["q"], store.id if store else None, is_retired=bool(raw["retired"]))
        found, count = people(session, actor.store_ids, wanted, now=clock.now())
        listed = stores(session, actor.store_ids)
    page = render_template(
        "people/list.html",
        raw=raw,
        faults=faults,
        people=[] if faults else found,
        count=count,
        most=MOST_SHOWN,
        is_filtered=any(raw.values()),
        choice=[(one.code, one.name) for one in listed] if len(listed) <= _CHOICE_MOST else [],
    )
    return page, 422 if faults else 200


@pages.get("/<uuid:employee_id>")
@member()
def show(employee_id: UUID) -> str:
    """One employee: the name and the code."""
    with reading(current_actor().organisation_id) as session:
        return _page(session, _own(session, employee_id))


@pages.post("/<uuid:employee_id>")
@member(Permission.HANDLE_ALERTS)
def rename(employee_id: UUID) -> Page:
    """Write the name that colleagues know."""
    typed = request.form.get("name", "")
    with transaction(current_actor().organisation_id) as session:
        employee = _own(session, employee_id)
        try:
            name = employee_name(typed)
        except Invalid:
            faults = {"name": _("Shorten this text.")}
            return _page(session, employee, typed=typed, faults=faults), 422
        rename_employee(session, employee_id, name)
        _remember(session, AuditDeed.EMPLOYEE_CHANGED, employee)
    return redirect(url_for("people.show", employee_id=employee_id), 303)


@pages.post("/<uuid:employee_id>/retire")
@member(Permission.HANDLE_ALERTS)
def retire(employee_id: UUID) -> Page:
    """Somebody has left; one tap brings them back."""
    with transaction(current_actor().organisation_id) as session:
        employee = _own(session, employee_id)
        retire_employee(session, employee_id, now=clock.now())
        _remember(session, AuditDeed.EMPLOYEE_RETIRED, employee)
    return redirect(url_for("people.show", employee_id=employee_id), 303)


@pages.post("/<uuid:employee_id>/restore")
@member(Permission.HANDLE_ALERTS)
def restore(employee_id: UUID) -> Page:
    """Somebody is back."""
    with transaction(current_actor().organisation_id) as session:
        employee = _own(session, employee_id)
        try:
            restore_employee(session, employee_id)
        except Conflict:
            notice = _("Somebody else has this code by now. Retire them first.")
            return _page(session, employee, notice=notice), 409
        _remember(session, AuditDeed.EMPLOYEE_RESTORED, employee)
    return redirect(url_for("people.show", employee_id=employee_id), 303)


def _own(session: OrganisationSession, employee_id: UUID) -> Employee:
    """An employee of a store in scope; raises `NotFound` otherwise."""
    employee = get_row(session, Employee, employee_id)
    current_actor().require_store(employee.store_id)
    return employee


def _page(
    session: OrganisationSession,
    employee: Employee,
    *,
    typed: str | None = None,
    faults: dict[str, str] | None = None,
    notice: str = "",
) -> str:
    return render_template(
        "people/person.html",
        employee=employee,
        store=get_row(session, Store, employee.store_id),
        typed=employee.name if typed is None else typed,
        faults=faults or {},
        notice=notice,
        may_edit=current_actor().may(Permission.HANDLE_ALERTS),
    )


def _remember(session: OrganisationSession, deed: AuditDeed, employee: Employee) -> None:
    doer, now = current_actor().doer, clock.now()
    record_deed(session, deed, doer, employee.shown_name, now=now, subject_id=employee.id)
