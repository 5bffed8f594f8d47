"""What a notification says: what happened, where, how long is left, and where to take it."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.queries import find_active_member
from app.alerts.models import Alert, AlertTimer
from app.alerts.queries import latest_news
from app.alerts.rules import DONE_STATES, AlertState, Author, Condition, StepAction, Target, holds
from app.channels import ChannelFailure
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row
from app.notifications.models import Notification
from app.responses.models import Response
from app.stores.models import Store
from app.text import clean_line, first_graphemes
from app.web.templating import local_time

_QUOTED_GRAPHEMES = 500


def compose_notification(
    session: OrganisationSession, notification: Notification, base_url: str
) -> Email | None:
    """The message in the member's language, or ``None`` when its step no longer applies.

    Raises `ChannelFailure` for a member who has left meanwhile: the next step need not wait then.
    """
    alert = get_row(session, Alert, notification.alert_id)
    timer = get_row(session, AlertTimer, notification.timer_id)
    if not _is_wanted(alert, timer):
        return None
    member = find_active_member(session, notification.membership_id)
    if member is None:
        raise ChannelFailure("not_a_member", is_permanent=True)
    response = get_row(session, Response, alert.response_id)
    store = get_row(session, Store, alert.store_id)
    with force_locale(member.language):
        subject = _subject(alert, timer, response, store, is_owner=alert.owner_id == member.id)
        said = _news(session, alert) if timer.target == Target.ASSIGNEE else None
        body = "\n\n".join(
            [
                _("%(store)s, rating %(rating)s of 10", store=store.name, rating=response.rating),
                *([said] if said else _said(response)),
                *_deadline(alert, store),
                f"{base_url}/alerts/{alert.number}",
            ]
        )
    return Email(f"notification-{notification.id}", member.email, subject, body + "\n")


def _is_wanted(alert: Alert, timer: AlertTimer) -> bool:
    """Whether the step still applies. Whoever holds the alert hears of news, a new owner of the alert."""
    if timer.target == Target.ASSIGNEE:
        return alert.state not in (AlertState.CLOSED, AlertState.DISMISSED)
    if timer.action == StepAction.REASSIGN:
        return alert.state not in DONE_STATES
    return holds(timer.condition, alert.state, is_reachable=alert.is_reachable)


def _subject(alert: Alert, timer: AlertTimer, response: Response, store: Store, *, is_owner: bool) -> str:
    words = {"number": alert.number, "store": clean_line(store.name), "rating": response.rating}
    if timer.target == Target.ASSIGNEE:
        return _("Alert %(number)s: there is news, %(store)s", **words)
    if timer.action == StepAction.REASSIGN and is_owner:
        return _("Alert %(number)s is yours now: not answered in time, %(store)s", **words)
    if timer.condition == Condition.NOT_ANSWERED:
        return _("Alert %(number)s: still not answered, %(store)s", **words)
    return _("Alert %(number)s: rating %(rating)s, %(store)s", **words)


def _news(session: OrganisationSession, alert: Alert) -> str | None:
    """What the holder of a thread has to hear: the shopper's last words, or that a reply did not arrive."""
    message = latest_news(session, alert)
    if message is None:
        return None
    if message.author == Author.SHOPPER:
        return _quoted(message.text)
    return _("Your reply could not be delivered. Find another way to answer.")


def _said(response: Response) -> list[str]:
    return [_quoted(response.comment)] if response.comment else []


def _quoted(text: str) -> str:
    return "> " + first_graphemes(text, _QUOTED_GRAPHEMES).replace("\n", "\n> ")


def _deadline(alert: Alert, store: Store) -> list[str]:
    if alert.deadline is None:
        return []
    until = local_time(alert.deadline, store.time_zone)
    if alert.is_reachable:
        return [_("Answer until %(time)s.", time=until)]
    return [_("The shopper left no contact. Take it until %(time)s.", time=until)]
