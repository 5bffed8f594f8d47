"""When an alert opens, and what it promises."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import update

from app.alerts.actions import acknowledge_alert, dismiss_alert, fire_due_timers, resolve_alert
from app.alerts.actions.handling import Resolution
from app.alerts.models import Alert, AlertEvent, AlertTimer, Policy
from app.alerts.rules import AlertState, Deed, Dismissal, Reason, Severity
from app.classification.actions import judge_pending
from app.db import transaction
from tests.fakes import FakeClassifier
from tests.make import (
    NOON,
    Chain,
    alert_of,
    complete,
    get_alert_of,
    history_of,
    make_response,
    rows_of,
    tap_again,
)
from tests.together import together

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

EVENING = NOON.replace(hour=20, minute=40)  # 22:40 in Kyiv: the store opens at 09:00


@pytest.mark.parametrize("rating", range(7))
def test_a_detractor_opens_an_alert(chain: Chain, rating: int) -> None:
    alert = get_alert_of(chain, make_response(chain, rating))
    assert alert.state == AlertState.NEW
    assert alert.reason == Reason.RATING
    assert alert.severity == (Severity.HIGH if rating <= 3 else Severity.NORMAL)


@pytest.mark.parametrize("rating", range(7, 11))
def test_a_better_rating_opens_none(chain: Chain, rating: int) -> None:
    assert alert_of(chain, make_response(chain, rating)) is None


def test_a_negative_comment_under_a_good_rating_opens_one(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad service")
    judge_pending(FakeClassifier(), now=NOON)
    alert = get_alert_of(chain, key)
    assert alert.reason == Reason.COMMENT
    assert alert.answer_due_at == NOON + timedelta(minutes=30)


def test_a_negative_comment_under_a_bad_rating_opens_no_second_one(chain: Chain) -> None:
    make_response(chain, 2, comment="bad service")
    judge_pending(FakeClassifier(), now=NOON)
    assert len(rows_of(chain, Alert)) == 1


def test_numbers_count_up_within_an_organisation(chain: Chain, foreign_chain: Chain) -> None:
    numbers = [get_alert_of(chain, make_response(chain, 1)).number for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert get_alert_of(foreign_chain, make_response(foreign_chain, 1)).number == 1


def test_a_bare_tap_must_be_taken_in_30_minutes_and_owes_no_answer(chain: Chain) -> None:
    alert = get_alert_of(chain, make_response(chain, 3))
    assert not alert.is_reachable
    assert alert.answer_due_at is None
    assert alert.acknowledge_due_at == NOON + timedelta(minutes=30)


def test_a_comment_makes_it_answerable_from_the_tap_on(chain: Chain) -> None:
    key = make_response(chain, 3)
    complete(chain, key, "the queue", now=NOON + timedelta(minutes=1))
    alert = get_alert_of(chain, key)
    assert alert.is_reachable
    assert alert.answer_due_at == NOON + timedelta(minutes=30)
    assert alert.acknowledge_due_at == NOON + timedelta(minutes=10)


def test_a_contact_means_call_me_back(chain: Chain) -> None:
    key = make_response(chain, 6, contact="067 123 45 67")
    assert get_alert_of(chain, key).severity == Severity.HIGH


def test_a_night_answer_is_due_half_an_hour_after_opening(chain: Chain) -> None:
    alert = get_alert_of(chain, make_response(chain, 1, comment="late", now=EVENING))
    assert alert.answer_due_at == EVENING.replace(day=26, hour=7, minute=30)


def test_a_corrected_mis_tap_is_dismissed(chain: Chain) -> None:
    key = make_response(chain, 1)
    tap_again(chain, key, 10, now=NOON + 5 * MINUTE)
    alert = get_alert_of(chain, key)
    assert alert.state == AlertState.DISMISSED
    assert history_of(chain, key)[-1].data == {"reason": "corrected", "rating": 10}
    assert not [timer for timer in rows_of(chain, AlertTimer) if timer.due_at]


def test_a_rating_corrected_downwards_opens_an_alert(chain: Chain) -> None:
    key = make_response(chain, 10)
    tap_again(chain, key, 2, now=NOON + 5 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.NEW


def test_a_correction_undone_brings_the_alert_back(chain: Chain) -> None:
    key = make_response(chain, 1)
    tap_again(chain, key, 10, now=NOON + 1 * MINUTE)
    tap_again(chain, key, 2, now=NOON + 2 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.NEW


def test_the_shoppers_last_word_on_the_rating_counts(chain: Chain) -> None:
    key = make_response(chain, 1)
    for minute, rating in enumerate((10, 2, 9, 3), 1):
        tap_again(chain, key, rating, now=NOON + minute * MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.severity, alert.rounds) == (AlertState.NEW, Severity.HIGH, 3)
    assert alert.acknowledge_due_at == NOON + 30 * MINUTE


def test_a_severity_follows_the_corrected_rating(chain: Chain) -> None:
    key = make_response(chain, 5)
    tap_again(chain, key, 2, now=NOON + MINUTE)
    assert get_alert_of(chain, key).severity == Severity.HIGH
    tap_again(chain, key, 6, now=NOON + 2 * MINUTE)
    assert get_alert_of(chain, key).severity == Severity.NORMAL


def test_a_contact_stays_a_call_back_whatever_the_rating(chain: Chain) -> None:
    key = make_response(chain, 2, contact="067 123 45 67")
    tap_again(chain, key, 6, now=NOON + MINUTE)
    assert get_alert_of(chain, key).severity == Severity.HIGH
    good = make_response(chain, 9, comment="bad", contact="067 123 45 67")
    judge_pending(FakeClassifier(), now=NOON)
    assert get_alert_of(chain, good).severity == Severity.HIGH


def test_a_correction_of_what_is_in_hand_is_only_shown(chain: Chain) -> None:
    key = make_response(chain, 1)
    acknowledge(chain, key)
    tap_again(chain, key, 10, now=NOON + 5 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.ACKNOWLEDGED
    last = history_of(chain, key)[-1]
    assert (last.kind, last.data) == (Deed.CORRECTED, {"rating": 10})


def test_a_complaint_in_words_outlives_the_corrected_rating(chain: Chain) -> None:
    """Nothing was a slip when the comment says what was wrong."""
    key = make_response(chain, 1, comment="bad service")
    judge_pending(FakeClassifier(), now=NOON)
    tap_again(chain, key, 9, now=NOON + MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.reason) == (AlertState.NEW, Reason.COMMENT)


def test_a_complaint_that_comes_after_the_correction_brings_the_alert_back(chain: Chain) -> None:
    key = make_response(chain, 1)
    tap_again(chain, key, 9, now=NOON + MINUTE)
    complete(chain, key, "bad service", now=NOON + 2 * MINUTE)
    judge_pending(FakeClassifier(), now=NOON + 2 * MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.reason, alert.is_reachable) == (AlertState.NEW, Reason.COMMENT, True)
    assert alert.answer_due_at == NOON + 32 * MINUTE
    fire_due_timers(now=NOON + 2 * MINUTE)
    assert told_at(chain) == [NOON + 2 * MINUTE]


def test_a_person_who_dismissed_it_without_the_comment_is_asked_again(chain: Chain) -> None:
    key = make_response(chain, 1)
    dismiss(chain, key, now=NOON + MINUTE)
    complete(chain, key, "bad service", now=NOON + 2 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.DISMISSED
    judge_pending(FakeClassifier(), now=NOON + 2 * MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.owner_id, alert.acknowledged_at) == (AlertState.NEW, None, None)


def test_a_person_who_dismissed_it_with_the_comment_is_not(chain: Chain) -> None:
    key = make_response(chain, 1, comment="bad service")
    dismiss(chain, key, now=NOON + MINUTE)
    judge_pending(FakeClassifier(), now=NOON + 2 * MINUTE)
    tap_again(chain, key, 2, now=NOON + 3 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.DISMISSED


def test_words_that_come_after_the_settling_bring_it_back(chain: Chain) -> None:
    """A bare tap is settled with one tap, while its shopper may still be writing."""
    key = make_response(chain, 1)
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        resolve_alert(session, number, chain.manager_id, Resolution(None), now=NOON + MINUTE)
    complete(chain, key, "the queue", "067 123 45 67", now=NOON + 2 * MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.is_reachable) == (AlertState.ACKNOWLEDGED, True)
    assert alert.answer_due_at == NOON + 32 * MINUTE
    assert alert.resolved_at is None


def test_an_empty_second_step_brings_nothing_back(chain: Chain) -> None:
    key = make_response(chain, 1)
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        resolve_alert(session, number, chain.manager_id, Resolution(None), now=NOON + MINUTE)
    complete(chain, key, None, now=NOON + 2 * MINUTE)
    assert get_alert_of(chain, key).state == AlertState.RESOLVED


def test_words_after_the_hold_start_the_answers_clock_when_they_come(chain: Chain) -> None:
    """Until then it was a bare tap, and nobody could have answered."""
    key = make_response(chain, 1)
    fire_due_timers(now=NOON + 90 * SECOND)
    complete(chain, key, "the queue", "067 123 45 67", now=NOON + 9 * MINUTE)
    alert = get_alert_of(chain, key)
    assert alert.answer_due_at == NOON + 39 * MINUTE
    assert alert.severity == Severity.HIGH
    fire_due_timers(now=NOON + 9 * MINUTE)
    assert told_at(chain) == [NOON + 90 * SECOND, NOON + 9 * MINUTE]


def test_a_chain_without_a_policy_gets_the_usual_one(chain: Chain) -> None:
    """A shopper never sees an error for our trouble."""
    with transaction(chain.organisation_id) as session:
        session.execute(update(Policy).values(is_in_use=False))
    assert get_alert_of(chain, make_response(chain, 1)).acknowledge_due_at == NOON + 30 * MINUTE
    assert [policy.is_in_use for policy in rows_of(chain, Policy)] == [True]


def test_alerts_opened_at_once_have_numbers_of_their_own(app: Flask, chain: Chain) -> None:
    found = together(app, [lambda: make_response(chain, 1)] * 12)
    assert all(isinstance(key, str) for key in found)
    assert sorted(alert.number for alert in rows_of(chain, Alert)) == list(range(1, 13))


def test_verdict_and_correction_at_once_open_one_alert(app: Flask, chain: Chain) -> None:
    keys = [make_response(chain, 9, comment="bad") for _ in range(8)]

    works: list[Callable[[], object]] = [partial(judge_pending, FakeClassifier(), now=NOON)]
    works += [partial(tap_again, chain, key, 2, now=NOON + MINUTE) for key in keys]
    assert set(together(app, works)) == {8, None}
    judge_pending(FakeClassifier(), now=NOON + 2 * MINUTE)
    assert len(rows_of(chain, Alert)) == 8


def acknowledge(chain: Chain, key: str) -> None:
    """The manager takes the alert."""
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, number, chain.manager_id, now=NOON + MINUTE)


def dismiss(chain: Chain, key: str, *, now: datetime) -> None:
    """The manager thinks that it is no complaint."""
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        dismiss_alert(session, number, chain.manager_id, Dismissal.NOT_A_COMPLAINT, now=now)


def told_at(chain: Chain) -> list[datetime]:
    """When people were told."""
    return [event.at for event in rows_of(chain, AlertEvent) if event.kind == Deed.NOTIFIED]
