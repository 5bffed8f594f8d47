"""Settings of receipt links: how long they live, the keys that tills sign with, and a box to try a link."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.errors import Conflict, Invalid
from app.invitations.actions import (
    NewKey,
    change_life,
    create_till_key,
    revoke_till_key,
    rotate_till_key,
)
from app.invitations.checking import Verdict, check_link
from app.invitations.models import TillKey
from app.invitations.queries import KEYS_SHOWN, get_till_key, life_of_links, till_keys
from app.invitations.rules import MOST_LIFE_DAYS
from app.stores.models import Store
from app.stores.queries import find_store, stores
from app.text import clean_line
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.settings import settings

pages = Blueprint("receipts", __name__, template_folder="../templates", url_prefix="/settings/receipts")
_SUGGESTED_MOST = 300
_SEARCH_MOST = 100
MOST_OVERLAP_DAYS = 90
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def overview() -> str:
    """Everything about receipt links on one page."""
    with reading(current_actor().organisation_id) as session:
        return _overview(session)


@pages.get("/life")
@pages.get("/keys")
@pages.get("/check")
@member(Permission.EDIT_SETTINGS)
def back() -> AnyResponse:
    """Whoever reloads the answer to a form, or changes the language on it, comes back to the page."""
    return redirect(url_for("receipts.overview"), 303)


@pages.post("/life")
@member(Permission.EDIT_SETTINGS)
def set_life() -> Page:
    """Set for how many days after a purchase answers are taken."""
    typed = request.form.get("life_days", "")
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        try:
            days = _days(typed, 1, MOST_LIFE_DAYS)
        except Invalid:
            faults = {"life_days": _("Write a number of days from 1 to %(most)s.", most=MOST_LIFE_DAYS)}
            return _overview(session, life=typed, faults=faults), 422
        change_life(session, days)
        deed = AuditDeed.RECEIPT_TERMS_CHANGED
        record_deed(session, deed, actor.doer, str(days), now=now)
    return redirect(url_for("receipts.overview"), 303)


@pages.post("/keys")
@member(Permission.EDIT_SETTINGS)
def create_key() -> Page:
    """Make a key for a store's tills; its secret stands on this one answer and nowhere else."""
    typed = request.form.get("store", "")
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        store = find_store(session, clean_line(typed), actor.store_ids)
        if store is None or store.retired_at:
            faults = {"store": _("Choose an open store by its code.")}
            return _overview(session, store=typed, faults=faults), 422
        new = create_till_key(session, store.id, settings().secret_key, now=now)
        _remember(session, AuditDeed.TILL_KEY_CREATED, new.key_id, store=store.code)
        return _key_page(session, get_till_key(session, new.key_id), new=new)


@pages.get("/keys/<key_id>")
@member(Permission.EDIT_SETTINGS)
def key(key_id: str) -> str:
    """One key: rotate it, revoke it."""
    with reading(current_actor().organisation_id) as session:
        return _key_page(session, get_till_key(session, key_id))


@pages.post("/keys/<key_id>/rotate")
@member(Permission.EDIT_SETTINGS)
def rotate_key(key_id: str) -> Page:
    """Make a new key for the store; the old one is good for some days more."""
    typed = request.form.get("overlap_days", "")
    now = clock.now()
    with transaction(current_actor().organisation_id) as session:
        old = get_till_key(session, key_id)
        try:
            overlap = timedelta(days=_days(typed, 0, MOST_OVERLAP_DAYS))
            new = rotate_till_key(session, key_id, overlap, settings().secret_key, now=now)
        except Invalid:
            words = _("Write a number of days from 0 to %(most)s.", most=MOST_OVERLAP_DAYS)
            return _key_page(session, old, overlap=typed, faults={"overlap_days": words}), 422
        except Conflict:
            return _key_page(session, old), 409
        _remember(session, AuditDeed.TILL_KEY_ROTATED, key_id, successor=new.key_id, days=overlap.days)
        return _key_page(session, get_till_key(session, new.key_id), new=new)


@pages.post("/keys/<key_id>/revoke")
@member(Permission.EDIT_SETTINGS)
def revoke_key(key_id: str) -> Page:
    """Take no link signed with the key any more; its name was typed to confirm it."""
    with transaction(current_actor().organisation_id) as session:
        old = get_till_key(session, key_id)
        if clean_line(request.form.get("confirm", "")).upper() != old.key_id:
            faults = {"confirm": _("Type the key's name to revoke it: %(key)s", key=old.key_id)}
            return _key_page(session, old, faults=faults), 422
        revoke_till_key(session, key_id, now=clock.now())
        _remember(session, AuditDeed.TILL_KEY_REVOKED, key_id)
    return redirect(url_for("receipts.key", key_id=key_id), 303)


@pages.post("/check")
@member(Permission.EDIT_SETTINGS)
def check() -> str:
    """What would we say to a pasted link? By POST, so that the link lands in no log."""
    actor, typed = current_actor(), clean_line(request.form.get("link", "")[:_LINK_MOST])
    verdict = check_link(typed, actor.organisation_id, settings().secret_key, now=clock.now())
    with reading(actor.organisation_id) as session:
        return _overview(session, link=typed, verdict=verdict)


def _overview(
    session: OrganisationSession,
    *,
    life: str | None = None,
    store: str = "",
    link: str = "",
    verdict: Verdict | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    search = clean_line(request.args.get("q", "")[:_SEARCH_MOST])
    keys, now = till_keys(session, search), clock.now()
    listed = [one for one in stores(session, current_actor().store_ids) if not one.retired_at]
    return render_template(
        "invitations/receipts.html",
        life=str(life_of_links(session).days) if life is None else life,
        store=store,
        link=link,
        verdict=verdict,
        faults=faults or {},
        keys=[(key, store, key_state(key)) for key, store in keys],
        search=search,
        most=KEYS_SHOWN,
        stores=listed[:_SUGGESTED_MOST],
        now=now,
    )


def key_state(key: TillKey) -> tuple[str, str]:
    """The kind of badge and the word for what a key is good for."""
    if key.revoked_at:
        return "muted", _("Revoked")
    if key.valid_until is None:
        return "pos", _("In use")
    return ("warn", _("Replaced")) if key.is_live(now=clock.now()) else ("muted", _("Ended"))


def _key_page(
    session: OrganisationSession,
    key: TillKey,
    *,
    new: NewKey | None = None,
    overlap: str | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    return render_template(
        "invitations/key.html",
        key=key,
        store=get_row(session, Store, key.store_id),
        state=key_state(key),
        is_live=key.is_live(now=clock.now()),
        new=new,
        overlap=str(life_of_links(session).days) if overlap is None else overlap,
        faults=faults or {},
        base_url=settings().base_url,
    )


def _remember(session: OrganisationSession, deed: AuditDeed, key_id: str, **data: Any) -> None:
    record_deed(session, deed, current_actor().doer, key_id, now=clock.now(), **data)


def _days(typed: str, least: int, most: int) -> int:
    text = clean_line(typed)
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most):
        raise Invalid(faults={"days": "out_of_range"})
    return int(text)


_LINK_MOST = 2_000
