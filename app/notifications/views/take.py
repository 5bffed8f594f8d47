"""The page behind the link of a notification: whoever was told takes the alert without signing in.

Opening it changes nothing, because mail scanners and link previews open it too.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, g, make_response, render_template
from flask import Response as Page
from flask_babel import gettext as _

from app import clock
from app.accounts.models import Membership
from app.accounts.queries import Member, answers_for, find_active_member, get_member
from app.alerts.actions import acknowledge_alert
from app.alerts.models import Alert
from app.alerts.rules import DONE_STATES, AlertState
from app.alerts.screens import words_of_conflict
from app.db import OrganisationSession, get_row, organisation_of, reading, transaction
from app.errors import Conflict, NotFound
from app.ids import OrganisationId
from app.notifications.links import read_take_token
from app.notifications.models import Notification
from app.notifications.rules import LINK_HOLDS
from app.responses.models import Response
from app.stores.models import Store
from app.web.access import public
from app.web.languages import speak_only
from app.web.settings import settings

pages = Blueprint("take", __name__, template_folder="../templates", url_prefix="/a")
_LINK = "whoever holds the signed link is the member who was told"


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of what, as things stand now; `member` is empty for whoever may not take it any more."""

    notification: Notification
    alert: Alert
    member: Member | None

    @property
    def is_over(self) -> bool:
        """Whether the link has served its time."""
        return self.notification.created_at + LINK_HOLDS <= clock.now()

    @property
    def is_mine(self) -> bool:
        """Whether the alert is in the hands of whoever was told."""
        return self.alert.owner_id == self.notification.membership_id

    @property
    def holds(self) -> bool:
        """Whether the link still stands for a member who may handle the alert."""
        return self.member is not None and not self.is_over

    @property
    def may_take(self) -> bool:
        """Whether the button does anything."""
        is_free = self.alert.owner_id is None or self.is_mine
        return self.holds and self.alert.state == AlertState.NEW and is_free

    @property
    def shows_words(self) -> bool:
        """Whether the shopper's words are shown: to whoever may take the alert, or has it."""
        return self.may_take or (self.holds and self.is_mine and self.alert.state not in DONE_STATES)


@pages.get("/<token>")
@public(_LINK)
def ask(token: str) -> Page:
    """Which alert it is, and the button that takes it."""
    organisation_id, notification_id = _subject(token)
    with reading(organisation_id) as session:
        told = _told(session, notification_id)
        return _screen(session, told, token, status=200 if told.holds else 410)


@pages.post("/<token>")
@public(_LINK)
def take(token: str) -> Page:
    """Take the alert as the member who was told; who comes second sees who has it."""
    organisation_id, notification_id = _subject(token)
    conflict = None
    try:
        with transaction(organisation_id) as session:
            told = _told(session, notification_id)
            if told.holds and told.member:
                acknowledge_alert(session, told.alert.number, told.member.id, now=clock.now())
    except Conflict as refusal:
        conflict = refusal
    with reading(organisation_id) as session:
        told = _told(session, notification_id)
        status = 409 if conflict else 200 if told.holds else 410
        return _screen(session, told, token, status=status)


def _subject(token: str) -> tuple[OrganisationId, UUID]:
    notification_id = read_take_token(settings().secret_key, token)
    organisation_id = organisation_of(Notification.id, notification_id)
    if organisation_id is None:
        raise NotFound()
    g.organisation_id = str(organisation_id)
    return organisation_id, notification_id


def _told(session: OrganisationSession, notification_id: UUID) -> Told:
    notification = get_row(session, Notification, notification_id)
    alert = get_row(session, Alert, notification.alert_id)
    membership = get_row(session, Membership, notification.membership_id)
    may = answers_for(session, membership, get_row(session, Store, alert.store_id))
    member = find_active_member(session, membership.id) if may else None
    language = get_member(session, notification.membership_id).language
    speak_only((language,), language)
    return Told(notification, alert, member)


def _screen(session: OrganisationSession, told: Told, token: str, *, status: int) -> Page:
    """What was said is shown as long as the link can do something: to whoever holds the alert, or may."""
    page = render_template(
        "notifications/take.html",
        told=told,
        alert=told.alert,
        store=get_row(session, Store, told.alert.store_id),
        response=get_row(session, Response, told.alert.response_id),
        standing=_standing(session, told),
        token=token,
    )
    answer = make_response(page, status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _standing(session: OrganisationSession, told: Told) -> str:
    """Where it stands, in plain words."""
    if told.member is None:
        return _("This alert is not yours any more: you no longer work with this store.")
    if told.is_over:
        return _("This link has served its 24 hours. Sign in to see the alert.")
    if told.alert.state in DONE_STATES:
        return words_of_conflict("already_done", "")
    if told.is_mine and told.alert.state != AlertState.NEW:
        return _("You have taken this alert.")
    if told.alert.owner_id and not told.is_mine:
        return words_of_conflict("already_acknowledged", get_member(session, told.alert.owner_id).name)
    return _("Nobody has taken this alert yet.")
