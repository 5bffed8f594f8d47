"""Behind the link of an invitation: choose a name and a password, or join with the account that one has."""

from flask import g, redirect, render_template, request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app import clock
from app.accounts.forms import read_name
from app.accounts.joining import (
    find_open_invitation,
    invitation_organisation,
    join_as_known,
    join_as_new,
    user_of_invitation,
)
from app.accounts.models import Organisation, TeamInvitation
from app.accounts.sessions import begin_session, carry_token, load_person
from app.accounts.sign_ins import choose_organisation
from app.accounts.views.skin import link_over, pages
from app.accounts.words import in_words, role_words
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Gone, Invalid
from app.ids import OrganisationId
from app.web.access import public
from app.web.actor import Person
from app.web.forms import Form, only, read_form

Page = str | tuple[str, int] | Response
_LINK = "whoever holds the mailed link is the invited colleague"


@pages.get("/join/<token>")
@public(_LINK)
def join(token: str) -> Page:
    """The page behind the link. Looking uses nothing up: mail scanners open every link."""
    organisation_id = invitation_organisation(token)
    return _page(organisation_id, token) if organisation_id else link_over()


@pages.post("/join/<token>")
@public(_LINK)
def accept(token: str) -> Page:
    """Join, once: as a new user who is signed in at once, or as the one who is signed in already."""
    organisation_id = invitation_organisation(token)
    if organisation_id is None:
        return link_over()
    form, person = read_form(request), load_person()
    try:
        with transaction(organisation_id) as session:
            _accept(session, token, form, person)
    except Invalid as refusal:
        return _page(organisation_id, token, form, refusal.faults)
    except (Conflict, IntegrityError):
        # Somebody has the address: before, or since this very moment through another chain's invitation.
        return _page(organisation_id, token)
    except Gone:
        return link_over()
    return redirect("/", 303)


def _accept(session: OrganisationSession, token: str, form: Form, person: Person | None) -> None:
    invitation = find_open_invitation(session, token, now=clock.now())
    if invitation is None:
        raise Gone("link_used")
    if user_of_invitation(session, invitation) is None:
        name, password = read_name(only(form, "name")), only(form, "password")
        begin_session(session, join_as_new(session, token, name, password, now=clock.now()))
    elif person is None or person.email != invitation.email:
        raise Conflict("known")  # the page says whose account has to be signed in
    else:
        join_as_known(session, token, person.user_id, now=clock.now())
        carry_token(choose_organisation(session, person, invitation.organisation_id))


def _page(
    organisation_id: OrganisationId,
    token: str,
    form: Form | None = None,
    faults: dict[str, str] | None = None,
) -> Page:
    person = load_person()
    with reading(organisation_id) as session:
        invitation = find_open_invitation(session, token, now=clock.now())
        if invitation is None:
            return link_over()
        g.default_language = invitation.language
        page = render_template(
            "accounts/join.html",
            token=token,
            chain=session.get_one(Organisation, organisation_id).name,
            email=invitation.email,
            role=role_words()[invitation.role],
            name=form.get("name", "") if form else invitation.name,
            has_account=user_of_invitation(session, invitation) is not None,
            **_standing(person, invitation),
            faults=in_words(faults or {}),
        )
    return page, 422 if faults else 200


def _standing(person: Person | None, invitation: TeamInvitation) -> dict[str, object]:
    """Whether the right person is signed in, or another one is."""
    is_right = person is not None and person.email == invitation.email
    return {"is_right": is_right, "other": person.name if person and not is_right else ""}
