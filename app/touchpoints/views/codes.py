"""Printed codes: the page of each, its picture, and where the code leads."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, reading, transaction
from app.stores.models import Store
from app.stores.queries import find_store
from app.text import clean_line
from app.touchpoints.actions import repoint_code, restore_code, retire_code
from app.touchpoints.qr import code_address, find_qr_image, is_local, png, qr_image, svg
from app.touchpoints.queries import Place, Point, points_of_stores
from app.touchpoints.views.skin import own_place, own_touchpoint, pages, record
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

Page = str | tuple[str, int] | AnyResponse


@pages.get("/codes/<code>")
@member()
def code(code: str) -> str:
    """The page of a code: its picture, and what can be done with it."""
    with reading(current_actor().organisation_id) as session:
        return _code_page(own_place(session, code), {})


@pages.get("/codes/<code>.svg")
@member()
def code_svg(code: str) -> Response:
    """The code alone, to be scaled to any size."""
    return _download(code, "svg")


@pages.get("/codes/<code>.png")
@member()
def code_png(code: str) -> Response:
    """The code alone, in whole pixels."""
    return _download(code, "png")


@pages.get("/codes/<code>/repoint")
@member(Permission.EDIT_STORES)
def choose_target(code: str) -> Page:
    """The touchpoints of a store, this one or another, that the code may lead to."""
    with reading(current_actor().organisation_id) as session:
        place = own_place(session, code)
        typed = request.args.get("store", place.store.code)
        store = find_store(session, clean_line(typed), current_actor().store_ids)
        faults = {} if store else {"store": _("Choose a store by its code.")}
        return _repoint_page(session, place, store, faults, typed=typed), 422 if faults else 200


@pages.post("/codes/<code>/repoint")
@member(Permission.EDIT_STORES)
def repoint(code: str) -> Page:
    """Let the code lead to another touchpoint."""
    with transaction(current_actor().organisation_id) as session:
        place = own_place(session, code)
        target_id = _uuid(request.form.get("touchpoint_id", ""))
        if target_id is None:
            faults = {"touchpoint_id": _("Choose a touchpoint.")}
            return _repoint_page(session, place, place.store, faults), 422
        target, store = own_touchpoint(session, target_id)
        if target_id != place.touchpoint.id:
            repoint_code(session, place.code.id, target_id)
            to = f"{store.code} · {target.name}"
            record(session, AuditDeed.CODE_CHANGED, place.code.code, place.code.id, to=to)
    return _to_code(place)


@pages.post("/codes/<code>/retire")
@member(Permission.EDIT_STORES)
def retire_printed(code: str) -> Page:
    """Retire a code that was typed to confirm it."""
    with transaction(current_actor().organisation_id) as session:
        place = own_place(session, code)
        if clean_line(request.form.get("confirm", "")).upper() != place.code.code:
            faults = {"confirm": _("Type the code to retire it: %(code)s", code=place.code.code)}
            return _code_page(place, faults), 422
        retire_code(session, place.code.id, now=clock.now())
        record(session, AuditDeed.CODE_RETIRED, place.code.code, place.code.id)
    return _to_code(place)


@pages.post("/codes/<code>/restore")
@member(Permission.EDIT_STORES)
def restore_printed(code: str) -> AnyResponse:
    """Take answers through a retired code again."""
    with transaction(current_actor().organisation_id) as session:
        place = own_place(session, code)
        restore_code(session, place.code.id)
        record(session, AuditDeed.CODE_RESTORED, place.code.code, place.code.id)
    return _to_code(place)


def _download(code: str, kind: str) -> Response:
    with reading(current_actor().organisation_id) as session:
        own_code = own_place(session, code).code.code
    image = qr_image(code_address(settings().base_url, own_code))
    body = svg(image) if kind == "svg" else png(image)
    mimetype = "image/svg+xml" if kind == "svg" else "image/png"
    return Response(
        body,
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{own_code}.{kind}"'},
    )


def _code_page(place: Place, faults: dict[str, str]) -> str:
    address = code_address(settings().base_url, place.code.code)
    image = find_qr_image(address)
    return render_template(
        "touchpoints/code.html",
        place=place,
        faults=faults,
        image=Markup(svg(image)) if image else None,  # noqa: S704 - our own numbers, nobody's text
        is_robust=image is not None and image.is_robust,
        address=address,
        spoken_address=address.partition("://")[2],
        is_local=is_local(address),
        may_edit=current_actor().may(Permission.EDIT_STORES),
    )


def _repoint_page(
    session: OrganisationSession,
    place: Place,
    store: Store | None,
    faults: dict[str, str],
    *,
    typed: str | None = None,
) -> str:
    points: list[Point] = []
    if store:
        points = points_of_stores(session, [store.id], now=clock.now())[store.id]
    return render_template(
        "touchpoints/repoint.html",
        place=place,
        store=store,
        typed=place.store.code if typed is None else typed,
        faults=faults,
        points=[(str(point.id), point.name) for point in points if not point.retired_at],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _to_code(place: Place) -> AnyResponse:
    return redirect(url_for("touchpoints.code", code=place.code.code), 303)
