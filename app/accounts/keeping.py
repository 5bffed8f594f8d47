"""House-keeping of accounts: what opens nothing any more, and deeds that are older than we keep them."""

from datetime import datetime

from app.accounts.resets import forget_old_resets
from app.accounts.sign_ins import forget_old_sign_ins
from app.audit.actions import forget_old_deeds
from app.db import OrganisationSession


def forget_what_is_over(session: OrganisationSession, *, now: datetime) -> None:
    """Delete ended sign-ins, dead links and old deeds, of all organisations."""
    forget_old_sign_ins(session, now=now)
    forget_old_resets(session, now=now)
    forget_old_deeds(session, now=now)
