"""What a response may be, and for how long it may change."""

from datetime import timedelta

import pytest

from app.responses.rules import believed_answer_time, is_hasty, is_late, is_negative, may_change
from tests.make import NOON

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("rating", range(11))
def test_zero_to_six_is_negative(rating: int) -> None:
    assert is_negative(rating) == (rating <= 6)


def test_a_response_may_change_for_thirty_minutes() -> None:
    assert may_change(NOON, NOON + HOUR / 2)
    assert not may_change(NOON, NOON + HOUR / 2 + SECOND)


@pytest.mark.parametrize(
    ("hours_ago", "believed"),
    [(0, True), (1, True), (48, True), (48.01, False), (-0.01, False), (-24, False)],
)
def test_a_phones_clock_is_believed_within_48_hours_and_never_ahead(hours_ago: float, believed: bool) -> None:
    claimed = NOON - hours_ago * HOUR
    assert believed_answer_time(claimed, NOON) == (claimed if believed else NOON)


def test_a_phone_that_claims_nothing_answered_now() -> None:
    assert believed_answer_time(None, NOON) == NOON


def test_an_answer_older_than_a_day_is_late() -> None:
    assert not is_late(NOON - 24 * HOUR, NOON)
    assert is_late(NOON - 24 * HOUR - SECOND, NOON)


def test_nobody_writes_a_comment_in_a_second() -> None:
    assert is_hasty(NOON, NOON + 1.4 * SECOND)
    assert not is_hasty(NOON, NOON + 1.5 * SECOND)
