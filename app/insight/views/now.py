"""The Now page: open alerts by deadline, and today against the usual."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template, request

from app import clock
from app.db import OrganisationSession, reading
from app.insight.queries.now import (
    Card,
    Headline,
    cards,
    day_so_far,
    headline,
    last_alert_at,
)
from app.insight.queries.stores import zones
from app.insight.rules import Day, Standing, Usual, against, usual
from app.insight.views.skin import pages
from app.stores.filters import TRAIT_FIELDS, read_stores_wanted
from app.stores.queries import StoreFilter
from app.stores.rules import home_zone
from app.web.access import current_actor, member
from app.web.actor import Actor, Permission
from app.web.filters import Filters, read_filters
from app.web.languages import request_language


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page that moves, but the minutes."""

    cards: list[Card]
    headline: Headline
    last_alert_at: datetime | None
    today: Day
    usual: Usual | None
    against: Standing | None
    zone: str
    may_take: bool
    language: str

    @property
    def tag(self) -> str:
        """A mark that changes when anything on the board does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:20]


@pages.get("/", endpoint="now")
@member(Permission.SEE)
def show_now() -> tuple[str, int]:
    """Who waits for an answer, and how long there is."""
    actor, now = current_actor(), clock.now()
    filters = read_filters(request.args, TRAIT_FIELDS)
    with reading(actor.organisation_id) as session:
        stores = read_stores_wanted(session, filters, actor.store_ids, naming="none")
        board = _board(session, actor, stores.filter, now=now)
        page = render_template(
            "insight/now.html", board=board, now=now, filters=filters, faults=filters.faults, stores=stores
        )
    return page, 422 if filters.faults else 200


@pages.get("/now/cards", endpoint="cards")
@member(Permission.SEE)
def show_cards() -> Response:
    """The moving part of the page; 304 while nothing has changed but the minutes."""
    actor, now = current_actor(), clock.now()
    filters = read_filters(request.args, TRAIT_FIELDS)
    with reading(actor.organisation_id) as session:
        stores = read_stores_wanted(session, filters, actor.store_ids, naming="none")
        board = _board(session, actor, stores.filter, now=now)
        is_known = request.if_none_match.contains_weak(board.tag)
        page = "" if is_known else _fragment(board, filters, now=now)
    response = make_response(page, 304 if is_known else 200)
    response.set_etag(board.tag, weak=True)
    return response


def _fragment(board: Board, filters: Filters, *, now: datetime) -> str:
    return render_template("insight/_board.html", board=board, filters=filters, now=now)


def _board(session: OrganisationSession, actor: Actor, wanted: StoreFilter, *, now: datetime) -> Board:
    scope = actor.store_ids
    found = cards(session, scope, wanted, now=now)
    stores = zones(session, scope, wanted)
    zone = home_zone(stores.values())
    today, *before = day_so_far(session, stores.keys(), zone, now=now)
    return Board(
        cards=found,
        headline=headline(session, scope, wanted, now=now),
        last_alert_at=None if found else last_alert_at(session, scope, wanted),
        today=today,
        usual=usual(before),
        against=against(today, usual(before)),
        zone=zone,
        may_take=actor.may(Permission.HANDLE_ALERTS),
        language=request_language(),
    )
