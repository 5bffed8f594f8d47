"""A forgotten password: asking for a link, and choosing a new one behind it."""

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.accounts.actions import forget_sign_in_failures
from app.accounts.forms import read_email
from app.accounts.queries import seconds_to_wait
from app.accounts.resets import ask_for_password, find_reset, reset_password
from app.accounts.sessions import account_key, begin_session, request_keys
from app.accounts.views.skin import link_over, pages
from app.accounts.words import in_words
from app.db import reading, transaction, transaction_across
from app.errors import Gone, Invalid
from app.web.access import public
from app.web.forms import only, read_form

Page = str | tuple[str, int] | Response
_LINK = "whoever holds the mailed link may choose the password, once"


@pages.get("/forgot")
@public("whoever cannot sign in comes here")
def forgot() -> str:
    """Ask for a link by mail."""
    return render_template("accounts/forgot.html", email="", wait=0, faults={})


@pages.post("/forgot")
@public("whoever cannot sign in comes here")
def ask() -> Page:
    """The same answer, after the same work, whether or not anybody has the address."""
    typed = only(read_form(request), "email")
    try:
        email = read_email(typed)
    except Invalid as refusal:
        faults = in_words(refusal.faults)
        return render_template("accounts/forgot.html", email=typed, wait=0, faults=faults), 422
    account, network = request_keys(email)
    with transaction(None) as session:
        wait = seconds_to_wait(session, [account, network], now=clock.now())
        if not wait:
            ask_for_password(session, email, account, network, now=clock.now())
    if wait:
        return render_template("accounts/forgot.html", email=email, wait=wait, faults={}), 429
    return render_template("accounts/forgot_sent.html", email=email)


@pages.get("/reset/<token>")
@public(_LINK)
def reset(token: str) -> Page:
    """Choose a new password. Looking uses nothing up: mail scanners open every link."""
    return _page(token)


@pages.post("/reset/<token>")
@public(_LINK)
def choose_password(token: str) -> Page:
    """Use the link up: every other browser is signed out, this one is signed in."""
    password = only(read_form(request), "password")
    try:
        with transaction_across() as session:
            user = reset_password(session, token, password, now=clock.now())
            forget_sign_in_failures(session, [account_key(user.email)])
            begin_session(session, user.id)
    except Gone:
        return link_over()
    except Invalid as refusal:
        return _page(token, refusal.faults)
    return redirect("/", 303)


def _page(token: str, faults: dict[str, str] | None = None) -> Page:
    with reading(None) as session:
        user = find_reset(session, token, now=clock.now())
        if user is None:
            return link_over()
        g.default_language = user.language
        page = render_template(
            "accounts/reset.html",
            token=token,
            email=user.email,
            faults=in_words(faults or {}),
        )
    return page, 422 if faults else 200
