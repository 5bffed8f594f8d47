"""The team: who is in it, who was asked, and what each may do."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app import clock
from app.accounts.forms import blank_place, place_of, read_invitee, read_place
from app.accounts.joining import Post, invite, invite_again, withdraw_invitation
from app.accounts.members import (
    change_member,
    get_team_member,
    remove_member,
    restore_member,
    sign_member_out,
)
from app.accounts.rules import Team
from app.accounts.screens import choice_for, invite_screen, list_screen, member_screen
from app.accounts.views.skin import pages, team_of
from app.audit.rules import Doer
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.text import clean_line
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.forms import only, read_form
from app.web.settings import settings

Page = str | tuple[str, int] | Response
Deed = Callable[[OrganisationSession, Team, Doer, datetime], None]


@pages.get("/team")
@member(Permission.EDIT_TEAM)
def team() -> str:
    """Everybody whom I may manage, and who was asked to join."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        return list_screen(session, actor, team_of(actor), request.args, now=clock.now())


@pages.get("/team/new")
@member(Permission.EDIT_TEAM)
def new_member() -> Page:
    """The empty form of an invitation."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        choice = choice_for(session, team_of(actor))
        return invite_screen(blank_place(choice, actor.language), choice)


@pages.post("/team/new")
@member(Permission.EDIT_TEAM)
def invite_member() -> Page:
    """Ask a colleague to join; "find" only looks for stores and keeps what was typed."""
    try:
        return _try_to_invite()
    except IntegrityError:
        # Somebody invited the same address in this very moment: a second look finds it.
        return _try_to_invite()


@pages.post("/team/invitations/<uuid:invitation_id>/again")
@member(Permission.EDIT_TEAM)
def send_again(invitation_id: UUID) -> Page:
    """A new letter with a new link."""

    def deed(session: OrganisationSession, team: Team, doer: Doer, now: datetime) -> None:
        invite_again(session, team, invitation_id, doer=doer, post=Post(settings().secret_key), now=now)

    return _on_list(deed, "invited")


@pages.post("/team/invitations/<uuid:invitation_id>/withdraw")
@member(Permission.EDIT_TEAM)
def withdraw(invitation_id: UUID) -> Page:
    """The link ends; the colleague can be invited anew."""

    def deed(session: OrganisationSession, team: Team, doer: Doer, now: datetime) -> None:
        withdraw_invitation(session, team, invitation_id, doer=doer, now=now)

    return _on_list(deed, "withdrawn")


@pages.get("/team/<uuid:membership_id>")
@member(Permission.EDIT_TEAM)
def show_member(membership_id: UUID) -> Page:
    """One member's role and scope, and the way out."""
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        found = get_team_member(session, team_of(actor), membership_id)
        choice = choice_for(session, team_of(actor), found.scope)
        return member_screen(session, found, place_of(found.role, found.scope), choice)


@pages.post("/team/<uuid:membership_id>")
@member(Permission.EDIT_TEAM)
def change(membership_id: UUID) -> Page:
    """Another role or scope; "find" only looks for stores and keeps what was ticked."""
    actor, raw = current_actor(), read_form(request)
    with transaction(actor.organisation_id) as session:
        found = get_team_member(session, team_of(actor), membership_id)
        choice = choice_for(session, team_of(actor), found.scope)
        form = read_place(raw, choice)
        if "search" in raw:
            form.faults.clear()
            return member_screen(session, found, form, choice)
        if form.draft is None:
            return member_screen(session, found, form, choice)
        try:
            change_member(
                session, team_of(actor), membership_id, form.draft, doer=actor.doer, now=clock.now()
            )
        except Invalid as refusal:
            form.faults.update(refusal.faults)
            return member_screen(session, found, form, choice)
        except Conflict as conflict:
            form.faults["role"] = conflict.code
            return member_screen(session, found, form, choice, status=409)
    return redirect(url_for("accounts.show_member", membership_id=membership_id, done="saved"), 303)


@pages.post("/team/<uuid:membership_id>/remove")
@member(Permission.EDIT_TEAM)
def remove(membership_id: UUID) -> Page:
    """End a membership whose e-mail address was typed to confirm it."""
    typed = clean_line(only(read_form(request), "confirm")).casefold()

    def deed(session: OrganisationSession, team: Team, doer: Doer, now: datetime) -> None:
        if typed != get_team_member(session, team, membership_id).email:
            raise Invalid(faults={"confirm": "confirm"})
        remove_member(session, team, membership_id, doer=doer, now=now)

    return _on_member(membership_id, deed, "removed")


@pages.post("/team/<uuid:membership_id>/restore")
@member(Permission.EDIT_TEAM)
def restore(membership_id: UUID) -> Page:
    """Let a removed member in again."""

    def deed(session: OrganisationSession, team: Team, doer: Doer, now: datetime) -> None:
        restore_member(session, team, membership_id, doer=doer, now=now)

    return _on_member(membership_id, deed, "restored")


@pages.post("/team/<uuid:membership_id>/sign-out")
@member(Permission.EDIT_TEAM)
def sign_out_member(membership_id: UUID) -> Page:
    """Sign a member out everywhere."""

    def deed(session: OrganisationSession, team: Team, doer: Doer, now: datetime) -> None:
        sign_member_out(session, team, membership_id, doer=doer, now=now)

    return _on_member(membership_id, deed, "ended")


def _try_to_invite() -> Page:
    actor, raw = current_actor(), read_form(request)
    with transaction(actor.organisation_id) as session:
        choice = choice_for(session, team_of(actor))
        form = read_place(raw, choice)
        if "search" in raw:
            form.faults.clear()
            return invite_screen(form, choice)
        invitee = read_invitee(raw, form)
        try:
            if invitee:
                post = Post(settings().secret_key)
                invite(session, team_of(actor), invitee, doer=actor.doer, post=post, now=clock.now())
        except Invalid as refusal:
            form.faults.update(refusal.faults)
        if form.faults:
            return invite_screen(form, choice)
    return redirect(url_for("accounts.team", done="invited"), 303)


def _on_list(deed: Deed, done: str) -> Page:
    actor, now = current_actor(), clock.now()
    try:
        with transaction(actor.organisation_id) as session:
            deed(session, team_of(actor), actor.doer, now)
    except Conflict:
        with reading(actor.organisation_id) as session:
            return list_screen(
                session, actor, team_of(actor), request.args, now=now, done="sent_just_now"
            ), 409
    return redirect(url_for("accounts.team", done=done), 303)


def _on_member(membership_id: UUID, deed: Deed, done: str) -> Page:
    """One deed on one member; what is refused comes back on the member's page."""
    actor = current_actor()
    try:
        with transaction(actor.organisation_id) as session:
            deed(session, team_of(actor), actor.doer, clock.now())
    except Invalid as refusal:
        return _refused(membership_id, refusal.faults, 422)
    except Conflict as conflict:
        return _refused(membership_id, {"confirm": conflict.code}, 409)
    return redirect(url_for("accounts.show_member", membership_id=membership_id, done=done), 303)


def _refused(membership_id: UUID, faults: dict[str, str], status: int) -> Page:
    actor = current_actor()
    with reading(actor.organisation_id) as session:
        found = get_team_member(session, team_of(actor), membership_id)
        choice = choice_for(session, team_of(actor), found.scope)
        form = place_of(found.role, found.scope)
        form.faults.update(faults)
        return member_screen(session, found, form, choice, status=status)
