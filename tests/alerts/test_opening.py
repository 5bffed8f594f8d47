"""When an alert opens, and what it promises."""

from datetime import timedelta

import pytest

from app.alerts.rules import AlertState, Reason, Severity
from app.classification.actions import judge_pending
from app.db import reading, transaction
from app.responses.actions import ResponseDraft, record_response
from app.responses.models import Response
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain, alert_of, complete, get_alert_of, make_response

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
    with reading(chain.organisation_id) as session:
        assert session.query(Response).count() == 1


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
    _tap_again(chain, key, 10, minutes=5)
    alert = get_alert_of(chain, key)
    assert alert.state == AlertState.DISMISSED


def test_a_rating_corrected_downwards_opens_an_alert(chain: Chain) -> None:
    key = make_response(chain, 10)
    _tap_again(chain, key, 2, minutes=5)
    assert get_alert_of(chain, key).state == AlertState.NEW


def test_a_correction_undone_brings_the_alert_back(chain: Chain) -> None:
    key = make_response(chain, 1)
    _tap_again(chain, key, 10, minutes=1)
    _tap_again(chain, key, 2, minutes=2)
    assert get_alert_of(chain, key).state == AlertState.NEW


def _tap_again(chain: Chain, key: str, rating: int, *, minutes: int) -> None:
    with transaction(chain.organisation_id) as session:
        first = session.query(Response).filter_by(key=key).one()
        draft = ResponseDraft(
            key=key,
            store_id=first.store_id,
            touchpoint_id=first.touchpoint_id,
            survey_version_id=first.survey_version_id,
            channel=first.channel,
            language="uk",
            rating=rating,
        )
        record_response(session, draft, now=NOON + timedelta(minutes=minutes))
