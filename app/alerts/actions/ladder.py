"""The policy becomes rows: one timer for each step, due at an instant in the store's hours."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from app.alerts.models import Alert, AlertTimer
from app.alerts.queries import POSITION_CLOSE, POSITION_TELL, next_step
from app.alerts.rules import CLOSES_AFTER, AlertState, Condition, Step, StepAction, Target
from app.db import OrganisationSession, insert_rows
from app.stores.calendar import Calendar


def plan_steps(
    session: OrganisationSession,
    alert: Alert,
    ladder: Sequence[Step],
    calendar: Calendar,
    *,
    start: datetime,
    not_before: datetime,
) -> None:
    """Write a timer for each step, its minutes counted in open hours from `start`."""
    rows = []
    for position, step in enumerate(ladder):
        if not _concerns(alert, step):
            continue
        planned_at = calendar.add_working_minutes(start, step.after_minutes)
        rows.append(_timer(alert, position, step, planned_at, due_at=max(planned_at, not_before)))
    insert_rows(session, AlertTimer, rows)


def plan_answer_steps(
    session: OrganisationSession, alert: Alert, ladder: Sequence[Step], calendar: Calendar, *, start: datetime
) -> None:
    """Add the "not answered" steps, once an answer has become possible or is owed again."""
    rows = [
        _timer(alert, position, step, calendar.add_working_minutes(start, step.after_minutes))
        for position, step in enumerate(ladder)
        if step.condition is Condition.NOT_ANSWERED
    ]
    insert_rows(session, AlertTimer, rows)


def plan_closing(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """A resolved alert closes after seven silent days."""
    step = Step(0, Condition.ALWAYS, Target.ASSIGNEE, StepAction.CLOSE)
    insert_rows(session, AlertTimer, [_timer(alert, POSITION_CLOSE, step, now + CLOSES_AFTER)])


def tell_assignee(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """Let whoever holds the alert hear at once that there is news; news of the same second come together."""
    _tell(session, alert, Step(0, Condition.ALWAYS, Target.ASSIGNEE, StepAction.NOTIFY), now=now)


def tell_level(session: OrganisationSession, alert: Alert, level: Target, *, now: datetime) -> None:
    """Let a level hear at once of an alert that is nobody's any more."""
    condition = Condition.NOT_ACKNOWLEDGED if alert.state == AlertState.NEW else Condition.ALWAYS
    _tell(session, alert, Step(0, condition, level, StepAction.NOTIFY), now=now)


def hasten_held_steps(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """The comment has come: what only waited for it need not wait out its hold."""
    _hasten(session, alert, AlertTimer.planned_at <= now, now=now)


def hasten_next_step(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """Nobody of this step could be told: the next one does not wait for its time."""
    following = next_step(session, alert)
    if following:
        # Those of the same instant come together, as they would have: the highest of them fires.
        _hasten(session, alert, AlertTimer.due_at <= following.due_at, now=now)


def _hasten(session: OrganisationSession, alert: Alert, which: ColumnElement[bool], *, now: datetime) -> None:
    session.execute(
        update(AlertTimer)
        .where(
            AlertTimer.alert_id == alert.id,
            AlertTimer.position < POSITION_CLOSE,
            AlertTimer.due_at > now,
            which,
        )
        .values(due_at=now)
    )


def cancel_steps(session: OrganisationSession, alert: Alert, outcome: str) -> None:
    """Nothing more is due on this alert."""
    session.execute(
        update(AlertTimer)
        .where(AlertTimer.alert_id == alert.id, AlertTimer.due_at.is_not(None))
        .values(due_at=None, outcome=outcome)
    )


def _tell(session: OrganisationSession, alert: Alert, step: Step, *, now: datetime) -> None:
    """A timer beside the ladder; one that waits already tells the same people the same."""
    told, waiting = session.execute(
        select(func.count(), func.count(AlertTimer.due_at)).where(
            AlertTimer.alert_id == alert.id, AlertTimer.position >= POSITION_TELL
        )
    ).one()
    if waiting == 0:
        insert_rows(session, AlertTimer, [_timer(alert, POSITION_TELL + told, step, now)])


def _concerns(alert: Alert, step: Step) -> bool:
    return alert.is_reachable or step.condition is not Condition.NOT_ANSWERED


def _timer(
    alert: Alert, position: int, step: Step, planned_at: datetime, *, due_at: datetime | None = None
) -> dict[str, object]:
    return {
        "alert_id": alert.id,
        "round": alert.rounds,
        "position": position,
        "condition": step.condition,
        "target": step.target,
        "action": step.action,
        "planned_at": planned_at,
        "due_at": due_at or planned_at,
    }
