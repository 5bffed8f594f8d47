"""Whether the promise is kept: what waits on the way from a bad rating to the person who must hear of it."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.accounts.models import AccountLetter
from app.alerts.models import Alert, AlertTimer, Message
from app.alerts.rules import OPEN_STATES
from app.classification.models import Classification
from app.db import OrganisationSession, reading
from app.events.queries import waiting_events
from app.notifications.models import Notification
from app.notifications.queries import unreached_alerts
from app.notifications.rules import NotificationState
from app.web.actor import Actor
from app.web.banners import Banner, add_banners
from app.web.health import add_alerting_check, add_gauge, due_rows, watch_work

TIMER_MAY_BE_LATE = timedelta(seconds=60)
MESSAGE_MAY_BE_LATE = timedelta(seconds=120)
TOLD_FOR = timedelta(hours=24)


def watch_promises() -> None:
    """Let health and metrics know of every kind of work that alerts depend on."""
    watch_work("timer", due_rows(AlertTimer))
    watch_work("notification", due_rows(Notification))
    watch_work("reply", due_rows(Message))
    watch_work("account_letter", due_rows(AccountLetter))
    watch_work("classification", due_rows(Classification))
    watch_work("event", waiting_events)
    add_gauge("alerts_open", "Alerts that nobody has resolved yet.", _alerts_open)
    add_gauge("timers_overdue", "Steps of ladders more than 60 s late.", _timers_overdue)
    add_alerting_check("timers", _timers_fault)
    add_alerting_check("notifications", _notifications_fault)
    add_banners("notifications", _banners)


def _alerts_open(session: OrganisationSession, _: datetime) -> int:
    return session.scalar(select(func.count()).where(Alert.state.in_(OPEN_STATES))) or 0


def _timers_overdue(session: OrganisationSession, now: datetime) -> int:
    is_late = AlertTimer.due_at < now - TIMER_MAY_BE_LATE
    return session.scalar(select(func.count()).where(is_late)) or 0


def _timers_fault(session: OrganisationSession, now: datetime) -> str | None:
    late = _timers_overdue(session, now)
    return f"{late} more than 60 s overdue: is the ticker running?" if late else None


def _notifications_fault(session: OrganisationSession, now: datetime) -> str | None:
    # By the age of the row, not by its next attempt: one that is tried again and again has reached nobody.
    is_late = Notification.created_at < now - MESSAGE_MAY_BE_LATE
    waits = select(func.count()).where(Notification.state == NotificationState.PENDING, is_late)
    late = session.scalar(waits) or 0
    return f"{late} more than 120 s overdue: do workers run, does the mail server answer?" if late else None


def _banners(actor: Actor) -> list[Banner]:
    """Alerts of the actor's stores of which nobody could be told by any channel."""
    with reading(actor.organisation_id) as session:
        found = unreached_alerts(session, since=clock.now() - TOLD_FOR)
    return [
        Banner(
            _("Nobody could be told of alert %(number)s: every channel failed.", number=alert.number),
            f"/alerts/{alert.number}",
        )
        for alert in found
        if actor.sees(alert.store_id)
    ][:3]
