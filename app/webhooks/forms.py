"""The form of an endpoint: what was typed, what is wrong with it, and what it means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.channels.http import check_target
from app.db import OrganisationSession
from app.errors import Invalid
from app.stores.models import Store
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count, search_form
from app.webhooks.actions import EndpointDraft
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import TYPES
from app.webhooks.words import hours_words, url_faults

MOST_STORES = 500
_CODES = re.compile(r"[,;\s]+")


@dataclass(slots=True)
class EndpointForm:
    """A form as it was typed. `faults` has a text for each field that was refused."""

    url: str
    description: str
    event_types: Sequence[str]
    stores: str
    faults: dict[str, str] = field(default_factory=dict)
    store_ids: tuple[UUID, ...] = ()

    @property
    def draft(self) -> EndpointDraft:
        """What the form means; only where there are no faults."""
        return EndpointDraft(self.url, tuple(self.event_types), self.description, self.store_ids)


def blank_form() -> EndpointForm:
    """The form of an endpoint that is not there yet: it hears of everything."""
    return EndpointForm("", "", TYPES, "")


def form_of(session: OrganisationSession, endpoint: WebhookEndpoint) -> EndpointForm:
    """The form of an endpoint as it is."""
    codes = ", ".join(store_codes(session, endpoint))
    return EndpointForm(endpoint.url, endpoint.description, endpoint.event_types, codes)


def read_endpoint_form(raw: MultiDict[str, str]) -> EndpointForm:
    """Read what was sent, and ask where the address leads: so never inside a transaction."""
    chosen = raw.getlist("event_types")
    form = EndpointForm(
        url=clean_line(raw.get("url", "")),
        description=clean_line(raw.get("description", "")),
        event_types=[name for name in TYPES if name in chosen],
        stores=clean_line(raw.get("stores", "")),
    )
    _check_url(form)
    if not form.event_types:
        form.faults["event_types"] = _("Choose at least one event.")
    if grapheme_count(form.description) > NAME_GRAPHEMES:
        form.faults["description"] = _("Shorten this text.")
    return form


def find_stores(session: OrganisationSession, form: EndpointForm) -> None:
    """Find the stores whose codes were typed; those that are not there are named."""
    typed = list(dict.fromkeys(code for code in _CODES.split(form.stores) if code))
    if len(typed) > MOST_STORES:
        form.faults["stores"] = _("Name at most %(count)s stores; none means all of them.", count=MOST_STORES)
        return
    known: Mapping[str, UUID] = {}
    if typed:
        known = {
            search_form(code): store_id for store_id, code in session.execute(select(Store.id, Store.code))
        }
    missing = [code for code in typed if search_form(code) not in known]
    if missing:
        form.faults["stores"] = _("There is no store %(codes)s.", codes=", ".join(missing[:5]))
    form.store_ids = tuple(known[search_form(code)] for code in typed if code not in missing)


def store_codes(session: OrganisationSession, endpoint: WebhookEndpoint) -> list[str]:
    """The codes of the stores that an endpoint hears of; none for all of them."""
    wanted = [UUID(store_id) for store_id in endpoint.store_ids]
    return sorted(session.scalars(select(Store.code).where(Store.id.in_(wanted))))


def read_hours(text: str) -> int:
    """How far back a replay goes; an hour where nothing sensible was sent."""
    return int(text) if text in {str(hours) for hours in hours_words()} else 1


def _check_url(form: EndpointForm) -> None:
    if not form.url:
        form.faults["url"] = _("Write the address of the receiver.")
        return
    try:
        check_target(form.url)
    except Invalid as refusal:
        form.faults["url"] = url_faults()[refusal.faults["url"]]
