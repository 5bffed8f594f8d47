"""The pages of stores: one row for each, and one whole."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template, request

from app import clock
from app.db import OrganisationSession, reading
from app.insight import words
from app.insight.queries.responses import Wanted, newest
from app.insight.queries.stores import Place, Pulse, get_place, places, points, pulses, tallies, zones
from app.insight.rules import Nps, Standing, Tally, nps, standing
from app.insight.views.skin import pages
from app.stores.filters import TRAIT_FIELDS, StoresWanted, read_stores_wanted
from app.stores.queries import StoreFilter
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import Chip, Filters, read_filters

ROWS_ON_A_PAGE = 100
_SEARCH_MOST = 100
_LATEST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A store with its score and pulse."""

    place: Place
    tally: Tally
    score: Nps | None
    standing: Standing
    pulse: Pulse


@pages.get("/stores", endpoint="stores")
@member(Permission.SEE)
def show_stores() -> tuple[str, int]:
    """One row for each store in scope."""
    actor, now = current_actor(), clock.now()
    with reading(actor.organisation_id) as session:
        filters = read_filters(request.args, ("q", *TRAIT_FIELDS))
        stores = read_stores_wanted(session, filters, actor.store_ids, naming="none")
        listed = places(session, actor.store_ids, stores.filter, filters.raw["q"][:_SEARCH_MOST])
        page, shown = _page(listed)
        pool, rows = _scored(session, zones(session, actor.store_ids), shown, now=now)
        html = render_template(
            "insight/stores.html",
            rows=rows,
            pool=pool,
            n=len(listed),
            filters=filters,
            stores=stores,
            faults=filters.faults,
            chips=_chips(filters, stores),
            next_url=filters.having("page", str(page + 1)) if page * ROWS_ON_A_PAGE < len(listed) else "",
            may_edit=actor.may(Permission.EDIT_STORES),
        )
    return html, 422 if filters.faults else 200


@pages.get("/stores/<uuid:store_id>", endpoint="store")
@member(Permission.SEE)
def show_store(store_id: UUID) -> str:
    """One store: its score, its touchpoints, what was said last."""
    actor, now = current_actor(), clock.now()
    actor.require_store(store_id)
    with reading(actor.organisation_id) as session:
        place = get_place(session, store_id)
        pool, (row,) = _scored(session, zones(session, actor.store_ids), [place], now=now)
        own = Wanted(stores=StoreFilter(store_ids=frozenset({store_id})))
        latest, _rest = newest(session, actor.store_ids, own, limit=_LATEST)
        found = points(session, store_id, now=now)
        return render_template(
            "insight/store.html",
            row=row,
            pool=pool,
            points=[(point, nps(point.tally)) for point in found],
            rows=latest,
            may_edit=actor.may(Permission.EDIT_STORES),
        )


def _scored(
    session: OrganisationSession, everywhere: Collection[UUID], listed: list[Place], *, now: datetime
) -> tuple[Nps | None, list[Row]]:
    """The score of all answers in scope together, and a row for each store listed."""
    counted = tallies(session, {*everywhere, *(place.id for place in listed)}, now=now)
    found = pulses(session, [place.id for place in listed])
    pool = nps(sum(counted.values(), Tally())) if len(counted) > 1 else None
    rows = []
    for place in listed:
        tally = counted.get(place.id, Tally())
        score = nps(tally)
        stands = standing(score, pool) if score else Standing.ALIKE
        rows.append(Row(place, tally, score, stands, found.get(place.id, Pulse())))
    return pool, rows


def _page(listed: list[Place]) -> tuple[int, list[Place]]:
    """The page that the address asks for, within bounds, and its stores."""
    last = max(1, -(-len(listed) // ROWS_ON_A_PAGE))
    page = min(max(request.args.get("page", 1, int), 1), last)
    return page, listed[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]


def _chips(filters: Filters, stores: StoresWanted) -> list[Chip]:
    words_chip = [(words.quoted(filters.raw["q"]), filters.without("q"))] if filters.raw["q"] else []
    return words_chip + stores.chips(filters)
