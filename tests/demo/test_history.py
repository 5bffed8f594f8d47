"""A made-up month is as true as a real one: the product's own rules hold in it, and nobody is told of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Organisation
from app.alerts.models import Alert, AlertEvent, AlertTimer
from app.alerts.rules import AlertState, Deed, Reason
from app.classification.models import Classification
from app.contacts.actions import Keeping
from app.db import OrganisationSession, reading
from app.demo.build import Size, make_demo
from app.events import Event
from app.invitations.models import Invitation
from app.notifications.models import Notification
from app.people.models import Employee
from app.responses.models import Response
from app.touchpoints.models import ScanCount
from tests.fakes import FakeClassifier
from tests.make import NOON, PASSWORD, SECRET

# Night in Kyiv: nearly every store is closed.
NIGHT = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


@pytest.fixture(params=[NOON, NIGHT], ids=["by day", "by night"])
def now(request: pytest.FixtureRequest) -> datetime:
    """When somebody makes the demo."""
    instant: datetime = request.param
    return instant


@pytest.fixture
def demo(app: Flask, now: datetime) -> Iterator[OrganisationSession]:
    """A small demo, as its organisation sees it."""
    size = Size(stores=4, days=9, responses=110)
    make_demo(size, PASSWORD, FakeClassifier(), Keeping(SECRET, 90), now=now, tell=lambda _: None)
    with reading(None) as session:
        organisation_id = session.scalars(select(Organisation.id)).one()
    with reading(organisation_id) as session:
        yield session


def test_the_demo_keeps_every_rule_of_the_product(demo: OrganisationSession, now: datetime) -> None:
    _every_answer_is_there(demo, now)
    _every_negative_rating_has_one_alert(demo)
    _alerts_are_numbered_as_they_opened(demo)
    _histories_run_forward_and_end_where_the_alert_stands(demo)
    _some_answers_come_through_receipts(demo)
    _nothing_of_the_past_is_due(demo, now)
    _something_is_live(demo, now)


def _some_answers_come_through_receipts(demo: OrganisationSession) -> None:
    verified = demo.scalars(select(Response).where(Response.invitation_id.is_not(None))).all()
    assert 1 <= len(verified) <= 30
    assert all(answer.channel == "receipt" and answer.employee_id for answer in verified)
    names = set(demo.scalars(select(Employee.name)))
    assert len(names) > 1
    redeemed = demo.scalars(select(Invitation.response_key)).all()
    assert sorted(map(str, redeemed)) == sorted(answer.key for answer in verified)


def _every_answer_is_there(demo: OrganisationSession, now: datetime) -> None:
    answers = demo.scalars(select(Response)).all()
    assert len(answers) == 110
    assert all(answer.received_at <= now for answer in answers)
    commented = sum(answer.comment is not None for answer in answers)
    assert demo.scalar(select(func.count()).select_from(Classification)) == commented
    assert (demo.scalar(select(func.sum(ScanCount.count))) or 0) > 110


def _every_negative_rating_has_one_alert(demo: OrganisationSession) -> None:
    rated = Counter(demo.scalars(select(Alert.response_id).where(Alert.reason == Reason.RATING)))
    negative = set(demo.scalars(select(Response.id).where(Response.rating <= 6)))
    assert negative <= set(rated)
    assert set(rated.values()) == {1}


def _alerts_are_numbered_as_they_opened(demo: OrganisationSession) -> None:
    opened = demo.scalars(select(Alert.opened_at).order_by(Alert.number)).all()
    assert list(opened) == sorted(opened)


def _histories_run_forward_and_end_where_the_alert_stands(demo: OrganisationSession) -> None:
    for alert in demo.scalars(select(Alert)):
        lines = demo.scalars(
            select(AlertEvent).where(AlertEvent.alert_id == alert.id).order_by(AlertEvent.sequence)
        ).all()
        assert lines[0].kind == Deed.OPENED
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert [line.to_state for line in lines if line.to_state][-1] == alert.state


def _nothing_of_the_past_is_due(demo: OrganisationSession, now: datetime) -> None:
    assert demo.scalar(select(func.count()).where(Notification.due_at.is_not(None))) == 0
    assert demo.scalar(select(func.count()).where(Notification.sent_at.is_not(None))) == 0
    assert demo.scalar(select(func.count()).where(AlertTimer.due_at <= now)) == 0
    assert demo.scalar(select(func.count()).where(Event.dispatched_at.is_(None))) == 0
    assert demo.scalar(select(func.count()).where(Classification.due_at <= now)) == 0


def _something_is_live(demo: OrganisationSession, now: datetime) -> None:
    running = select(Alert).where(Alert.opened_at >= now - timedelta(hours=1))
    found = {
        (alert.state, alert.is_reachable, alert.breached_at is not None) for alert in demo.scalars(running)
    }
    assert {
        (AlertState.ACKNOWLEDGED, True, True),
        (AlertState.ACKNOWLEDGED, True, False),
        (AlertState.NEW, True, False),
        (AlertState.NEW, False, False),
    } <= found
    assert (demo.scalar(select(func.count()).where(AlertTimer.due_at > now)) or 0) > 4
