"""Endpoints: the list with their health, the page of each, and what can be done with it."""

from datetime import timedelta
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict
from app.text import clean_line
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings
from app.webhooks.actions import (
    change_endpoint,
    create_endpoint,
    enable_endpoint,
    pause_endpoint,
    remove_endpoint,
    replay_deliveries,
    rotate_secret,
    send_test_event,
)
from app.webhooks.forms import (
    EndpointForm,
    blank_form,
    find_stores,
    form_of,
    read_endpoint_form,
    read_hours,
    store_codes,
)
from app.webhooks.models import WebhookEndpoint
from app.webhooks.queries import (
    Health,
    Wanted,
    deliveries_page,
    endpoints,
    get_endpoint,
    health_of_endpoints,
    home_zone,
    undelivered_count,
)
from app.webhooks.rules import KEPT, MOST_ENDPOINTS
from app.webhooks.views.skin import Page, pages
from app.webhooks.words import (
    disabled_sentence,
    disabled_words,
    hours_words,
    result_words,
    state_badges,
    type_words,
)

_RECENT = 5


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def overview() -> str:
    """Every endpoint, and how it fared in the last 24 hours."""
    with reading(current_actor().organisation_id) as session:
        found = endpoints(session)
        return render_template(
            "webhooks/list.html",
            endpoints=found,
            given_up=[one for one in found if not one.is_active and one.failing_since],
            health=health_of_endpoints(session, now=clock.now()),
            blank=Health(),
            disabled_words=disabled_words(),
            may_add=len(found) < MOST_ENDPOINTS,
            most=MOST_ENDPOINTS,
        )


@pages.get("/new")
@member(Permission.EDIT_SETTINGS)
def create() -> str:
    """The empty form of an endpoint."""
    return _form_page(blank_form(), None)


@pages.post("/new")
@member(Permission.EDIT_SETTINGS)
def add() -> Page:
    """Add an endpoint and show its secret, once; or show what is wrong with the form."""
    form, actor = read_endpoint_form(request.form), current_actor()
    with transaction(actor.organisation_id) as session:
        find_stores(session, form)
        if form.faults:
            return _form_page(form, None), 422
        try:
            endpoint, secret = create_endpoint(
                session, form.draft, settings().secret_key, doer=actor.doer, now=clock.now()
            )
        except Conflict:
            form.faults["url"] = _("There are %(count)s endpoints already.", count=MOST_ENDPOINTS)
            return _form_page(form, None), 422
    return _secret_page(endpoint, secret)


@pages.get("/<uuid:endpoint_id>")
@member(Permission.EDIT_SETTINGS)
def show(endpoint_id: UUID) -> str:
    """The page of an endpoint."""
    with reading(current_actor().organisation_id) as session:
        return _page(session, get_endpoint(session, endpoint_id), {})


@pages.get("/<uuid:endpoint_id>/edit")
@member(Permission.EDIT_SETTINGS)
def edit(endpoint_id: UUID) -> str:
    """The form of an endpoint as it is."""
    with reading(current_actor().organisation_id) as session:
        endpoint = get_endpoint(session, endpoint_id)
        return _form_page(form_of(session, endpoint), endpoint)


@pages.post("/<uuid:endpoint_id>/edit")
@member(Permission.EDIT_SETTINGS)
def change(endpoint_id: UUID) -> Page:
    """Change an endpoint, or show what is wrong with the form."""
    form, actor = read_endpoint_form(request.form), current_actor()
    with transaction(actor.organisation_id) as session:
        endpoint = get_endpoint(session, endpoint_id)
        find_stores(session, form)
        if form.faults:
            return _form_page(form, endpoint), 422
        change_endpoint(session, endpoint_id, form.draft, doer=actor.doer, now=clock.now())
    return _to(endpoint_id)


@pages.post("/<uuid:endpoint_id>/rotate")
@member(Permission.EDIT_SETTINGS)
def rotate(endpoint_id: UUID) -> str:
    """Make a new secret and show it, once."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        endpoint, secret = rotate_secret(
            session, endpoint_id, settings().secret_key, doer=actor.doer, now=clock.now()
        )
    return _secret_page(endpoint, secret)


@pages.post("/<uuid:endpoint_id>/pause")
@member(Permission.EDIT_SETTINGS)
def pause(endpoint_id: UUID) -> AnyResponse:
    """Send nothing to it until it is enabled."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=actor.doer, now=clock.now())
    return _to(endpoint_id)


@pages.post("/<uuid:endpoint_id>/enable")
@member(Permission.EDIT_SETTINGS)
def enable(endpoint_id: UUID) -> AnyResponse:
    """Send to it again, and if so ticked all that was given up or held back in the last 30 days."""
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        enable_endpoint(session, endpoint_id, doer=actor.doer, now=now)
        if "replay" in request.form:
            replay_deliveries(session, endpoint_id, since=now - KEPT, doer=actor.doer, now=now)
    return _to(endpoint_id)


@pages.post("/<uuid:endpoint_id>/test")
@member(Permission.EDIT_SETTINGS)
def send_test(endpoint_id: UUID) -> AnyResponse:
    """Send a test event; its page shows how it went."""
    with transaction(current_actor().organisation_id) as session:
        delivery = send_test_event(session, endpoint_id, now=clock.now())
    return redirect(url_for("webhooks.delivery", delivery_id=delivery.id), 303)


@pages.post("/<uuid:endpoint_id>/replay")
@member(Permission.EDIT_SETTINGS)
def replay_since(endpoint_id: UUID) -> str:
    """Send again what was given up or held back in the last hours or days."""
    actor, now = current_actor(), clock.now()
    since = now - timedelta(hours=read_hours(request.form.get("hours", "")))
    with transaction(actor.organisation_id) as session:
        count = replay_deliveries(session, endpoint_id, since=since, doer=actor.doer, now=now)
        said = ngettext("%(num)s delivery is sent again.", "%(num)s deliveries are sent again.", count)
        return _page(session, get_endpoint(session, endpoint_id), {}, said=said)


@pages.post("/<uuid:endpoint_id>/remove")
@member(Permission.EDIT_SETTINGS)
def remove(endpoint_id: UUID) -> Page:
    """Remove an endpoint whose host was typed to confirm it."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        endpoint = get_endpoint(session, endpoint_id)
        if clean_line(request.form.get("confirm", "")).casefold() != endpoint.host:
            faults = {"confirm": _("Type the name to confirm: %(host)s", host=endpoint.host)}
            return _page(session, endpoint, faults), 422
        remove_endpoint(session, endpoint_id, doer=actor.doer, now=clock.now())
    return redirect(url_for("webhooks.overview"), 303)


def _page(
    session: OrganisationSession, endpoint: WebhookEndpoint, faults: dict[str, str], *, said: str = ""
) -> str:
    now = clock.now()
    recent, _more = deliveries_page(session, Wanted(endpoint_id=endpoint.id), before=None, limit=_RECENT)
    return render_template(
        "webhooks/endpoint.html",
        endpoint=endpoint,
        faults=faults,
        said=said,
        sentence="" if endpoint.is_active else disabled_sentence(endpoint),
        codes=store_codes(session, endpoint),
        types=type_words(),
        health=health_of_endpoints(session, now=now).get(endpoint.id, Health()),
        undelivered=undelivered_count(session, endpoint.id, since=now - KEPT),
        is_rotating=endpoint.previous_until is not None and now < endpoint.previous_until,
        recent=recent,
        badges=state_badges(),
        result_words=result_words,
        zone=home_zone(session),
        replay_choices=list(hours_words().items()),
    )


def _form_page(form: EndpointForm, endpoint: WebhookEndpoint | None) -> str:
    return render_template(
        "webhooks/form.html",
        form=form,
        faults=form.faults,
        endpoint=endpoint,
        types={name: words for name, words in type_words().items() if name != "webhook.test"},
        allows_http=bool(settings().allow_private_targets),
    )


def _secret_page(endpoint: WebhookEndpoint, secret: str) -> str:
    return render_template("webhooks/secret.html", endpoint=endpoint, secret=secret)


def _to(endpoint_id: UUID) -> AnyResponse:
    return redirect(url_for("webhooks.show", endpoint_id=endpoint_id), 303)
