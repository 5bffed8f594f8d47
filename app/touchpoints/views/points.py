"""Touchpoints: the list by store, and the page of each."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.stores.models import Store
from app.stores.queries import stores
from app.surveys.queries import surveys
from app.text import clean_line
from app.touchpoints.actions import (
    create_code,
    create_touchpoint,
    edit_touchpoint,
    restore_touchpoint,
    retire_touchpoint,
)
from app.touchpoints.forms import PointForm, blank_form, form_of, read_new_point, read_point
from app.touchpoints.qr import code_address
from app.touchpoints.queries import Point, get_point, points_of_stores
from app.touchpoints.views.skin import own_touchpoint, pages
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

STORES_ON_A_PAGE = 25
_SEARCH_MOST = 100
_SUGGESTED_MOST = 300
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member()
def overview() -> str:
    """The touchpoints of every store in scope, store by store."""
    actor = current_actor()
    search = clean_line(request.args.get("q", "")[:_SEARCH_MOST])
    with reading(actor.organisation_id) as session:
        found = stores(session, actor.store_ids, search)
        page = min(max(request.args.get("page", 1, int), 1), max(1, -(-len(found) // STORES_ON_A_PAGE)))
        listed = found[(page - 1) * STORES_ON_A_PAGE : page * STORES_ON_A_PAGE]
        more = url_for("touchpoints.overview", q=search or None, page=page + 1)
        return render_template(
            "touchpoints/list.html",
            stores=listed,
            points=points_of_stores(session, [store.id for store in listed], now=clock.now()),
            search=search,
            store_count=len(found),
            next_url=more if page * STORES_ON_A_PAGE < len(found) else None,
            code_address=lambda code: code_address(settings().base_url, code),
            may_edit=actor.may(Permission.EDIT_STORES),
        )


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
        own_touchpoint(session, touchpoint_id)
        retire_touchpoint(session, touchpoint_id, now=clock.now())
    return _to_point(touchpoint_id)


@pages.post("/<uuid:touchpoint_id>/restore")
@member(Permission.EDIT_STORES)
def restore(touchpoint_id: UUID) -> AnyResponse:
    """Open a closed touchpoint again."""
    with transaction(current_actor().organisation_id) as session:
        own_touchpoint(session, touchpoint_id)
        restore_touchpoint(session, touchpoint_id)
    return _to_point(touchpoint_id)


@pages.post("/<uuid:touchpoint_id>/codes")
@member(Permission.EDIT_STORES)
def add_code(touchpoint_id: UUID) -> AnyResponse:
    """Make a further code for a touchpoint."""
    with transaction(current_actor().organisation_id) as session:
        own_touchpoint(session, touchpoint_id)
        create_code(session, touchpoint_id, now=clock.now())
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
    return _to_point(touchpoint_id)


def _try_to_change(touchpoint_id: UUID) -> Page:
    with transaction(current_actor().organisation_id) as session:
        _touchpoint, store = own_touchpoint(session, touchpoint_id)
        point = get_point(session, touchpoint_id, now=clock.now())
        form = read_point(session, request.form, point)
        if form.faults or form.survey_id is None:
            return _point_page(session, form, point, store), 422
        edit_touchpoint(session, touchpoint_id, form.name, form.survey_id)
    return _to_point(touchpoint_id)


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
