"""The pages of responses: the filtered list, and one of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import render_template, request

from app.classification import words as read_words
from app.classification.shown import show_comment
from app.db import OrganisationSession, reading
from app.insight import words
from app.insight.forms import RESPONSE_FIELDS, SENTIMENTS, read_wanted
from app.insight.queries.responses import MOST_COUNTED, Wanted, count, get_said, newest
from app.insight.queries.stores import zones
from app.insight.rules import Group
from app.insight.views.skin import pages
from app.places import read_place, write_place
from app.stores.filters import StoresWanted, read_stores_wanted
from app.stores.rules import home_zone
from app.web.access import current_actor, member
from app.web.actor import Actor, Permission
from app.web.filters import Chip, Filters, query, read_filters


@pages.get("/responses", endpoint="responses")
@member(Permission.SEE)
def show_responses() -> tuple[str, int]:
    """What people said, newest first."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        kept = zones(session, actor.store_ids).values()
        filters = read_filters(request.args, RESPONSE_FIELDS)
        stores = read_stores_wanted(session, filters, actor.store_ids)
        wanted = read_wanted(filters, stores.filter, home_zone(kept))
        page = render_template(
            "insight/responses.html",
            filters=filters,
            stores=stores,
            faults=filters.faults,
            most=MOST_COUNTED,
            has_zones=len(set(kept)) > 1,
            zone=home_zone(kept),
            choices=_choices(),
            chips=_chips(filters, stores),
            **_found(session, actor, wanted, filters),
        )
    return page, 422 if filters.faults else 200


@pages.get("/responses/<uuid:response_id>", endpoint="response")
@member(Permission.SEE)
def show_response(response_id: UUID) -> str:
    """One response, whole."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        said = get_said(session, actor.store_ids, response_id)
        response = said.response
        shown = show_comment(session, response.id, response.comment, response.language)
        may_correct = actor.may(Permission.HANDLE_ALERTS)
        return render_template("insight/response.html", said=said, shown=shown, may_correct=may_correct)


def _found(session: OrganisationSession, actor: Actor, wanted: Wanted, filters: Filters) -> dict[str, Any]:
    """A page of the list; nothing at all while the filter cannot be read, because a filter never widens."""
    if filters.faults:
        return {"rows": [], "n": 0, "next_url": ""}
    scope, after = actor.store_ids, read_place(request.args.get("before", ""))
    rows, place = newest(session, scope, wanted, after=after)
    next_url = query({**filters.filled, "before": write_place(place)}) if place else ""
    return {"rows": rows, "n": count(session, scope, wanted), "next_url": next_url}


def _choices() -> dict[str, list[tuple[str, str]]]:
    sentiments, groups = read_words.sentiment_words(), words.group_words()
    return {
        "group": [(group, groups[group]) for group in Group],
        "sentiment": [(sentiment, sentiments[sentiment]) for sentiment in SENTIMENTS],
        "topic": list(read_words.topic_words().items()),
        "flag": list(read_words.flag_words().items()),
    }


def _chips(filters: Filters, stores: StoresWanted) -> list[Chip]:
    """What the list is narrowed to: the words of each field, and the address without it."""
    names: dict[str, Callable[[str], str | None]] = {
        "q": words.quoted,
        "group": words.group_words().get,
        "sentiment": read_words.sentiment_words().get,
        "topic": read_words.topic_words().get,
        "flag": read_words.flag_words().get,
        "comment": lambda _value: words.only_with_comment(),
        "verified": lambda _value: words.only_verified(),
        "from": words.from_day,
        "to": words.to_day,
    }
    return stores.chips(filters) + [
        (str(names[name](value)), filters.without(name))
        for name, value in filters.filled.items()
        if name in names and name not in filters.faults
    ]
