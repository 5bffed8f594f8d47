"""A member tries a channel: a test message goes the way that alerts go, and its end is kept for the page."""

from datetime import datetime
from uuid import UUID

from app.channels import ChannelFailure, Outgoing
from app.channels.catalogue import is_gone
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.db import OrganisationSession
from app.errors import TooMany
from app.events import EventName, record
from app.notifications.actions.personal import mark_broken, move_address
from app.notifications.letters import compose_trial
from app.notifications.models import Trial
from app.notifications.queries import trials
from app.notifications.rules import TRIAL_EVERY, NotificationState

_TRIES = 3


def request_trial(session: OrganisationSession, membership_id: UUID, channel: str, *, now: datetime) -> None:
    """Promise a test message; raises `TooMany` within half a minute of the last one."""
    known = trials(session, membership_id).get(channel)
    if known and known.requested_at + TRIAL_EVERY > now:
        raise TooMany(retry_after_seconds=int(TRIAL_EVERY.total_seconds()))
    row = known or Trial(membership_id=membership_id, channel=channel)
    row.state, row.failure, row.ended_at = NotificationState.PENDING, None, None
    row.requested_at, row.due_at, row.attempts = now, now, 0
    session.add(row)
    session.flush()
    record(session, EventName.TRIAL_REQUESTED, row.id, at=now)


def send_due_trials(*, now: datetime, limit: int = 5) -> int:
    """Send test messages that are due, of any organisation; how many were taken."""

    def compose(session: OrganisationSession, trial: Trial) -> Outgoing:
        return compose_trial(session, trial)

    def mark(session: OrganisationSession, trial: Trial, outcome: Outcome, why: str) -> None:
        _end(session, trial, outcome, why, now=now)

    def falter(session: OrganisationSession, trial: Trial, failure: ChannelFailure) -> None:
        _falter(session, trial, failure, now=now)

    return deliver_due(Delivery(Trial, compose, mark, falter), now=now, limit=limit)


def _end(session: OrganisationSession, trial: Trial, outcome: Outcome, why: str, *, now: datetime) -> None:
    is_sent = outcome is Outcome.SENT
    trial.state = NotificationState.SENT if is_sent else NotificationState.FAILED
    trial.failure, trial.ended_at = why or None, now
    if is_gone(trial.channel, why):
        mark_broken(session, trial.membership_id, trial.channel, now=now)


def _falter(session: OrganisationSession, trial: Trial, failure: ChannelFailure, *, now: datetime) -> None:
    """Why it has not gone out yet is shown at once; somebody is looking, so it is given up soon."""
    trial.failure = failure.reason
    if failure.moved_to:
        move_address(session, trial.membership_id, trial.channel, failure.moved_to)
        trial.due_at = now
    elif trial.attempts >= _TRIES:
        trial.due_at = None
        _end(session, trial, Outcome.FAILED, failure.reason, now=now)
