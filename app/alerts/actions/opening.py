"""Reactions that open an alert, or change one that the shopper is still completing."""

from datetime import datetime

from sqlalchemy import update

from app.alerts.actions.history import append
from app.alerts.actions.ladder import cancel_steps, hasten_first_step, plan_answer_steps, plan_steps
from app.alerts.models import Alert, AlertCounter
from app.alerts.policies import Terms, terms_in_use, terms_of
from app.alerts.queries import find_alert_of
from app.alerts.rules import (
    DONE_STATES,
    HOLD,
    AlertState,
    Deed,
    Dismissal,
    Reason,
    Severity,
    higher,
    severity_of_rating,
)
from app.classification.rules import Sentiment
from app.db import OrganisationSession, get_row, insert_once
from app.events import Event, EventName, record
from app.responses.models import Response
from app.responses.queries import get_response
from app.responses.rules import is_negative
from app.stores.calendar import Calendar
from app.stores.models import Store


def open_for_rating(session: OrganisationSession, event: Event) -> None:
    """On `response.received`: a detractor's rating opens an alert at once."""
    if is_negative(event.data["rating"]):
        response = get_response(session, event.subject_id)
        _open(session, response, Reason.RATING, severity_of_rating(response.rating), now=event.at)


def open_for_comment(session: OrganisationSession, event: Event) -> None:
    """On `response.classified`: a comment negative as a whole opens one under a better rating."""
    if event.data.get("sentiment") != Sentiment.NEGATIVE:
        return
    if find_alert_of(session, event.subject_id) is None:
        response = get_response(session, event.subject_id)
        _open(session, response, Reason.COMMENT, Severity.NORMAL, now=event.at)


def follow_completion(session: OrganisationSession, event: Event) -> None:
    """On `response.completed`: a shopper who left words or a contact can be answered, so the answer's clock runs."""
    alert = find_alert_of(session, event.subject_id)
    if alert is None or alert.state in DONE_STATES:
        return
    response = get_response(session, event.subject_id)
    if _is_reachable(response) and not alert.is_reachable:
        _make_reachable(session, alert, response)
    append(session, alert, Deed.COMPLETED, at=event.at)
    hasten_first_step(session, alert, now=event.at)


def reconsider_rating(session: OrganisationSession, event: Event) -> None:
    """On `response.corrected`: a mis-tap ends its New alert; one in hand only shows the correction."""
    response = get_response(session, event.subject_id)
    alert = find_alert_of(session, event.subject_id)
    if alert is None:
        if is_negative(response.rating):
            _open(session, response, Reason.RATING, severity_of_rating(response.rating), now=event.at)
    elif is_negative(response.rating):
        _stand_by(session, alert, response, now=event.at)
    elif alert.state == AlertState.NEW and alert.reason == Reason.RATING:
        data = {"reason": Dismissal.CORRECTED, "rating": response.rating}
        append(session, alert, Deed.DISMISSED, at=event.at, to_state=AlertState.DISMISSED, **data)
        cancel_steps(session, alert, "corrected")
    else:
        append(session, alert, Deed.CORRECTED, at=event.at, rating=response.rating)


def _open(
    session: OrganisationSession, response: Response, reason: Reason, severity: Severity, *, now: datetime
) -> None:
    calendar = get_row(session, Store, response.store_id).calendar
    terms = terms_in_use(session)
    alert = Alert(
        number=_next_number(session),
        response_id=response.id,
        store_id=response.store_id,
        policy_version_id=terms.version_id,
        reason=reason,
        severity=severity,
        state=AlertState.NEW,
        rounds=1,
        opened_at=now,
        is_reachable=_is_reachable(response),
    )
    _set_deadlines(alert, terms, calendar, start=now)
    session.add(alert)
    session.flush()
    append(session, alert, Deed.OPENED, at=now, to_state=AlertState.NEW, reason=reason, severity=severity)
    if not response.is_late:
        hold = HOLD if reason is Reason.RATING and response.completed_at is None else HOLD * 0
        plan_steps(session, alert, terms.ladder, calendar, start=now, not_before=now + hold)
    record(session, EventName.ALERT_OPENED, alert.id, at=now)


def _make_reachable(session: OrganisationSession, alert: Alert, response: Response) -> None:
    """The clock is the answer's from now on, and it has run since the alert opened."""
    terms = terms_of(session, alert.policy_version_id)
    calendar = get_row(session, Store, alert.store_id).calendar
    alert.is_reachable = True
    if response.contact_id:
        alert.severity = higher(alert.severity, Severity.HIGH)
    _set_deadlines(alert, terms, calendar, start=alert.opened_at)
    if not response.is_late:
        plan_answer_steps(session, alert, terms.ladder, calendar, start=alert.opened_at)


def _stand_by(session: OrganisationSession, alert: Alert, response: Response, *, now: datetime) -> None:
    """The corrected rating is negative too: the alert stays, or comes back if the shopper had undone it."""
    alert.severity = severity_of_rating(response.rating)
    if alert.state != AlertState.DISMISSED:
        append(session, alert, Deed.CORRECTED, at=now, rating=response.rating)
        return
    terms = terms_of(session, alert.policy_version_id)
    calendar = get_row(session, Store, alert.store_id).calendar
    alert.rounds += 1
    append(session, alert, Deed.REOPENED, at=now, to_state=AlertState.NEW, rating=response.rating)
    plan_steps(session, alert, terms.ladder, calendar, start=alert.opened_at, not_before=now)


def _set_deadlines(alert: Alert, terms: Terms, calendar: Calendar, *, start: datetime) -> None:
    """A bare tap cannot be answered: it has the whole time to be acknowledged, and nothing else is due."""
    answer_due_at = calendar.add_working_minutes(start, terms.answer_minutes)
    if alert.is_reachable:
        alert.acknowledge_due_at = calendar.add_working_minutes(start, terms.acknowledge_minutes)
        alert.answer_due_at = answer_due_at
    else:
        alert.acknowledge_due_at = answer_due_at


def _is_reachable(response: Response) -> bool:
    return response.comment is not None or response.contact_id is not None


def _next_number(session: OrganisationSession) -> int:
    """The organisation's next alert number; openings of one organisation queue here for a moment."""
    step = (
        update(AlertCounter)
        .values(last_number=AlertCounter.last_number + 1)
        .returning(AlertCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    number = session.scalar(step)
    if number is None:
        insert_once(session, AlertCounter, ["organisation_id"], last_number=0)
        number = session.scalar(step)
    assert number is not None
    return number
