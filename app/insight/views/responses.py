"""The pages of responses: the filtered list, and one of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import render_template, request

from app.db import OrganisationSession, reading
from app.insight import words
from app.insight.forms import SENTIMENTS, Form, query, read_place, read_wanted, write_place
from app.insight.queries.responses import MOST_COUNTED, Wanted, count, get_said, newest
from app.insight.queries.stores import Place, places
from app.insight.rules import Group
from app.insight.views.skin import pages
from app.stores.rules import home_zone
from app.web.access import current_actor, member
from app.web.actor import Actor, Permission

MOST_OPTIONS = 200


@pages.get("/responses", endpoint="responses")
@member(Permission.SEE)
def show_responses() -> tuple[str, int]:
    """What people said, newest first."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        stores = places(session, actor.store_ids)
        zone = home_zone(store.zone for store in stores)
        wanted, form = read_wanted(request.args, stores, zone)
        page = render_template(
            "insight/responses.html",
            form=form,
            faults=form.faults,
            most=MOST_COUNTED,
            has_zones=len({store.zone for store in stores}) > 1,
            zone=zone,
            choices=_choices(stores),
            chips=_chips(form, stores),
            **_found(session, actor, wanted, form),
        )
    return page, 422 if form.faults else 200


@pages.get("/responses/<uuid:response_id>", endpoint="response")
@member(Permission.SEE)
def show_response(response_id: UUID) -> str:
    """One response, whole."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        said = get_said(session, actor.store_ids, response_id)
        return render_template("insight/response.html", said=said)


def _found(session: OrganisationSession, actor: Actor, wanted: Wanted, form: Form) -> dict[str, Any]:
    """A page of the list; nothing at all while the filter cannot be read, because a filter never widens."""
    if form.faults:
        return {"rows": [], "n": 0, "next_url": ""}
    scope, after = actor.store_ids, read_place(request.args.get("before", ""))
    rows, place = newest(session, scope, wanted, after=after)
    next_url = query({**form.filled, "before": write_place(place)}) if place else ""
    return {"rows": rows, "n": count(session, scope, wanted), "next_url": next_url}


def _choices(stores: list[Place]) -> dict[str, list[tuple[str, str]]]:
    sentiments, groups = words.sentiment_words(), words.group_words()
    listed = [(store.code, store.name) for store in stores] if len(stores) <= MOST_OPTIONS else []
    return {
        "store": listed,
        "group": [(group, groups[group]) for group in Group],
        "sentiment": [(sentiment, sentiments[sentiment]) for sentiment in SENTIMENTS],
    }


def _chips(form: Form, stores: list[Place]) -> list[tuple[str, str]]:
    """What the list is narrowed to: the words of each field, and the address without it."""
    names: dict[str, Callable[[str], str | None]] = {
        "q": words.quoted,
        "store": {store.code: store.name for store in stores}.get,
        "group": words.group_words().get,
        "sentiment": words.sentiment_words().get,
        "comment": lambda _value: words.only_with_comment(),
        "verified": lambda _value: words.only_verified(),
        "from": words.from_day,
        "to": words.to_day,
    }
    valid = {name: value for name, value in form.filled.items() if name not in form.faults}
    return [(str(names[name](value)), form.without(name)) for name, value in valid.items()]
