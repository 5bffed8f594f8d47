"""Stores, touchpoints and surveys as callers name them: by our id, or by the name that they know."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.accounts.keys import key_scope
from app.db import OrganisationRow, OrganisationSession, get_row
from app.errors import Conflict, Invalid, NotFound
from app.stores.models import Store
from app.stores.queries import find_store
from app.surveys.models import Survey
from app.text import search_form
from app.touchpoints.models import Touchpoint

Row = TypeVar("Row", bound=OrganisationRow)
Called = TypeVar("Called", Survey, Touchpoint)


def named_store(session: OrganisationSession, text: str) -> Store:
    """The store of that code or id that the key is good for; raises `Invalid`, so that typing errors show."""
    scope = key_scope()
    store = find_store(session, text, scope) or _by_id(session, Store, text)
    if store is None or (scope is not None and store.id not in scope):
        raise Invalid(faults={"store": "unknown_value"})
    return store


def named_touchpoint(session: OrganisationSession, store: Store, text: str | None) -> Touchpoint:
    """The touchpoint of that name or id in the store; its oldest open one where none is named.

    Raises `Invalid` for one that is not there, `Conflict` (``touchpoint_closed``) where none is open.
    """
    rows = select(Touchpoint).where(Touchpoint.store_id == store.id)
    points = list(session.scalars(rows.order_by(Touchpoint.created_at, Touchpoint.id)))
    if text is None:
        found = next((point for point in points if point.retired_at is None), None)
    else:
        found = _called(points, text)
        if found is None:
            raise Invalid(faults={"touchpoint": "unknown_value"})
    if found is None or found.retired_at:
        raise Conflict("touchpoint_closed")
    return found


def named_survey(session: OrganisationSession, text: str | None) -> Survey:
    """The survey of that name or id; the oldest where none is named. Raises `Invalid`."""
    surveys = list(session.scalars(select(Survey).order_by(Survey.created_at, Survey.id)))
    if text is None and surveys:
        return surveys[0]
    found = _called(surveys, text or "")
    if found is None:
        raise Invalid(faults={"survey": "unknown_value"})
    return found


def _called(rows: Iterable[Called], text: str) -> Called | None:
    wanted = search_form(text)
    return next((one for one in rows if wanted in (search_form(one.name), str(one.id))), None)


def _by_id(session: OrganisationSession, kind: type[Row], text: str) -> Row | None:
    with suppress(ValueError, NotFound):
        return get_row(session, kind, UUID(text))
    return None
