"""When an alert's clock starts, or starts anew: deadlines and timers of a round are written together."""

from datetime import datetime

from app.alerts.actions.history import append
from app.alerts.actions.ladder import cancel_steps, plan_answer_steps, plan_steps, tell_level
from app.alerts.models import Alert
from app.alerts.policies import Terms, terms_of
from app.alerts.rules import AlertState, Deed, Severity, Target
from app.db import OrganisationSession, add_at_once, get_row
from app.events import EventName, record
from app.responses.models import Response
from app.stores.calendar import Calendar
from app.stores.queries import calendar_of


def begin(
    session: OrganisationSession, alert: Alert, terms: Terms, *, start: datetime, not_before: datetime
) -> None:
    """The clock of a New alert runs from `start`; nobody hears before `not_before`, nor of a late answer."""
    terms, calendar = _by_severity(session, alert, terms)
    _set_deadlines(alert, terms, calendar, start=start)
    if alert in session:
        session.flush()
    else:
        add_at_once(session, alert)
    if not get_row(session, Response, alert.response_id).is_late:
        plan_steps(session, alert, terms.ladder, calendar, start=start, not_before=not_before)


def make_reachable(session: OrganisationSession, alert: Alert, *, start: datetime) -> None:
    """The shopper can be answered now: from here on the clock is the answer's, and it runs from `start`."""
    terms, calendar = _terms(session, alert)
    alert.is_reachable = True
    _set_deadlines(alert, terms, calendar, start=start)
    if not get_row(session, Response, alert.response_id).is_late:
        plan_answer_steps(session, alert, terms.ladder, calendar, start=start)


def bring_back(
    session: OrganisationSession, alert: Alert, *, start: datetime, now: datetime, rating: int
) -> None:
    """A dismissed alert is New again, and nobody's."""
    alert.rounds += 1
    alert.owner_id = alert.acknowledged_at = None
    append(session, alert, Deed.REOPENED, at=now, to_state=AlertState.NEW, rating=rating)
    begin(session, alert, terms_of(session, alert.policy_version_id), start=start, not_before=now)
    record(session, EventName.ALERT_REOPENED, alert.id, at=now)


def begin_again(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """A bare tap that is nobody's again: the whole clock, from now."""
    alert.rounds += 1
    begin(session, alert, terms_of(session, alert.policy_version_id), start=now, not_before=now)


def reopen(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """A settled alert comes back to whoever settled it, with a new clock for the answer."""
    terms, calendar = _terms(session, alert)
    cancel_steps(session, alert, "reopened")
    alert.rounds += 1
    alert.is_reachable = True
    alert.answered_at = alert.answer_grade = None
    alert.resolved_at = alert.root_cause = alert.action_taken = alert.closed_at = None
    alert.answer_due_at = calendar.add_working_minutes(now, terms.answer_minutes)
    append(session, alert, Deed.REOPENED, at=now, to_state=AlertState.ACKNOWLEDGED)
    plan_answer_steps(session, alert, terms.ladder, calendar, start=now)
    record(session, EventName.ALERT_REOPENED, alert.id, at=now)


def make_critical(session: OrganisationSession, alert: Alert, *, now: datetime) -> None:
    """An open alert turns out to be one of danger: its clock runs anew, and the region hears at once."""
    cancel_steps(session, alert, "raised")
    alert.rounds += 1
    if alert.state == AlertState.NEW:
        begin(session, alert, terms_of(session, alert.policy_version_id), start=now, not_before=now)
        return
    if alert.state == AlertState.ACKNOWLEDGED and alert.is_reachable:
        terms, calendar = _terms(session, alert)
        alert.answer_due_at = calendar.add_working_minutes(now, terms.answer_minutes)
        plan_answer_steps(session, alert, terms.ladder, calendar, start=now)
    tell_level(session, alert, Target.REGIONAL_MANAGERS, now=now)


def _terms(session: OrganisationSession, alert: Alert) -> tuple[Terms, Calendar]:
    """What the alert was opened with, and the hours in which its minutes count."""
    return _by_severity(session, alert, terms_of(session, alert.policy_version_id))


def _by_severity(session: OrganisationSession, alert: Alert, terms: Terms) -> tuple[Terms, Calendar]:
    calendar = calendar_of(session, alert.store_id)
    if alert.severity == Severity.CRITICAL:
        return terms.when_critical, Calendar.around_the_clock(calendar.zone)
    return terms, calendar


def _set_deadlines(alert: Alert, terms: Terms, calendar: Calendar, *, start: datetime) -> None:
    """A bare tap cannot be answered: it has the whole time to be acknowledged, and nothing else is due."""
    answer_due_at = calendar.add_working_minutes(start, terms.answer_minutes)
    if alert.is_reachable:
        alert.acknowledge_due_at = calendar.add_working_minutes(start, terms.acknowledge_minutes)
        alert.answer_due_at = answer_due_at
    else:
        alert.acknowledge_due_at = answer_due_at
        alert.answer_due_at = None
