"""Touchpoints: the list by store, and the page of each."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.stores.filters import TRAIT_FIELDS, read_stores_wanted
from app.stores.models import Store
from app.stores.queries import stores
from app.surveys.queries import surveys
from app.touchpoints.actions import (
    create_code,
    create_touchpoint,
    edit_touchpoint,
    restore_touchpoint,
    retire_touchpoint,
)
from app.touchpoints.forms import PointForm, blank_form, form_of, read_new_point, read_point
from app.touchpoints.models import QrCode
from app.touchpoints.qr import code_address
from app.touchpoints.queries import Point, get_point, points_of_stores
from app.touchpoints.views.skin import own_touchpoint, pages, record
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import read_filters
from app.web.settings import settings

STORES_ON_A_PAGE = 25
_SEARCH_MOST = 100
_SUGGESTED_MOST = 300
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member()
def overview() -> tuple[str, int]:
    """The touchpoints of every store in scope that is wanted, store by store."""
    actor = current_actor()
    filters = read_filters(request.args, ("q", *TRAIT_FIELDS))
    filters.raw["q"] = filters.raw["q"][:_SEARCH_MOST]
    with reading(actor.organisation_id) as session:
        wanted = read_stores_wanted(session, filters, actor.store_ids, naming="none")
        found = stores(session, actor.store_ids, filters.raw["q"], wanted=wanted.filter)
        page = min(max(request.args.get("page", 1, int), 1), max(1, -(-len(found) // STORES_ON_A_PAGE)))
        listed = found[(page - 1) * STORES_ON_A_PAGE : page * STORES_ON_A_PAGE]
        html = render_template(
            "touchpoints/list.html",
            stores=listed,
            points=points_of_stores(session, [store.id for store in listed], now=clock.now()),
            filters=filters,
            faults=filters.faults,
            wanted=wanted,
            store_count=len(found),
            next_url=filters.having("page", str(page + 1)) if page * STORES_ON_A_PAGE < len(found) else "",
            code_address=lambda code: code_address(settings().base_url, code),
            may_edit=actor.may(Permission.EDIT_STORES),
        )
    return html, 422 if filters.faults else 200


@pages.get("/new")
@member(Permission.EDIT_STORES)
def create() -> str:
    """The empty form of a touchpoint."""
    with reading(current_actor().organisation_id) as session:
        return _new_page(session, blank_form(request.args.get("store", "")))


@pages.post("/new")
@member(Permission.EDIT_STORES)
def add() -> Page:
    """Add a touchpoint with its first code, and show the code to print."""
    return _twice(_try_to_add)


@pages.get("/<uuid:touchpoint_id>")
@member()
def show(touchpoint_id: UUID) -> str:
    """One touchpoint with its codes."""
    with reading(current_actor().organisation_id) as session:
        _touchpoint, store = own_touchpoint(session, touchpoint_id)
        point = get_point(session, touchpoint_id, now=clock.now())
        return _point_page(session, form_of(point), point, store)


@pages.post("/<uuid:touchpoint_id>")
@member(Permission.EDIT_STORES)
def change(touchpoint_id: UUID) -> Page:
    """Change a touchpoint's name or survey."""
    return _twice(lambda: _try_to_change(touchpoint_id))


@pages.post("/<uuid:touchpoint_id>/retire")
@member(Permission.EDIT_STORES)
def retire(touchpoint_id: UUID) -> AnyResponse:
    """Close a touchpoint; one tap opens it again."""
    with transaction(current_actor().organisation_id) as session:
        touchpoint, store = own_touchpoint(session, touchpoint_id)
        retire_touchpoint(session, touchpoint_id, now=clock.now())
        record(session, AuditDeed.TOUCHPOINT_RETIRED, _name(touchpoint.name, store), touchpoint_id)
    return _to_point(touchpoint_id)


@pages.post("/<uuid:touchpoint_id>/restore")
@member(Permission.EDIT_STORES)
def restore(touchpoint_id: UUID) -> AnyResponse:
    """Open a closed touchpoint again."""
    with transaction(current_actor().organisation_id) as session:
        touchpoint, store = own_touchpoint(session, touchpoint_id)
        restore_touchpoint(session, touchpoint_id)
        record(session, AuditDeed.TOUCHPOINT_RESTORED, _name(touchpoint.name, store), touchpoint_id)
    return _to_point(touchpoint_id)


@pages.post("/<uuid:touchpoint_id>/codes")
@member(Permission.EDIT_STORES)
def add_code(touchpoint_id: UUID) -> AnyResponse:
    """Make a further code for a touchpoint."""
    with transaction(current_actor().organisation_id) as session:
        own_touchpoint(session, touchpoint_id)
        code_id = create_code(session, touchpoint_id, now=clock.now())
        record(session, AuditDeed.CODE_CREATED, get_row(session, QrCode, code_id).code, code_id)
    return _to_point(touchpoint_id)


def _twice(save: Callable[[], Page]) -> Page:
    try:
        return save()
    except IntegrityError:
        # Somebody took the name in this very moment: a second look finds it.
        return save()


def _try_to_add() -> Page:
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        form = read_new_point(session, request.form, actor.store_ids)
        if form.faults or form.store_id is None or form.survey_id is None:
            return _new_page(session, form), 422
        touchpoint_id = create_touchpoint(session, form.store_id, form.survey_id, form.name, now=clock.now())
        store = get_row(session, Store, form.store_id)
        record(session, AuditDeed.TOUCHPOINT_CREATED, _name(form.name, store), touchpoint_id)
    return _to_point(touchpoint_id)


def _try_to_change(touchpoint_id: UUID) -> Page:
    with transaction(current_actor().organisation_id) as session:
        _touchpoint, store = own_touchpoint(session, touchpoint_id)
        point = get_point(session, touchpoint_id, now=clock.now())
        form = read_point(session, request.form, point)
        if form.faults or form.survey_id is None:
            return _point_page(session, form, point, store), 422
        if changed := edit_touchpoint(session, touchpoint_id, form.name, form.survey_id):
            subject = _name(form.name, store)
            record(session, AuditDeed.TOUCHPOINT_CHANGED, subject, touchpoint_id, fields=changed)
    return _to_point(touchpoint_id)


def _name(name: str, store: Store) -> str:
    """A touchpoint as the record of deeds names it."""
    return f"{store.code} · {name}"


def _new_page(session: OrganisationSession, form: PointForm) -> str:
    choice = [store for store in stores(session, current_actor().store_ids) if not store.retired_at]
    return render_template(
        "touchpoints/new.html",
        form=form,
        faults=form.faults,
        stores=choice[:_SUGGESTED_MOST],
        surveys=_survey_choice(session),
    )


def _point_page(session: OrganisationSession, form: PointForm, point: Point, store: Store) -> str:
    return render_template(
        "touchpoints/point.html",
        form=form,
        faults=form.faults,
        point=point,
        store=store,
        surveys=_survey_choice(session),
        may_edit=current_actor().may(Permission.EDIT_STORES),
    )


def _survey_choice(session: OrganisationSession) -> list[tuple[str, str]]:
    return [(str(survey.id), survey.name) for survey in surveys(session)]


def _to_point(touchpoint_id: UUID) -> AnyResponse:
    return redirect(url_for("touchpoints.show", touchpoint_id=touchpoint_id), 303)
