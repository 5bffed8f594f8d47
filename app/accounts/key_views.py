"""Settings, API keys: who may read and write through the API, where, and since when nobody does."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.accounts.actions import create_api_key, revoke_api_key
from app.accounts.key_forms import LIVES, KeyForm, read_key_form
from app.accounts.models import ApiKey
from app.accounts.queries import api_keys
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.web.access import Scope, current_actor, member
from app.web.actor import Permission

pages = Blueprint("api_keys", __name__, template_folder="templates", url_prefix="/settings/api-keys")
Page = str | tuple[str, int]


@pages.get("")
@member(Permission.EDIT_SETTINGS)
def overview() -> str:
    """Every key with what it may do, and the form of a new one."""
    with reading(current_actor().organisation_id) as session:
        return _page(session, KeyForm())


@pages.post("")
@member(Permission.EDIT_SETTINGS)
def create() -> Page:
    """Make a key and show it, this once: the answer itself is the page, since nobody can look it up later."""
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        form = read_key_form(session, request.form, api_keys(session))
        if form.faults:
            return _page(session, form), 422
        life = LIVES[form.life]
        secret = create_api_key(
            session,
            form.name,
            now=now,
            scopes=form.scopes,
            stores=form.store_ids,
            expires_at=now + life if life else None,
        )
        record_deed(
            session,
            AuditDeed.API_KEY_CREATED,
            actor.doer,
            form.name,
            now=now,
            scopes=form.scopes,
            stores=len(form.store_ids),
        )
        return _page(session, KeyForm(), secret=secret, made=form.name)


@pages.get("/<uuid:key_id>/revoke")
@member(Permission.EDIT_SETTINGS)
def confirm(key_id: UUID) -> str:
    """What will stop, before it does."""
    with reading(current_actor().organisation_id) as session:
        return render_template("accounts/revoke_key.html", key=get_row(session, ApiKey, key_id))


@pages.post("/<uuid:key_id>/revoke")
@member(Permission.EDIT_SETTINGS)
def revoke(key_id: UUID) -> AnyResponse:
    """End a key for good."""
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        was_live = get_row(session, ApiKey, key_id).revoked_at is None
        key = revoke_api_key(session, key_id, now=now)
        if was_live:
            record_deed(session, AuditDeed.API_KEY_REVOKED, actor.doer, key.name, now=now, subject_id=key_id)
    return redirect(url_for("api_keys.overview"), 303)


def _page(session: OrganisationSession, form: KeyForm, *, secret: str = "", made: str = "") -> str:
    return render_template(
        "accounts/api_keys.html",
        keys=api_keys(session),
        form=form,
        faults=form.faults,
        secret=secret,
        made=made,
        scopes=_scope_words(),
        lives=_life_words(),
    )


def _scope_words() -> dict[str, str]:
    return {Scope.READ: _("Read"), Scope.WRITE: _("Write")}


def _life_words() -> list[tuple[str, str]]:
    words = {"": _("Never"), "30": _("In 30 days"), "90": _("In 90 days"), "365": _("In a year")}
    return [(life, words[life]) for life in LIVES]
