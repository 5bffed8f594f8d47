"""A channel keeps its pace, waits when it is asked to, and remembers how it does."""

from datetime import timedelta

import pytest
from flask import Flask

from app.channels import ChannelFailure
from app.channels.actions import begin_anew, forget_channel, note_result, take_turn
from app.channels.models import ChannelState
from app.channels.queries import cut_off_count, down_channels, down_count
from app.db import looking_across, reading, transaction
from tests.make import NOON, Chain, rows_of
from tests.together import together

SECOND = timedelta(seconds=1)


def turn(chain: Chain, after: float = 0) -> float | None:
    """Take a turn so many seconds after noon; how many seconds after noon the next may be tried."""
    with transaction(chain.organisation_id) as session:
        found = take_turn(session, "sms", now=NOON + after * SECOND)
    return None if found is None else (found - NOON).total_seconds()


def note(chain: Chain, failure: ChannelFailure | None = None, *, after: float = 0, name: str = "sms") -> None:
    """A message got through, or did not."""
    with transaction(chain.organisation_id) as session:
        note_result(session, name, failure, now=NOON + after * SECOND)


def state(chain: Chain) -> ChannelState:
    """How the channel does."""
    (row,) = rows_of(chain, ChannelState)
    return row


def down(chain: Chain, after: float = 0) -> list[str]:
    """Which channels are down by then."""
    with reading(chain.organisation_id) as session:
        return down_channels(session, now=NOON + after * SECOND)


@pytest.fixture
def pace(chain: Chain) -> None:
    """One message each second."""
    with transaction(chain.organisation_id) as session:
        begin_anew(session, "sms", 60)


def test_a_second_holds_as_many_as_the_pace_allows(chain: Chain, pace: None) -> None:
    assert [turn(chain), turn(chain), turn(chain)] == [None, None, 1.0]
    assert [turn(chain, 0.9), turn(chain, 1.0), turn(chain, 1.1)] == [1.0, None, 2.0]


def test_a_pause_saves_nothing_up(chain: Chain, pace: None) -> None:
    turn(chain)
    assert [turn(chain, 600), turn(chain, 600), turn(chain, 600)] == [None, None, 601.0]


def test_many_at_once_do_not_pass_the_pace(app: Flask, chain: Chain, pace: None) -> None:
    turns = together(app, [lambda: turn(chain)] * 6)
    assert turns.count(None) == 2


def test_without_a_pace_nobody_waits(chain: Chain) -> None:
    assert [turn(chain) for _ in range(20)] == [None] * 20


def test_when_the_other_side_asks_to_wait_everybody_waits(chain: Chain, pace: None) -> None:
    note(chain, ChannelFailure("too_many", retry_after=17 * SECOND))
    assert turn(chain) == 17.0
    assert turn(chain, 16.9) == 17.0
    assert turn(chain, 17) is None


def test_a_shorter_wait_does_not_shorten_a_longer_one(chain: Chain) -> None:
    note(chain, ChannelFailure("too_many", retry_after=60 * SECOND))
    note(chain, ChannelFailure("too_many", retry_after=5 * SECOND))
    assert turn(chain) == 60.0


def test_a_channel_that_fails_for_good_is_down_at_once(chain: Chain) -> None:
    note(chain, ChannelFailure("token_refused", is_permanent=True))
    assert down(chain) == ["sms"]
    assert state(chain).failure == "token_refused"


def test_trouble_that_may_pass_is_told_after_five_minutes(chain: Chain) -> None:
    for after in (0, 100, 299):
        note(chain, ChannelFailure("timeout"), after=after)
    assert down(chain, 299) == []
    assert down(chain, 300) == ["sms"]


def test_a_wrong_number_says_nothing_about_the_channel(chain: Chain) -> None:
    note(chain, ChannelFailure("sms_400", is_permanent=True, is_of_address=True))
    assert down(chain, 3600) == []
    assert state(chain).last_failed_at == NOON


def test_the_first_message_that_gets_through_ends_it(chain: Chain) -> None:
    note(chain, ChannelFailure("token_refused", is_permanent=True))
    note(chain, after=5)
    assert down(chain, 3600) == []
    assert state(chain).last_worked_at == NOON + 5 * SECOND


def test_not_every_success_is_written_down(chain: Chain) -> None:
    for after in (0, 10, 29):
        note(chain, after=after)
    assert state(chain).last_worked_at == NOON
    note(chain, after=30)
    assert state(chain).last_worked_at == NOON + 30 * SECOND


def test_setting_a_channel_up_begins_anew(chain: Chain) -> None:
    note(chain, ChannelFailure("sms_401", is_permanent=True, retry_after=60 * SECOND))
    with transaction(chain.organisation_id) as session:
        begin_anew(session, "sms", 60)
    assert down(chain) == []
    assert turn(chain) is None
    with transaction(chain.organisation_id) as session:
        forget_channel(session, "sms")
    assert rows_of(chain, ChannelState) == []


def test_an_organisation_is_cut_off_when_nothing_works_at_all(chain: Chain, foreign_chain: Chain) -> None:
    def counts() -> tuple[int, int]:
        with looking_across() as session:
            return down_count(session, NOON), cut_off_count(session, NOON)

    note(chain, ChannelFailure("token_refused", is_permanent=True), name="telegram")
    note(chain, name="email")
    note(foreign_chain, name="email")
    assert counts() == (1, 0)
    note(chain, ChannelFailure("smtp", is_permanent=True), name="email")
    assert counts() == (2, 1)


def test_after_two_failures_in_a_row_the_channel_is_let_rest(chain: Chain) -> None:
    note(chain, ChannelFailure("timeout"))
    assert turn(chain, 5) is None
    note(chain, ChannelFailure("timeout"), after=5)
    assert turn(chain, 6) == 20.0
    assert turn(chain, 20) is None
    note(chain, after=20)
    note(chain, ChannelFailure("timeout"), after=21)
    assert turn(chain, 22) is None


def test_a_wrong_number_gives_nobody_a_rest(chain: Chain) -> None:
    for _ in range(3):
        note(chain, ChannelFailure("sms_400", is_permanent=True, is_of_address=True))
    assert turn(chain) is None
