"""One move of a made-up manager or shopper, made through the same action as a real one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from app.alerts.actions import (
    acknowledge_alert,
    confirm_seen,
    dismiss_alert,
    log_call,
    note_on_alert,
    reply_to_shopper,
    resolve_alert,
    shopper_writes,
)
from app.alerts.actions.handling import Resolution
from app.alerts.models import Alert
from app.alerts.rules import DONE_STATES, OPEN_STATES, AlertState, CallOutcome, Dismissal, Via
from app.db import OrganisationSession
from app.demo.founding import StoreAtWork
from app.demo.handling import Move
from app.demo.texts import NOTES, REPLIES_AGAIN, SUBJECTS, WRITTEN_BACK, Subject
from app.demo.visits import Visit


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a move is made: the alert, its store and what the shopper did."""

    alert: Alert
    store: StoreAtWork
    visit: Visit
    chance: Random

    @property
    def subject(self) -> Subject:
        """What the feedback is about."""
        return SUBJECTS[self.visit.about]

    @property
    def actor_id(self) -> UUID:
        """Who has it in hand; before that the store's manager, or the regional one once it is late."""
        early = self.store.regional_id if self.alert.breached_at else self.store.manager_id
        return self.alert.owner_id or early


def is_possible(alert: Alert, move: Move) -> bool:
    """Whether the page would still offer the move, whatever happened meanwhile."""
    match move:
        case Move.ACKNOWLEDGE:
            return alert.state == AlertState.NEW
        case Move.CALL | Move.CALL_IN_VAIN | Move.REPLY:
            return alert.is_reachable and alert.state in (AlertState.NEW, AlertState.ACKNOWLEDGED)
        case Move.RESOLVE:
            return alert.state in OPEN_STATES and (
                alert.state == AlertState.ANSWERED or not alert.is_reachable
            )
        case Move.LOOK:
            return alert.answered_at is not None
        case Move.WRITE_BACK:
            return alert.state in DONE_STATES and alert.state != AlertState.DISMISSED
        case _:
            return alert.state in OPEN_STATES


def make_move(session: OrganisationSession, stage: Stage, move: Move, *, now: datetime) -> None:
    """Make the move, unless it is no longer possible."""
    if is_possible(stage.alert, move):
        _MOVES[move](session, stage, now)


def _acknowledge(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    acknowledge_alert(session, stage.alert.number, stage.actor_id, now=now)


def _call(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    log_call(session, stage.alert.number, stage.actor_id, CallOutcome.SPOKEN, now=now)


def _call_in_vain(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    log_call(session, stage.alert.number, stage.actor_id, CallOutcome.NO_ANSWER, now=now)


def _reply(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    language = stage.visit.language
    is_first = stage.alert.rounds == 1
    text = stage.subject.reply(language) if is_first else REPLIES_AGAIN[language]
    reply_to_shopper(session, stage.alert.number, stage.actor_id, text, via=Via.RETURN_PAGE, now=now)


def _note(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    note_on_alert(session, stage.alert.number, stage.actor_id, stage.chance.choice(NOTES), now=now)


def _resolve(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    is_bare = not stage.alert.is_reachable and stage.chance.random() < 0.6
    resolution = Resolution(None) if is_bare else Resolution(stage.subject.cause, stage.subject.action)
    resolve_alert(session, stage.alert.number, stage.actor_id, resolution, now=now)


def _dismiss(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    reason = Dismissal.NOT_A_COMPLAINT if stage.visit.about == "praise" else Dismissal.TEST
    dismiss_alert(session, stage.alert.number, stage.actor_id, reason, now=now)


def _look(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    confirm_seen(session, stage.alert, now=now)


def _write_back(session: OrganisationSession, stage: Stage, now: datetime) -> None:
    shopper_writes(session, stage.alert, WRITTEN_BACK[stage.visit.language], now=now)


_MOVES: dict[Move, Callable[[OrganisationSession, Stage, datetime], None]] = {
    Move.ACKNOWLEDGE: _acknowledge,
    Move.CALL: _call,
    Move.CALL_IN_VAIN: _call_in_vain,
    Move.REPLY: _reply,
    Move.NOTE: _note,
    Move.RESOLVE: _resolve,
    Move.DISMISS: _dismiss,
    Move.LOOK: _look,
    Move.WRITE_BACK: _write_back,
}
