"""Hours of many stores at once: say which and what, read what would change, confirm."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.stores import rules
from app.stores.actions import change_hours
from app.stores.filters import STORE_FIELDS, StoresWanted, read_stores_wanted
from app.stores.hours import HoursChange, HoursPlan
from app.stores.queries import hours_plan
from app.stores.views.skin import Page, pages
from app.stores.weeks import week_hours, week_text
from app.stores.words import fault_words, reader_language
from app.text import clean_text
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import Filters, read_filters
from app.web.forms import Form, only, read_form

SHOWN_MOST = 100
_TYPED = ("week", "dated_hours", "usual_days")
T = TypeVar("T")


@dataclass(slots=True)
class HoursForm:
    """What was typed: which stores, and which hours. `faults` has a text for each field that was refused."""

    filters: Filters
    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_TYPED, ""))
    change: HoursChange = field(default_factory=HoursChange)

    @property
    def faults(self) -> dict[str, str]:
        """The faults of the whole form."""
        return self.filters.faults


@pages.get("/hours")
@member(Permission.EDIT_STORES)
def ask_hours() -> Page:
    """The form: which stores, which hours."""
    form = HoursForm(read_filters(request.args, STORE_FIELDS))
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        stores = read_stores_wanted(session, form.filters, actor.store_ids, naming="many")
        done = max(0, min(request.args.get("changed", 0, int), 1_000_000))
        return _page(form, stores, done=done), 422 if form.faults else 200


@pages.post("/hours")
@member(Permission.EDIT_STORES)
def preview_hours() -> Page:
    """What would change, store by store; nothing is changed yet."""
    form, actor = _read(read_form(request)), current_actor()
    with reading(actor.organisation_id) as session:
        stores, plan = _planned(session, form)
        return _page(form, stores, plan), 422 if form.faults else 200


@pages.post("/hours/apply")
@member(Permission.EDIT_STORES)
def apply_hours() -> Page:
    """Change exactly what was confirmed, or show what has changed since."""
    raw, actor = read_form(request), current_actor()
    form = _read(raw)
    with transaction(actor.organisation_id) as session:
        stores, plan = _planned(session, form, lock=True)
        if plan is None:
            return _page(form, stores), 422
        try:
            change_hours(session, plan, only(raw, "mark"), actor.doer, now=clock.now())
        except Conflict:
            return _page(form, stores, plan, has_moved=True), 409
    return redirect(url_for("stores.ask_hours", changed=len(plan.rows)), 303)


def _read(raw: Form) -> HoursForm:
    form = HoursForm(read_filters(raw, STORE_FIELDS), {name: only(raw, name) for name in _TYPED})
    week = _take(form, "week", week_hours)
    dated = _take(form, "dated_hours", lambda text: rules.dated_hours(text, _("closed"))) or {}
    usual = _take(form, "usual_days", rules.dates) or []
    form.change = HoursChange(week if form.typed["week"].strip() else None, dated, usual)
    if not form.change and not form.faults:
        form.faults["week"] = _("Write the hours of the week, or a day that differs.")
    return form


def _take(form: HoursForm, name: str, rule: Callable[[str], T]) -> T | None:
    try:
        return rule(clean_text(form.typed[name]))
    except Invalid as refusal:
        form.faults[name] = fault_words(refusal.faults)
        return None


def _planned(
    session: OrganisationSession, form: HoursForm, *, lock: bool = False
) -> tuple[StoresWanted, HoursPlan | None]:
    """Which stores are meant, and what would change; no plan where anything is wrong with the form."""
    scope = current_actor().store_ids
    stores = read_stores_wanted(session, form.filters, scope, naming="many")
    if form.faults:
        return stores, None
    plan = hours_plan(session, scope, stores.filter, form.change, lock=lock)
    full = [row.name for row in plan.rows if row.is_full]
    if not full:
        return stores, plan
    form.faults["dated_hours"] = ngettext(
        "%(name)s would have more than %(most)s days that differ.",
        "%(name)s and others would have more than %(most)s days that differ.",
        len(full),
        name=full[0],
        most=rules.DATED_MOST,
    )
    return stores, None


def _page(
    form: HoursForm,
    stores: StoresWanted,
    plan: HoursPlan | None = None,
    *,
    has_moved: bool = False,
    done: int = 0,
) -> str:
    return render_template(
        "stores/hours.html",
        form=form,
        faults=form.faults,
        stores=stores,
        plan=plan,
        has_moved=has_moved,
        done=done,
        most=SHOWN_MOST,
        week_text=lambda week: week_text(week, reader_language()),
        days_text=lambda days: rules.dated_hours_text(dict(days), _("closed")),
    )
