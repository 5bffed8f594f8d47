"""Signing in and out, and choosing one's language and theme."""

from collections.abc import Container
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.accounts.actions import forget_sign_in_failures, normal_email, note_sign_in_failure
from app.accounts.queries import seconds_to_wait, user_with_password
from app.accounts.rules import PASSWORD_MOST
from app.accounts.sessions import begin_session, end_session, throttle_keys
from app.db import transaction
from app.text import clean_line
from app.web import languages, themes
from app.web.access import member, public

pages = Blueprint("accounts", __name__, template_folder="templates")
_YEAR = 365 * 24 * 3600


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
    with transaction(None) as session:
        wait = seconds_to_wait(session, keys, now=now)
        user = None if wait else user_with_password(session, email, password)
        if user:
            forget_sign_in_failures(session, keys)
        elif not wait:
            note_sign_in_failure(session, keys, now=now)
    if wait:
        return _form(_("Too many tries. Wait %(seconds)s s and try again.", seconds=wait), email), 429
    if user is None:
        return _form(_("The e-mail address or the password is wrong."), email), 422
    begin_session(user)
    return redirect(safe_path(request.form.get("next")), 303)


@pages.post("/sign-out")
@member()
def sign_out() -> Response:
    """End this session."""
    end_session()
    return redirect(url_for("accounts.sign_in"), 303)


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


def safe_path(wish: str | None) -> str:
    """A path on this very site, or the first page: never another host, whatever the spelling."""
    text = wish or ""
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    is_plain = not any(sign in text for sign in "\\\t\r\n") and clean_line(text) == text
    return text if is_ours and is_plain else "/"


def _remember(cookie: str, wish: str, known: Container[str]) -> Response:
    response = redirect(safe_path(request.form.get("next")), 303)
    if wish in known:
        response.set_cookie(
            cookie, wish, max_age=_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


def _form(fault: str = "", email: str = "") -> str:
    wish = request.values.get("next", "")
    return render_template("accounts/sign_in.html", fault=fault, email=email, next=safe_path(wish))
