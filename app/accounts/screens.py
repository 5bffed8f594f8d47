"""What the team's pages show: members and invitations in one list, a place in the team in one form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.forms import Choice, PlaceForm
from app.accounts.joining import invitations_of, scope_of_invitation
from app.accounts.members import TeamMember, team_members
from app.accounts.models import TeamInvitation
from app.accounts.rules import SEES_ALL, Role, Scope, Team
from app.accounts.words import done_words, in_words, role_meanings, role_words
from app.db import OrganisationSession
from app.stores.queries import regions, stores
from app.text import clean_line, search_form, sort_key
from app.web.actor import Actor
from app.web.languages import LANGUAGES

ON_A_PAGE = 50
_NAMED_MOST = 3
_SEARCH_MOST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: a member, or somebody who was asked: active, invited, late, removed."""

    id: UUID
    name: str
    email: str
    role: str
    scope: str
    state: str
    seen_on: date | None


def list_screen(
    session: OrganisationSession,
    actor: Actor,
    team: Team,
    wishes: Mapping[str, str],
    *,
    now: datetime,
    done: str = "",
) -> str:
    """The team as it is now, or those who left; a page of fifty, by name."""
    search = clean_line(wishes.get("q", "")[:_SEARCH_MOST])
    is_removed, role = wishes.get("state") == "removed", wishes.get("role", "")
    role = role if role in team.roles else ""
    everybody = _entries(session, team, now=now)
    found = [entry for entry in everybody if _is_wanted(entry, search, role, is_removed=is_removed)]
    page = _page_number(wishes, len(found))
    return render_template(
        "accounts/team.html",
        entries=found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        count=len(found),
        has_next=page * ON_A_PAGE < len(found),
        page=page,
        search=search,
        role=role,
        is_removed=is_removed,
        removed_count=sum(entry.state == "removed" for entry in everybody),
        roles=[(one, role_words()[one]) for one in team.roles],
        role_words=role_words(),
        own_id=actor.membership_id,
        done=done_words().get(done or wishes.get("done", "")),
    )


def invite_screen(form: PlaceForm, choice: Choice) -> tuple[str, int]:
    """The form of an invitation."""
    page = render_template(
        "accounts/invite.html", languages_known=[*LANGUAGES.items()], **_place(form, choice)
    )
    return page, 422 if form.faults else 200


def member_screen(
    session: OrganisationSession, member: TeamMember, form: PlaceForm, choice: Choice, *, status: int = 422
) -> tuple[str, int]:
    """One member's page."""
    page = render_template(
        "accounts/member.html",
        member=member,
        scope=_scope_words(member.role, member.scope, _names(session)),
        done=done_words().get(request.args.get("done", "")),
        **_place(form, choice),
    )
    return page, status if form.faults else 200


def choice_for(session: OrganisationSession, team: Team, has: Scope | None = None) -> Choice:
    """What the head of this team may give; what somebody has already can be kept, closed stores too."""
    kept = has.stores if has else frozenset()
    sees_all = team.store_ids is None
    return Choice(
        roles=team.roles,
        regions=[(region.id, region.name) for region in regions(session)] if sees_all else [],
        stores=[
            store for store in stores(session, team.store_ids) if not store.retired_at or store.id in kept
        ],
    )


def _place(form: PlaceForm, choice: Choice) -> dict[str, object]:
    return {
        "form": form,
        "faults": in_words(form.faults),
        "roles": [(role, role_words()[role], role_meanings()[role]) for role in choice.roles],
        "regions": choice.regions,
        "stores": form.shown(choice),
        "store_count": len(choice.stores),
        "found_count": form.found_count(choice),
    }


def _entries(session: OrganisationSession, team: Team, *, now: datetime) -> list[Entry]:
    names = _names(session)
    members = [_of_member(member, names) for member in team_members(session, team)]
    asked = [_of_invitation(invitation, names, now=now) for invitation in invitations_of(session, team)]
    return sorted(members + asked, key=lambda entry: (sort_key(entry.name), entry.email))


def _of_member(member: TeamMember, names: Mapping[UUID, str]) -> Entry:
    return Entry(
        id=member.id,
        name=member.name,
        email=member.email,
        role=member.role,
        scope=_scope_words(member.role, member.scope, names),
        state="active" if member.is_active else "removed",
        seen_on=member.seen_on,
    )


def _of_invitation(invitation: TeamInvitation, names: Mapping[UUID, str], *, now: datetime) -> Entry:
    return Entry(
        id=invitation.id,
        name=invitation.name,
        email=invitation.email,
        role=invitation.role,
        scope=_scope_words(Role(invitation.role), scope_of_invitation(invitation), names),
        state="invited" if invitation.expires_at > now else "late",
        seen_on=None,
    )


def _is_wanted(entry: Entry, search: str, role: str, *, is_removed: bool) -> bool:
    return (
        (entry.state == "removed") is is_removed
        and role in ("", entry.role)
        and search_form(search) in search_form(f"{entry.name} {entry.email} {entry.scope}")
    )


def _page_number(wishes: Mapping[str, str], count: int) -> int:
    wish = wishes.get("page", "1")
    number = int(wish) if wish.isdecimal() and len(wish) < len("1000000") else 1
    return min(max(number, 1), max(1, -(-count // ON_A_PAGE)))


def _names(session: OrganisationSession) -> dict[UUID, str]:
    named = {region.id: region.name for region in regions(session)}
    return named | {store.id: store.name for store in stores(session, None)}


def _scope_words(role: Role, scope: Scope, names: Mapping[UUID, str]) -> str:
    """What a membership reaches, in names while they are few."""
    if role in SEES_ALL:
        return _("all stores")
    parts = [names[region] for region in scope.regions if region in names]
    single = [names[store] for store in scope.stores if store in names]
    if len(single) > _NAMED_MOST:
        return ", ".join(
            [*sorted(parts, key=sort_key), ngettext("%(num)s store", "%(num)s stores", len(single))]
        )
    return ", ".join(sorted(parts, key=sort_key) + sorted(single, key=sort_key)) or _("nothing")
