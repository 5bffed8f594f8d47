"""Stores, touchpoints and surveys as callers name them: by our id, or by the name that they know."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.accounts.keys import key_scope
from app.db import OrganisationRow, OrganisationSession, get_row
from app.errors import Invalid, NotFound
from app.stores.models import Store
from app.stores.queries import find_store
from app.surveys.models import Survey
from app.text import search_form

Row = TypeVar("Row", bound=OrganisationRow)


def named_store(session: OrganisationSession, text: str) -> Store:
    """The store of that code or id that the key is good for; raises `Invalid`, so that typing errors show."""
    scope = key_scope()
    store = find_store(session, text, scope) or _by_id(session, Store, text)
    if store is None or (scope is not None and store.id not in scope):
        raise Invalid(faults={"store": "unknown_value"})
    return store


def named_survey(session: OrganisationSession, text: str | None) -> Survey:
    """The survey of that name or id; the oldest where none is named. Raises `Invalid`."""
    surveys = list(session.scalars(select(Survey).order_by(Survey.created_at, Survey.id)))
    if text is None and surveys:
        return surveys[0]
    found = _called(surveys, text or "")
    if found is None:
        raise Invalid(faults={"survey": "unknown_value"})
    return found


def _called(surveys: Iterable[Survey], text: str) -> Survey | None:
    wanted = search_form(text)
    return next((one for one in surveys if wanted in (search_form(one.name), str(one.id))), None)


def _by_id(session: OrganisationSession, kind: type[Row], text: str) -> Row | None:
    with suppress(ValueError, NotFound):
        return get_row(session, kind, UUID(text))
    return None
