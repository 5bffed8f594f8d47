"""Signing in and out, joining, passwords, one's own settings, the team, the audit log."""

from app.accounts.views import audit, choosing, doors, joining, me, passwords, team
from app.accounts.views.skin import pages

__all__ = ["audit", "choosing", "doors", "joining", "me", "pages", "passwords", "team"]
