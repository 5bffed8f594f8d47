"""What a notification says, as its channel carries it: what happened, where, until when, where to act."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.queries import Member, find_active_member, get_member
from app.alerts.models import Alert, AlertTimer
from app.alerts.queries import latest_news
from app.alerts.rules import DONE_STATES, AlertState, Author, Condition, StepAction, Target, holds
from app.channels import Channel, ChannelFailure, Form, Link, Message, Outgoing
from app.channels.catalogue import CHANNELS
from app.channels.sms.segments import segments
from app.db import OrganisationSession, get_row
from app.ids import digest
from app.notifications.links import take_path
from app.notifications.models import Notification, Trial
from app.notifications.queries import was_reached_otherwise
from app.notifications.ways import ways_of
from app.responses.models import Response
from app.stores.models import Store
from app.text import clean_line, first_graphemes, unlinked
from app.web.templating import local_clock, local_time

_QUOTED_GRAPHEMES = 500
_MOST_SEGMENTS = 2
_LEAST_STORE_GRAPHEMES = 8
_SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every link needs: the key it is signed with, and the address it begins with."""

    secret: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What a notification is about, and to whom it goes."""

    notification: Notification
    alert: Alert
    timer: AlertTimer
    response: Response
    store: Store
    member: Member

    @property
    def is_news(self) -> bool:
        """Whether it goes to whoever holds the alert, because something has been added."""
        return self.timer.target == Target.ASSIGNEE

    @property
    def may_be_taken(self) -> bool:
        """Whether a tap on the link would make the alert this person's."""
        return self.alert.state == AlertState.NEW and self.alert.owner_id in (None, self.member.id)


def compose_notification(
    session: OrganisationSession, notification: Notification, letterhead: Letterhead, *, now: datetime
) -> Outgoing | None:
    """The message in the member's language; ``None`` when its step no longer applies, or reached the person.

    Raises `ChannelFailure` when the person has left, or has no address in this channel any more.
    """
    alert = get_row(session, Alert, notification.alert_id)
    timer = get_row(session, AlertTimer, notification.timer_id)
    if not _is_wanted(alert, timer) or was_reached_otherwise(session, notification):
        return None
    matter = _matter(session, notification, alert, timer)
    channel = _channel(notification.channel)
    address = _address(session, matter.member, channel.name)
    with force_locale(matter.member.language):
        if channel.form is Form.SHORT:
            message = _short(matter, letterhead, now=now)
        else:
            message = _full(session, matter, letterhead, is_letter=channel.form is Form.LETTER)
    return channel.pack(address, message)


def compose_trial(session: OrganisationSession, trial: Trial) -> Outgoing:
    """A test message in the member's language; raises `ChannelFailure` without an address."""
    member, channel = get_member(session, trial.membership_id), _channel(trial.channel)
    address = _address(session, member, channel.name)
    reference = f"trial-{digest(f'{trial.id}/{trial.requested_at.isoformat()}')[:32]}"
    with force_locale(member.language):
        subject, text = _("Vidhuk: a test"), _("This is a test. Alerts will arrive here.")
    is_short = channel.form is Form.SHORT
    return channel.pack(address, Message(reference, subject, f"{subject}. {text}" if is_short else text))


def _matter(
    session: OrganisationSession, notification: Notification, alert: Alert, timer: AlertTimer
) -> Matter:
    member = find_active_member(session, notification.membership_id)
    if member is None:
        raise ChannelFailure("not_a_member", is_permanent=True, is_of_address=True)
    return Matter(
        notification,
        alert,
        timer,
        get_row(session, Response, alert.response_id),
        get_row(session, Store, alert.store_id),
        member,
    )


def _channel(name: str) -> Channel:
    """The channel of that name; one that was taken out of the product is not connected."""
    if name not in CHANNELS:
        raise ChannelFailure("not_connected", is_permanent=True, is_of_address=True)
    return CHANNELS[name]


def _address(session: OrganisationSession, member: Member, channel: str) -> str:
    found = next((way.address for way in ways_of(session, member) if way.channel == channel), None)
    if found is None:
        raise ChannelFailure("not_connected", is_permanent=True, is_of_address=True)
    return found


def _is_wanted(alert: Alert, timer: AlertTimer) -> bool:
    """Whether the step still applies. Whoever holds the alert hears of news, a new owner of the alert."""
    if timer.target == Target.ASSIGNEE:
        return alert.state not in (AlertState.CLOSED, AlertState.DISMISSED)
    if timer.action == StepAction.REASSIGN:
        return alert.state not in DONE_STATES
    return holds(timer.condition, alert.state, is_reachable=alert.is_reachable)


def _full(
    session: OrganisationSession, matter: Matter, letterhead: Letterhead, *, is_letter: bool
) -> Message:
    said = _news(session, matter.alert) if matter.is_news else None
    page = f"{letterhead.base_url}/alerts/{matter.alert.number}"
    take = letterhead.base_url + take_path(letterhead.secret, matter.notification.id)
    parts = [
        _("%(store)s, rating %(rating)s of 10", store=_store(matter), rating=matter.response.rating),
        *([said] if said else _said(matter.response)),
        *_deadline(matter.alert, matter.store),
        *([page] if is_letter else []),
    ]
    link = Link(_("Take it"), take) if matter.may_be_taken else Link(_("Open the alert"), page)
    return Message(
        reference_of(matter.timer.id, matter.member.id),
        _subject(matter),
        "\n\n".join(parts),
        link if matter.may_be_taken or not is_letter else None,
        thread=f"alert-{digest(f'{matter.alert.id}/{matter.member.id}')[:32]}",
    )


def _short(matter: Matter, letterhead: Letterhead, *, now: datetime) -> Message:
    """Two segments: the store's name is shortened, and never the link."""
    take = letterhead.base_url + take_path(letterhead.secret, matter.notification.id)
    name = _store(matter)
    for most in range(len(name), _LEAST_STORE_GRAPHEMES - 1, -1):
        text = _brief(matter, first_graphemes(name, most), now=now)
        if segments(f"{text} {take}") <= _MOST_SEGMENTS:
            break
    else:
        text = _brief(matter, first_graphemes(name, _LEAST_STORE_GRAPHEMES), now=now)
    return Message(reference_of(matter.timer.id, matter.member.id), "", text, Link("", take))


def reference_of(timer_id: UUID, member_id: UUID) -> str:
    """The same for one person and one step, whichever channel carries it: a repeat can be recognised."""
    return f"notification-{digest(f'{timer_id}/{member_id}')[:32]}"


def _store(matter: Matter) -> str:
    return clean_line(matter.store.name)


def _brief(matter: Matter, store: str, *, now: datetime) -> str:
    words = {"number": matter.alert.number, "store": store, "rating": matter.response.rating}
    if matter.is_news:
        return _("Alert %(number)s, %(store)s: there is news.", **words)
    until = matter.alert.deadline
    if until is None:
        return _("Alert %(number)s, %(store)s: rating %(rating)s.", **words)
    words["time"] = local_clock(until, matter.store.time_zone)
    if until < now:
        return _("Alert %(number)s, %(store)s: rating %(rating)s, late since %(time)s.", **words)
    if until - now > _SOON:
        words["time"] = local_time(until, matter.store.time_zone)
        return _("Alert %(number)s, %(store)s: rating %(rating)s, until %(time)s.", **words)
    words["minutes"] = (until - now) // timedelta(minutes=1)
    return _(
        "Alert %(number)s, %(store)s: rating %(rating)s, %(minutes)s min left (until %(time)s).", **words
    )


def _subject(matter: Matter) -> str:
    alert, timer = matter.alert, matter.timer
    words = {"number": alert.number, "store": _store(matter), "rating": matter.response.rating}
    if matter.is_news:
        return _("Alert %(number)s: there is news, %(store)s", **words)
    if timer.action == StepAction.REASSIGN and alert.owner_id == matter.member.id:
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
    """The shopper's words, plain: whatever stands in them, nobody's program makes a link of it."""
    return "> " + unlinked(first_graphemes(text, _QUOTED_GRAPHEMES)).replace("\n", "\n> ")


def _deadline(alert: Alert, store: Store) -> list[str]:
    if alert.deadline is None:
        return []
    until = local_time(alert.deadline, store.time_zone)
    if alert.is_reachable:
        return [_("Answer until %(time)s.", time=until)]
    return [_("The shopper left no contact. Take it until %(time)s.", time=until)]
