"""A member has left, or sees fewer stores: the alerts they held are everybody's of their level again."""

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Membership
from app.accounts.queries import answers_for
from app.alerts.actions.clock import ROLES
from app.alerts.actions.history import append
from app.alerts.actions.ladder import cancel_steps, tell_level
from app.alerts.actions.rounds import begin_again
from app.alerts.models import Alert
from app.alerts.rules import LEFT, OPEN_STATES, AlertState, Deed, Target
from app.db import OrganisationSession, get_row, locking
from app.events import Event
from app.stores.models import Store


def release_alerts(session: OrganisationSession, event: Event) -> None:
    """On `member.changed`: every open alert that the member holds and may no longer answer is given back."""
    member = get_row(session, Membership, event.subject_id)
    level = next((target for target, role in ROLES.items() if role == member.role), Target.STORE_MANAGERS)
    held = locking(
        select(Alert).where(Alert.owner_id == member.id, Alert.state.in_(OPEN_STATES)).order_by(Alert.id)
    )
    for alert in session.scalars(held).all():
        if not answers_for(session, member, get_row(session, Store, alert.store_id)):
            _release(session, alert, level, now=event.at)


def _release(session: OrganisationSession, alert: Alert, level: Target, *, now: datetime) -> None:
    """It can be taken again and its level hears of it at once. The shopper's clock has never stopped.

    A bare tap has no such clock: it was taken in time, and gets the time to be taken once more.
    """
    was_taken = alert.state == AlertState.ACKNOWLEDGED
    left, alert.owner_id = str(alert.owner_id), None
    if was_taken:
        alert.acknowledged_at = None
    to_state = AlertState.NEW if was_taken else None
    append(session, alert, Deed.REASSIGNED, at=now, to_state=to_state, before=left, reason=LEFT)
    if was_taken and not alert.is_reachable:
        cancel_steps(session, alert, "released")
        begin_again(session, alert, now=now)
    else:
        tell_level(session, alert, level, now=now)
