"""What a notification says: what happened, where, how long is left, and where to take it."""

from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.queries import get_member
from app.alerts.models import Alert, AlertTimer
from app.alerts.rules import Condition, StepAction, Target, holds
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row
from app.notifications.models import Notification
from app.responses.models import Response
from app.stores.models import Store
from app.text import clean_line, first_graphemes

_COMMENT_GRAPHEMES = 500


def compose_notification(
    session: OrganisationSession, notification: Notification, base_url: str
) -> Email | None:
    """The message in the member's language, or ``None`` when its step no longer applies."""
    alert = get_row(session, Alert, notification.alert_id)
    timer = get_row(session, AlertTimer, notification.timer_id)
    if not _is_wanted(alert, timer):
        return None
    member = get_member(session, notification.membership_id)
    response = get_row(session, Response, alert.response_id)
    store = get_row(session, Store, alert.store_id)
    with force_locale(member.language):
        subject = _subject(alert, timer, response, store)
        body = "\n\n".join([*_lines(alert, response, store), f"{base_url}/alerts/{alert.number}"])
    return Email(f"notification-{notification.id}", member.email, subject, body + "\n")


def _is_wanted(alert: Alert, timer: AlertTimer) -> bool:
    if timer.action == StepAction.REASSIGN or timer.target == Target.ASSIGNEE:
        return True  # the new owner must hear of it, and so must the holder of a thread with news
    condition = Condition.NOT_ACKNOWLEDGED if timer.condition == Condition.ALWAYS else timer.condition
    return holds(condition, alert.state, is_reachable=alert.is_reachable)



def _subject(alert: Alert, timer: AlertTimer, response: Response, store: Store) -> str:
    words = {"number": alert.number, "store": clean_line(store.name), "rating": response.rating}
    if timer.target == Target.ASSIGNEE:
        return _("Alert %(number)s: news from the shopper, %(store)s", **words)
    if timer.action == StepAction.REASSIGN:
        return _("Alert %(number)s is yours now: not answered in time, %(store)s", **words)
    if timer.condition == Condition.NOT_ANSWERED:
        return _("Alert %(number)s: still not answered, %(store)s", **words)
    return _("Alert %(number)s: rating %(rating)s, %(store)s", **words)


def _lines(alert: Alert, response: Response, store: Store) -> list[str]:
    lines = [_("%(store)s, rating %(rating)s of 10", store=store.name, rating=response.rating)]
    if response.comment:
        lines.append("> " + first_graphemes(response.comment, _COMMENT_GRAPHEMES).replace("\n", "\n> "))
    if alert.deadline:
        until = alert.deadline.astimezone(ZoneInfo(store.time_zone)).strftime("%H:%M")
        lines.append(
            _("Answer until %(time)s.", time=until)
            if alert.is_reachable
            else _("The shopper left no contact. Take it until %(time)s.", time=until)
        )
    return lines
