"""Shoppers, managers, workers and tickers on a few alerts at once: nobody fails, the record holds."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

import pytest
import structlog
from flask import Flask

from app.classification.actions import judge_pending
from app.errors import Conflict, Invalid, TooMany
from app.notifications.actions import send_due_notifications
from tests.alerts.deeds import BASE_URL, Case, fire
from tests.fakes import FakeClassifier
from tests.make import NOON, SECRET, Chain, alert_of, complete, history_of, make_response, tap_again
from tests.together import together

DEEDS_EACH = 20
PEOPLE = 8


def run(chain: Chain, keys: list[str], seed: int) -> None:
    """One of those at work: twenty things by chance, while the clock goes on."""
    chance = Random(seed)
    for number in range(DEEDS_EACH):
        case = Case(chain, chance.choice(keys))
        now = NOON + timedelta(seconds=45 * number)
        try:
            chance.choice(possible(case, chance))(now=now)
        except (Conflict, Invalid, TooMany):
            continue


def possible(case: Case, chance: Random) -> list[Callable[..., object]]:
    """What can be done now; what comes too late is refused in words."""
    beside: list[Callable[..., object]] = [
        partial(tap_again, case.chain, case.key, chance.choice((0, 4, 9, 10))),
        partial(complete, case.chain, case.key, chance.choice(("bad", "good", None)), "067 123 45 67"),
        partial(judge_pending, FakeClassifier()),
        partial(send_due_notifications, SECRET, BASE_URL),
        lambda *, now: fire(now),
    ]
    if alert_of(case.chain, case.key) is None:
        return beside
    return [
        *beside,
        partial(case.acknowledge, by=chance.choice((case.chain.manager_id, case.chain.regional_id))),
        case.call,
        case.reply,
        case.resolve,
        case.dismiss,
        case.shopper_writes,
        case.shopper_opens,
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_record_holds_together(app: Flask, chain: Chain, seed: int) -> None:
    chance = Random(seed)
    keys = [make_response(chain, chance.choice((1, 5, 9, 10))) for _ in range(5)]
    with structlog.testing.capture_logs() as logs:
        works = [partial(run, chain, keys, 100 * seed + number) for number in range(PEOPLE)]
        assert together(app, works) == [None] * PEOPLE
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []
    for key in keys:
        lines = history_of(chain, key)
        assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
        moves = [line for line in lines if line.to_state]
        assert [line.from_state for line in moves] == [None, *(line.to_state for line in moves)][: len(moves)]
        alert = alert_of(chain, key)
        assert (alert.state if alert else None) == (moves[-1].to_state if moves else None)
