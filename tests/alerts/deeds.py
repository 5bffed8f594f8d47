"""What people do with alerts in tests, each deed in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.alerts.actions import (
    acknowledge_alert,
    confirm_seen,
    dismiss_alert,
    fire_due_timers,
    log_call,
    note_on_alert,
    reply_to_shopper,
    resolve_alert,
    send_due_replies,
    shopper_writes,
)
from app.alerts.actions.handling import Resolution
from app.alerts.models import Alert, AlertTimer
from app.alerts.queries import get_alert
from app.alerts.rules import AlertState, CallOutcome, Dismissal, RootCause, Via
from app.db import transaction
from tests.make import SECRET, Chain, get_alert_of, history_of, rows_of

BASE_URL = "http://vidhuk.example"


@dataclass(frozen=True, slots=True)
class Case:
    """The alert of one response, and whoever handles it: the store's manager unless said otherwise."""

    chain: Chain
    key: str

    @property
    def alert(self) -> Alert:
        """The alert as it stands now."""
        return get_alert_of(self.chain, self.key)

    @property
    def state(self) -> AlertState:
        """Where it stands."""
        return AlertState(self.alert.state)

    @property
    def deeds(self) -> list[str]:
        """The history, a word for each line."""
        return [line.kind for line in history_of(self.chain, self.key)]

    @property
    def timers(self) -> list[AlertTimer]:
        """Its timers in the order of the ladder."""
        own = [timer for timer in rows_of(self.chain, AlertTimer) if timer.alert_id == self.alert.id]
        return sorted(own, key=lambda timer: (timer.round, timer.position))

    def acknowledge(self, *, now: datetime, by: UUID | None = None) -> None:
        """Take it."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            acknowledge_alert(session, number, by or self.chain.manager_id, now=now)

    def call(
        self, *, now: datetime, outcome: CallOutcome = CallOutcome.SPOKEN, by: UUID | None = None
    ) -> None:
        """Call the shopper."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            log_call(session, number, by or self.chain.manager_id, outcome, now=now)

    def reply(self, text: str = "Дякуємо", *, now: datetime, via: Via = Via.RETURN_PAGE) -> None:
        """Write to the shopper."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            reply_to_shopper(session, number, self.chain.manager_id, text, via=via, now=now)

    def note(self, text: str, *, now: datetime) -> None:
        """Leave a remark."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            note_on_alert(session, number, self.chain.manager_id, text, now=now)

    def resolve(self, cause: RootCause | None = RootCause.QUEUE, *, now: datetime) -> None:
        """Settle it."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            resolve_alert(session, number, self.chain.manager_id, Resolution(cause, "Друга каса"), now=now)

    def dismiss(self, reason: Dismissal = Dismissal.SPAM, *, now: datetime) -> None:
        """Find that it is no complaint."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            dismiss_alert(session, number, self.chain.manager_id, reason, now=now)

    def shopper_opens(self, *, now: datetime) -> None:
        """The shopper looks at the return page, and its script says so."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            confirm_seen(session, get_alert(session, number), now=now)

    def shopper_writes(self, text: str = "Ще питання", *, now: datetime) -> None:
        """The shopper writes back."""
        number = self.alert.number
        with transaction(self.chain.organisation_id) as session:
            shopper_writes(session, get_alert(session, number), text, now=now)


def fire(*moments: datetime) -> None:
    """The ticker looks at each of these moments."""
    for now in moments:
        fire_due_timers(now=now)


def send_replies(*, now: datetime) -> int:
    """What the worker of notifications does with e-mail replies."""
    return send_due_replies(SECRET, BASE_URL, now=now)
