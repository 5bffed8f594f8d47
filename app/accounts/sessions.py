"""Sign-in sessions: Flask-Login keeps the cookie, every request reads the user's row again."""

import hmac
from uuid import UUID

from flask import Flask, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select

from app.accounts.models import Membership, User
from app.accounts.queries import actor_of
from app.db import organisation_of, reading
from app.ids import purpose_key
from app.web.actor import Actor
from app.web.settings import settings

_logins = LoginManager()
csrf = CSRFProtect()


class SignedIn(UserMixin):  # type: ignore[misc]
    """What the cookie stands for: a user, at one session number. A new number ends all older sessions."""

    def __init__(self, user: User) -> None:
        """The user's row, read again for each request."""
        self.user = user

    def get_id(self) -> str:
        """The text in the cookie."""
        return f"{self.user.id}/{self.user.session_no}"


def use_sessions(app: Flask) -> None:
    """Cookies, and the token that every dashboard form carries."""
    app.config.update(REMEMBER_COOKIE_DURATION=0, WTF_CSRF_TIME_LIMIT=None)
    _logins.session_protection = None
    _logins.init_app(app)
    _logins.user_loader(_load_user)
    csrf.init_app(app)


def begin_session(user: User) -> None:
    """Sign the user in with a fresh cookie."""
    cookie.clear()
    login_user(SignedIn(user))


def end_session() -> None:
    """Sign out here."""
    logout_user()
    cookie.clear()


def load_actor() -> Actor | None:
    """The signed-in member of this request, with today's rights; ``None`` when nobody is."""
    if not current_user.is_authenticated:
        return None
    user: User = current_user.user
    organisation_id = organisation_of(Membership.user_id, user.id)
    if organisation_id is None:
        return None
    with reading(organisation_id) as session:
        membership = session.scalar(
            select(Membership).where(Membership.user_id == user.id, Membership.is_active)
        )
        return actor_of(session, user, membership) if membership else None


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


def _throttle_key(text: str) -> str:
    return hmac.digest(purpose_key(settings().secret_key, "sign-in"), text.encode(), "sha256").hex()


def _load_user(text: str) -> SignedIn | None:
    user_id, _, number = text.partition("/")
    with reading(None) as session:
        user = session.get(User, UUID(user_id))
        if user is None or not user.is_active or str(user.session_no) != number:
            return None
        return SignedIn(user)
