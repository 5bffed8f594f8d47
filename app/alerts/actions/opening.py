"""Reactions that open an alert, or change one that the shopper is still completing."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.alerts.actions.history import append
from app.alerts.actions.ladder import cancel_steps, hasten_held_steps, tell_assignee
from app.alerts.actions.rounds import begin, bring_back, make_critical, make_reachable, reopen
from app.alerts.models import Alert, AlertCounter, AlertEvent
from app.alerts.policies import terms_in_use
from app.alerts.queries import lock_alert_of, was_told
from app.alerts.rules import (
    DONE_STATES,
    HOLD,
    AlertState,
    Deed,
    Dismissal,
    Reason,
    Severity,
    severity_of,
    severity_of_flags,
    worse,
)
from app.classification.labels import meaning_of
from app.classification.queries import find_classification
from app.classification.rules import Sentiment
from app.db import OrganisationSession, insert_once
from app.events import Event, EventName, record
from app.responses.models import Response
from app.responses.queries import get_response, is_old_news
from app.responses.rules import is_negative

# Made once, its organisation named by hand: a shopper waits for this.
_STEP = (
    update(AlertCounter)
    .where(AlertCounter.organisation_id == bindparam("own"))
    .values(last_number=AlertCounter.last_number + 1)
    .returning(AlertCounter.last_number)
    .execution_options(synchronize_session=False, is_stamped=True)
)


def open_for_rating(session: OrganisationSession, event: Event) -> None:
    """On `response.received`: a detractor's rating opens an alert at once."""
    if is_negative(event.data["rating"]):
        response = get_response(session, event.subject_id)
        _open(session, response, Reason.RATING, now=event.at)


def open_for_comment(session: OrganisationSession, event: Event) -> None:
    """On `response.classified`: a complaint, or a flag that presses, opens an alert under a better rating.

    It raises one that is open, and brings back one that was dismissed before anybody knew the comment.
    """
    response = get_response(session, event.subject_id)
    alert = lock_alert_of(session, response.id)
    meaning = meaning_of(session, response.id)
    is_complaint = event.data["is_complaint"] or severity_of_flags(meaning.flags) is not None
    if alert is None:
        if is_complaint:
            _open(session, response, Reason.COMMENT, now=event.at)
    elif is_complaint and _is_news(session, alert, response):
        alert.reason = Reason.COMMENT
        _bring_back(session, alert, response, start=event.at, now=event.at)
    elif alert.state not in DONE_STATES:
        _raise(session, alert, response, now=event.at)


def follow_completion(session: OrganisationSession, event: Event) -> None:
    """On `response.completed`: who left words or a contact can be answered; a settled alert comes back."""
    alert = lock_alert_of(session, event.subject_id)
    if alert is None:
        return
    append(session, alert, Deed.COMPLETED, at=event.at)
    if alert.state == AlertState.DISMISSED:
        return
    response = get_response(session, event.subject_id)
    alert.severity = worse(alert.severity, _severity(session, response))
    has_words = event.data["has_new_comment"] and response.comment is not None
    has_news = has_words or event.data["has_new_contact"]
    if alert.state not in DONE_STATES:
        _go_on(session, alert, response, has_news=has_news, now=event.at)
    elif has_news:
        reopen(session, alert, now=event.at)
        tell_assignee(session, alert, now=event.at)


def reconsider_rating(session: OrganisationSession, event: Event) -> None:
    """On `response.corrected`: a mis-tap ends its New alert; one in hand only shows the correction."""
    response = get_response(session, event.subject_id)
    alert = lock_alert_of(session, event.subject_id)
    if alert is None:
        if is_negative(response.rating):
            _open(session, response, Reason.RATING, now=event.at)
        return
    alert.severity = _severity(session, response)
    if is_negative(response.rating) and _was_corrected(session, alert):
        _bring_back(session, alert, response, start=alert.opened_at, now=event.at)
        return
    if not is_negative(response.rating) and _has_complaint(session, response):
        alert.reason = Reason.COMMENT
    was_a_slip = not is_negative(response.rating) and alert.reason == Reason.RATING
    if was_a_slip and alert.state == AlertState.NEW:
        _dismiss(session, alert, response, now=event.at)
    else:
        append(session, alert, Deed.CORRECTED, at=event.at, rating=response.rating)


def _open(session: OrganisationSession, response: Response, reason: Reason, *, now: datetime) -> None:
    if is_old_news(session, response):
        return
    terms = terms_in_use(session)
    alert = Alert(
        number=_next_number(session),
        response_id=response.id,
        store_id=response.store_id,
        policy_version_id=terms.version_id,
        reason=reason,
        severity=_severity(session, response),
        state=AlertState.NEW,
        rounds=1,
        opened_at=now,
        is_reachable=_is_reachable(response),
    )
    is_complete = reason is Reason.COMMENT or response.completed_at is not None
    begin(session, alert, terms, start=now, not_before=now if is_complete else now + HOLD)
    append(
        session,
        alert,
        Deed.OPENED,
        at=now,
        to_state=AlertState.NEW,
        reason=reason,
        severity=alert.severity,
    )
    record(session, EventName.ALERT_OPENED, alert.id, at=now)


def _go_on(
    session: OrganisationSession, alert: Alert, response: Response, *, has_news: bool, now: datetime
) -> None:
    """What the shopper added reaches people with the first message, or as news once that has gone out."""
    if _is_reachable(response) and not alert.is_reachable:
        # Within the hold it is one answer. Later it was taken for a bare tap: its 30 minutes begin now.
        make_reachable(session, alert, start=alert.opened_at if now - alert.opened_at <= HOLD else now)
    hasten_held_steps(session, alert, now=now)
    is_known = alert.state != AlertState.NEW or was_told(session, alert)
    if is_known and has_news and not response.is_late:
        tell_assignee(session, alert, now=now)


def _bring_back(
    session: OrganisationSession, alert: Alert, response: Response, *, start: datetime, now: datetime
) -> None:
    alert.severity = _severity(session, response)
    alert.is_reachable = _is_reachable(response)
    bring_back(session, alert, start=start, now=now, rating=response.rating)


def _dismiss(session: OrganisationSession, alert: Alert, response: Response, *, now: datetime) -> None:
    append(
        session,
        alert,
        Deed.DISMISSED,
        at=now,
        to_state=AlertState.DISMISSED,
        reason=Dismissal.CORRECTED,
        rating=response.rating,
    )
    cancel_steps(session, alert, "corrected")
    record(session, EventName.ALERT_CLOSED, alert.id, at=now)


def _has_complaint(session: OrganisationSession, response: Response) -> bool:
    """Whether the comment alone keeps an alert: negative as a whole, or with a flag that presses."""
    verdict = find_classification(session, response.id)
    if verdict is not None and verdict.sentiment == Sentiment.NEGATIVE:
        return True
    return severity_of_flags(meaning_of(session, response.id).flags) is not None


def _was_corrected(session: OrganisationSession, alert: Alert) -> bool:
    dismissal = _dismissal(session, alert)
    return dismissal is not None and dismissal.data.get("reason") == Dismissal.CORRECTED


def _is_news(session: OrganisationSession, alert: Alert, response: Response) -> bool:
    """Whether the alert was dismissed by a correction, or by somebody who had not seen the comment."""
    dismissal = _dismissal(session, alert)
    if dismissal is None:
        return False
    came_later = response.completed_at is not None and response.completed_at > dismissal.at
    return came_later or dismissal.data.get("reason") == Dismissal.CORRECTED


def _dismissal(session: OrganisationSession, alert: Alert) -> AlertEvent | None:
    """The line by which the alert was dismissed; ``None`` when it is not."""
    if alert.state != AlertState.DISMISSED:
        return None
    return session.scalar(
        select(AlertEvent)
        .where(AlertEvent.alert_id == alert.id, AlertEvent.kind == Deed.DISMISSED)
        .order_by(AlertEvent.sequence.desc())
        .limit(1)
    )


def _severity(session: OrganisationSession, response: Response) -> Severity:
    """By rating and contact, raised by what is flagged in the comment."""
    said = severity_of(response.rating, wants_call=response.contact_id is not None)
    if response.comment is None:
        return said
    return worse(said, severity_of_flags(meaning_of(session, response.id).flags))


def _raise(session: OrganisationSession, alert: Alert, response: Response, *, now: datetime) -> None:
    """What the comment adds to an open alert; nothing in a comment makes one less severe."""
    severity = worse(alert.severity, _severity(session, response))
    if severity == alert.severity:
        return
    alert.severity = severity
    append(session, alert, Deed.RAISED, at=now, severity=severity)
    if severity is Severity.CRITICAL:
        make_critical(session, alert, now=now)
    elif alert.state != AlertState.NEW:
        tell_assignee(session, alert, now=now)


def _is_reachable(response: Response) -> bool:
    return response.comment is not None or response.contact_id is not None


def _next_number(session: OrganisationSession) -> int:
    """The organisation's next alert number; openings of one organisation queue here for a moment."""
    number = _step_counter(session)
    if number is None:
        insert_once(session, AlertCounter, ["organisation_id"], last_number=0)
        number = _step_counter(session)
    assert number is not None
    return number


def _step_counter(session: OrganisationSession) -> int | None:
    return session.execute(_STEP, {"own": session.scope()}).scalar()
