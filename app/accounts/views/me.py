"""My settings: name, language, password, and the browsers where I am signed in."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.accounts.actions import forget_sign_in_failures, note_sign_in_failure
from app.accounts.forms import read_language, read_name
from app.accounts.models import User
from app.accounts.queries import seconds_to_wait
from app.accounts.resets import change_password
from app.accounts.sessions import account_key, carry_token
from app.accounts.sign_ins import end_sign_in, end_sign_ins, renew_sign_in, sign_ins_of
from app.accounts.views.skin import pages
from app.accounts.words import done_words, in_words, role_words, too_many_words
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import reading, transaction, transaction_across
from app.errors import Invalid
from app.stores.queries import time_zones_of
from app.stores.rules import home_zone
from app.web import languages
from app.web.access import current_actor, current_person, member
from app.web.forms import only, read_form

Page = str | tuple[str, int] | Response


@pages.get("/settings/me")
@member()
def me() -> Page:
    """Everything about myself."""
    return _page({}, {})


@pages.post("/settings/me")
@member()
def change_me() -> Page:
    """My name as colleagues see it, and the language of my letters and pages."""
    actor, form = current_actor(), read_form(request)
    try:
        name, language = read_name(only(form, "name")), read_language(only(form, "language"))
    except Invalid as refusal:
        return _page(
            in_words(refusal.faults), {"name": form.get("name", ""), "language": form.get("language", "")}
        )
    with transaction(actor.organisation_id) as session:
        user = session.get_one(User, actor.user_id)
        if name != user.name:
            deed, names = AuditDeed.MEMBER_CHANGED, [user.name, name]
            record_deed(
                session, deed, actor.doer, name, subject_id=actor.membership_id, now=clock.now(), name=names
            )
        user.name, user.language = name, language
    answer = redirect(url_for("accounts.me", done="saved"), 303)
    # The cookie speaks first: without this the page would go on in the old language.
    answer.set_cookie(
        languages.COOKIE,
        language,
        max_age=languages.COOKIE_LASTS,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure,
    )
    return answer


@pages.post("/settings/me/password")
@member()
def change_own_password() -> Page:
    """A new password, for whoever knows the current one; every other browser is signed out."""
    person, form, now = current_person(), read_form(request), clock.now()
    key = account_key(person.email)
    with reading(None) as session:
        wait = seconds_to_wait(session, [key], now=now)
    if wait:
        return _page({"current": too_many_words(wait)}, {}, status=429)
    try:
        current, password = only(form, "current"), only(form, "password")
        with transaction_across() as session:
            change_password(session, person.user_id, current, password, now=now)
            end_sign_ins(session, person.user_id, but=person.sign_in_id)
            carry_token(renew_sign_in(session, person))
            forget_sign_in_failures(session, [key])
    except Invalid as refusal:
        if refusal.faults.get("current") == "wrong":
            with transaction(None) as session:
                note_sign_in_failure(session, [key], now=now)
        return _page(in_words(refusal.faults), {})
    return redirect(url_for("accounts.me", done="password"), 303)


@pages.post("/settings/me/sessions/<uuid:sign_in_id>/end")
@member()
def end_one(sign_in_id: UUID) -> Page:
    """Sign me out on one of my browsers."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        end_sign_in(session, actor.user_id, sign_in_id)
        record_deed(session, AuditDeed.SESSION_ENDED, actor.doer, actor.name, now=clock.now())
    return redirect(url_for("accounts.me", done="ended"), 303)


@pages.post("/settings/me/sessions/end")
@member()
def end_others() -> Page:
    """Sign me out on every browser but this one."""
    actor, person = current_actor(), current_person()
    with transaction(actor.organisation_id) as session:
        if end_sign_ins(session, actor.user_id, but=person.sign_in_id):
            record_deed(session, AuditDeed.SESSION_ENDED, actor.doer, actor.name, now=clock.now())
    return redirect(url_for("accounts.me", done="ended"), 303)


def _page(faults: dict[str, str], typed: dict[str, str], status: int = 422) -> Page:
    actor, person, now = current_actor(), current_person(), clock.now()
    with reading(actor.organisation_id) as session:
        page = render_template(
            "accounts/me.html",
            email=person.email,
            role=role_words()[actor.role],
            typed={"name": person.name, "language": person.language, **typed},
            sign_ins=sign_ins_of(session, actor.user_id, now=now),
            zone=home_zone(time_zones_of(session, actor.store_ids)),
            done=done_words().get(request.args.get("done", "")),
            faults=faults,
        )
    return page, status if faults else 200
