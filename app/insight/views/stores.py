"""The pages of stores: one row for each, and one whole."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template, request

from app import clock
from app.db import OrganisationSession, reading
from app.insight import words
from app.insight.forms import Form, read_corner
from app.insight.queries.responses import Wanted, newest
from app.insight.queries.stores import Place, Pulse, get_place, places, points, pulses, tallies
from app.insight.rules import Nps, Standing, Tally, nps, standing
from app.insight.views.skin import pages
from app.web.access import current_actor, member
from app.web.actor import Permission

MOST_ROWS = 200
_LATEST = 10
_LEAST_CHIPS = {"region": 2, "kind": 2, "label": 1}

Chip = tuple[str, str, bool]


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
        everywhere = places(session, actor.store_ids)
        corner, form = read_corner(request.args, everywhere)
        listed = [] if form.faults else [place for place in everywhere if corner.holds(place)]
        pool, rows = _scored(session, everywhere, listed[:MOST_ROWS], now=now)
        page = render_template(
            "insight/stores.html",
            rows=rows,
            pool=pool,
            n=len(listed),
            form=form,
            faults=form.faults,
            chips=_chips(form, everywhere),
            may_edit=actor.may(Permission.EDIT_STORES),
        )
    return page, 422 if form.faults else 200


@pages.get("/stores/<uuid:store_id>", endpoint="store")
@member(Permission.SEE)
def show_store(store_id: UUID) -> str:
    """One store: its score, its touchpoints, what was said last."""
    actor, now = current_actor(), clock.now()
    actor.require_store(store_id)
    with reading(actor.organisation_id) as session:
        place = get_place(session, store_id)
        pool, (row,) = _scored(session, places(session, actor.store_ids), [place], now=now)
        latest, _rest = newest(session, actor.store_ids, Wanted(store_id=store_id), limit=_LATEST)
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
    session: OrganisationSession, everywhere: list[Place], listed: list[Place], *, now: datetime
) -> tuple[Nps | None, list[Row]]:
    """The score of all answers in scope together, and a row for each store listed."""
    counted = tallies(session, {place.id for place in (*everywhere, *listed)}, now=now)
    found = pulses(session, [place.id for place in listed])
    pool = nps(sum(counted.values(), Tally())) if len(counted) > 1 else None
    rows = []
    for place in listed:
        tally = counted.get(place.id, Tally())
        score = nps(tally)
        stands = standing(score, pool) if score else Standing.ALIKE
        rows.append(Row(place, tally, score, stands, found.get(place.id, Pulse())))
    return pool, rows


def _chips(form: Form, everywhere: list[Place]) -> dict[str, list[Chip]]:
    """What the list can be narrowed to: words, address, and whether it is so now; a second tap lifts it."""
    kinds = words.kind_words()
    groups = {
        "region": {str(place.region_id): place.region for place in everywhere},
        "kind": {place.kind: kinds[place.kind] for place in everywhere},
        "label": {label: label for place in everywhere for label in place.labels},
    }
    return {
        name: [
            _chip(form, name, value, text) for value, text in sorted(group.items(), key=lambda item: item[1])
        ]
        for name, group in groups.items()
        if len(group) >= _LEAST_CHIPS[name]
    }


def _chip(form: Form, name: str, value: str, text: str) -> Chip:
    is_on = form.raw[name] == value
    return text, form.without(name) if is_on else form.having(name, value), is_on
