"""The form of a new API key: what was typed, what is wrong with it, and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.accounts.queries import KeyLine
from app.db import OrganisationSession
from app.errors import Invalid
from app.stores.queries import find_store
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count, search_form
from app.web.access import Scope

# How long a key may live, by the words of the form; nothing means for good.
LIVES = {"": None, "30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365)}
STORES_MOST = 500


@dataclass(slots=True)
class KeyForm:
    """A form as it was typed; `faults` has a text for each field that was refused."""

    name: str = ""
    stores: str = ""
    life: str = ""
    scopes: list[Scope] = field(default_factory=lambda: list(Scope))
    store_ids: list[UUID] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def read_key_form(session: OrganisationSession, raw: MultiDict[str, str], keys: Sequence[KeyLine]) -> KeyForm:
    """Read what was sent: all of it is kept, and each field is refused on its own."""
    form = KeyForm(raw.get("name", ""), raw.get("stores", ""), raw.get("life", ""))
    form.scopes = [scope for scope in Scope if scope in raw.getlist("scopes")]
    if not form.scopes:
        form.faults["scopes"] = _("Choose what the key may do.")
    if form.life not in LIVES:
        form.faults["life"] = _("Choose one that is in the list.")
    _read_name(form, keys)
    _read_stores(session, form)
    return form


def _read_name(form: KeyForm, keys: Sequence[KeyLine]) -> None:
    form.name = _line(form, "name", form.name)
    taken = {search_form(key.name) for key in keys if key.revoked_at is None}
    if not form.name:
        form.faults.setdefault("name", _("Write what the key is for, such as the name of the system."))
    elif grapheme_count(form.name) > NAME_GRAPHEMES:
        form.faults["name"] = _("Shorten the name to %(most)s characters.", most=NAME_GRAPHEMES)
    elif search_form(form.name) in taken:
        form.faults["name"] = _("There is a key of this name. Revoke it first, or choose another name.")


def _read_stores(session: OrganisationSession, form: KeyForm) -> None:
    """Codes with commas between them; none means every store."""
    form.stores = _line(form, "stores", form.stores)
    codes = list(dict.fromkeys(filter(None, (code.strip() for code in form.stores.split(",")))))
    if len(codes) > STORES_MOST:
        form.faults["stores"] = _("Name at most %(most)s stores.", most=STORES_MOST)
        return
    found = {code: find_store(session, code, None) for code in codes}
    unknown = [code for code, store in found.items() if store is None]
    if unknown:
        form.faults["stores"] = _("There is no store %(codes)s.", codes=", ".join(unknown[:5]))
    form.store_ids = list(dict.fromkeys(store.id for store in found.values() if store))


def _line(form: KeyForm, name: str, text: str) -> str:
    try:
        return clean_line(text)
    except Invalid:
        form.faults[name] = _("This text holds characters that cannot be stored.")
        return ""
