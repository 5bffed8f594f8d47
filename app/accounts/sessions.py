"""Sign-in at the edge: the cookie holds a token, and every request looks up what it is worth today."""

import contextlib
import hmac
from typing import cast
from uuid import UUID

from flask import Flask, request
from flask import session as cookie
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock
from app.accounts.devices import device_words
from app.accounts.rules import SIGN_IN_LASTS
from app.accounts.sign_ins import begin_sign_in, find_visit, note_visit
from app.db import OrganisationSession, looking_across, transaction_across
from app.errors import Unavailable
from app.ids import purpose_key
from app.web.actor import Person
from app.web.settings import settings

_TOKEN = "token"  # noqa: S105 - the name under which the cookie keeps one
csrf = CSRFProtect()


def use_sessions(app: Flask) -> None:
    """The one cookie, and the token that every dashboard form carries.

    Under https the cookie is bound to this very host (``__Host-``): no neighbour can set another.
    """
    is_secure = str(app.config["VIDHUK"].base_url).startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-vidhuk" if is_secure else "vidhuk",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SIGN_IN_LASTS,
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)


def begin_session(session: OrganisationSession, user_id: UUID) -> None:
    """Sign a user in on this browser, with a cookie in which nothing is left of before. It looks across."""
    device = device_words(request.user_agent.string)
    carry_token(begin_sign_in(session, user_id, device, now=clock.now()))


def carry_token(token: str) -> None:
    """Give this browser a token, and with it a fresh cookie."""
    cookie.clear()
    cookie[_TOKEN] = token
    cookie.permanent = True


def end_session() -> None:
    """Forget what this browser carried."""
    cookie.clear()


def load_person() -> Person | None:
    """Whoever is signed in on this browser, with today's rights; ``None`` when nobody is."""
    token = cookie.get(_TOKEN)
    if not token:
        return None
    now = clock.now()
    with looking_across() as session:
        visit = find_visit(session, cast(str, token), now=now)
    if visit is None:
        return None
    # A page that asks for news by itself is no visit. Nor is a busy database a reason to turn anybody away.
    if visit.is_due and not request.headers.get("X-Fragment"):
        with (
            contextlib.suppress(OperationalError, PoolTimeout, Unavailable),
            transaction_across() as session,
        ):
            note_visit(session, visit.person, now=now)
    return visit.person


def network_key(address: str | None) -> str:
    """A keyed digest of the caller's network (IPv4 /24, IPv6 /48): it can be counted, not read."""
    network = (address or "").rpartition(".")[0] or ":".join((address or "").split(":")[:3])
    return _throttle_key(f"network/{network}")


def account_key(email: str) -> str:
    """A keyed digest of an e-mail address, whether anybody has it or not."""
    return _throttle_key(f"account/{email}")


def throttle_keys(email: str) -> list[str]:
    """Both things that a failed sign-in counts against."""
    return [account_key(email), network_key(request.remote_addr)]


def request_keys(email: str) -> list[str]:
    """What asking for a new password counts against; apart from sign-in, which must not suffer from it."""
    return [_throttle_key(f"forgot/{email}"), _throttle_key(f"forgot/{network_key(request.remote_addr)}")]


def _throttle_key(text: str) -> str:
    return hmac.digest(purpose_key(settings().secret_key, "sign-in"), text.encode(), "sha256").hex()
