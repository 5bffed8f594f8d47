"""Signing in and out, and choosing one's language and theme."""

from collections.abc import Container

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.accounts.actions import forget_sign_in_failures, normal_email, note_sign_in_failure
from app.accounts.queries import seconds_to_wait, user_with_password
from app.accounts.rules import PASSWORD_MOST
from app.accounts.sessions import begin_session, end_session, throttle_keys
from app.accounts.sign_ins import end_sign_in, own_organisations
from app.accounts.views.skin import pages, safe_path
from app.db import transaction, transaction_across
from app.web import languages, themes
from app.web.access import current_person, member, public, signed_in


@pages.get("/sign-in")
@public("the door itself")
def sign_in() -> str:
    """The sign-in form."""
    return _form()


@pages.post("/sign-in")
@public("the door itself")
def begin() -> Response | tuple[str, int]:
    """Check the password; the same answer for a wrong address and a wrong password."""
    email = normal_email(request.form.get("email", "")[:320])
    password = request.form.get("password", "")[:PASSWORD_MOST]
    keys, now = throttle_keys(email), clock.now()
    with transaction_across() as session:
        wait = seconds_to_wait(session, keys, now=now)
        user = None if wait else user_with_password(session, email, password)
        is_member = user is not None and bool(own_organisations(session, user.id))
        if user:
            forget_sign_in_failures(session, keys)
        elif not wait:
            note_sign_in_failure(session, keys, now=now)
        if user and is_member:
            begin_session(session, user.id)
    if wait:
        return _form(_("Too many tries. Wait %(seconds)s s and try again.", seconds=wait), email), 429
    if user is None:
        return _form(_("The e-mail address or the password is wrong."), email), 422
    if not is_member:
        return _form(_("You are no longer in any team. Ask the owner of your organisation."), email), 403
    return redirect(safe_path(request.form.get("next")), 303)


@pages.post("/sign-out")
@signed_in()
def sign_out() -> Response:
    """End this session."""
    person = current_person()
    with transaction(None) as session:
        end_sign_in(session, person.user_id, person.sign_in_id)
    end_session()
    wish = safe_path(request.form.get("next"))
    return redirect(url_for("accounts.sign_in", next=wish if wish != "/" else None), 303)


@pages.get("/more")
@member()
def more() -> str:
    """The rest of the navigation on phones, and the member's own choices."""
    return render_template("accounts/more.html")


@pages.post("/language")
@public("a choice of language harms nobody")
def choose_language() -> Response:
    """Remember a language in a cookie and go back to the page."""
    return _remember(languages.COOKIE, request.form.get("language", ""), languages.LANGUAGES)


@pages.post("/theme")
@public("a choice of colours harms nobody")
def choose_theme() -> Response:
    """Remember a theme in a cookie and go back to the page."""
    return _remember(themes.COOKIE, request.form.get("theme", ""), themes.THEMES)


def _remember(cookie: str, wish: str, known: Container[str]) -> Response:
    response = redirect(safe_path(request.form.get("next")), 303)
    if wish in known:
        response.set_cookie(
            cookie,
            wish,
            max_age=languages.COOKIE_LASTS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response


def _form(fault: str = "", email: str = "") -> str:
    wish = request.values.get("next", "")
    return render_template("accounts/sign_in.html", fault=fault, email=email, next=safe_path(wish))
