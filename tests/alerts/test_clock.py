"""The clock: who is told when, what is passed on, what is a breach. Never early, never for nothing."""

from datetime import datetime, timedelta
from functools import partial

import pytest
import structlog
from flask import Flask

from app.accounts.models import Membership
from app.alerts.actions import clock
from app.alerts.models import Alert, AlertTimer
from app.alerts.policies import create_policy, use_policy
from app.alerts.queries import POSITION_TELL
from app.alerts.rules import (
    DEFAULT_LADDER,
    AlertState,
    CallOutcome,
    Condition,
    Deed,
    Step,
    StepAction,
    Target,
)
from app.db import get_row, transaction
from app.events import Event, EventName
from app.notifications.models import Notification
from tests.alerts.deeds import Case, fire
from tests.make import NOON, Chain, complete, get_alert_of, history_of, make_response, rows_of, tap_again
from tests.together import together

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
EVENING = NOON.replace(hour=18, minute=50)  # ten minutes before the store closes


@pytest.fixture
def tap(chain: Chain) -> Case:
    """A bare tap."""
    return Case(chain, make_response(chain, 2))


@pytest.fixture
def case(chain: Chain) -> Case:
    """A complaint that can be answered."""
    return Case(chain, make_response(chain, 2, comment="bad queue", contact="067 123 45 67"))


def told(case: Case) -> list[tuple[int, list[str]]]:
    """Who was told, and how many minutes after noon."""
    names = {
        str(case.chain.manager_id): "manager",
        str(case.chain.regional_id): "regional",
        str(case.chain.owner_id): "owner",
    }
    return [
        (int((line.at - NOON) / MINUTE), [names[who] for who in line.data["members"]])
        for line in history_of(case.chain, case.key)
        if line.kind == Deed.NOTIFIED
    ]


def outcomes(case: Case) -> list[str | None]:
    """What became of each step."""
    return [timer.outcome for timer in case.timers]


def every_minute(until: int) -> list[datetime]:
    """The ticker looks once a minute."""
    return [NOON + minute * MINUTE for minute in range(until + 1)]


def test_an_alert_that_nobody_answers_climbs_the_ladder(chain: Chain, case: Case) -> None:
    fire(*every_minute(61))
    assert told(case) == [
        (0, ["manager"]),
        (10, ["manager"]),
        (20, ["regional"]),
        (30, ["regional"]),
        (60, ["owner"]),
    ]
    alert = case.alert
    assert (alert.owner_id, alert.breached_at) == (chain.regional_id, NOON + 30 * MINUTE)
    assert case.deeds.count(Deed.BREACHED) == case.deeds.count(Deed.REASSIGNED) == 1
    names = [event.name for event in rows_of(chain, Event)]
    assert names.count(EventName.ALERT_BREACHED) == 1


def test_words_for_somebody_who_took_it_during_the_hold_are_news(chain: Chain, tap: Case) -> None:
    tap.acknowledge(now=NOON + 10 * SECOND)
    complete(chain, tap.key, "the queue", now=NOON + 20 * SECOND)
    fire(NOON + 20 * SECOND)
    assert told(tap) == [(0, ["manager"])]
    assert [timer.position for timer in tap.timers if timer.fired_at] == [POSITION_TELL]


def test_no_step_fires_early(case: Case) -> None:
    fire(NOON)
    for minute in (10, 20, 30, 60):
        before = len(told(case))
        fire(NOON + minute * MINUTE - SECOND)
        assert len(told(case)) == before
        fire(NOON + minute * MINUTE)
        assert told(case)[before][0] == minute


def test_a_bare_tap_waits_ninety_seconds_for_its_comment(tap: Case) -> None:
    fire(NOON, NOON + 89 * SECOND)
    assert told(tap) == []
    fire(NOON + 90 * SECOND)
    assert told(tap) == [(1, ["manager"])]


def test_the_comment_ends_the_wait(chain: Chain, tap: Case) -> None:
    complete(chain, tap.key, "the queue", now=NOON + 20 * SECOND)
    fire(NOON + 20 * SECOND)
    assert told(tap) == [(0, ["manager"])]


def test_an_empty_second_step_ends_it_too(chain: Chain, tap: Case) -> None:
    complete(chain, tap.key, None, now=NOON + 20 * SECOND)
    fire(NOON + 20 * SECOND)
    assert told(tap) == [(0, ["manager"])]


def test_a_corrected_slip_tells_nobody(chain: Chain, tap: Case) -> None:
    tap_again(chain, tap.key, 10, now=NOON + 30 * SECOND)
    fire(*every_minute(61))
    assert told(tap) == []


def test_taking_it_stops_only_the_steps_that_ask_for_that(case: Case) -> None:
    fire(NOON)
    case.acknowledge(now=NOON + 5 * MINUTE)
    fire(*every_minute(61))
    assert told(case) == [(0, ["manager"]), (20, ["regional"]), (30, ["regional"]), (60, ["owner"])]
    assert outcomes(case) == ["fired", "not_needed", "fired", "not_needed", "fired", "fired"]
    assert case.alert.owner_id == case.chain.regional_id


def test_an_answer_stops_them_all(case: Case) -> None:
    fire(NOON)
    case.call(now=NOON + 29 * MINUTE)
    fire(*every_minute(61)[30:])
    assert [minute for minute, _ in told(case)] == [0]
    assert case.alert.breached_at is None


def test_a_bare_tap_is_never_asked_for_an_answer_but_must_be_taken(chain: Chain, tap: Case) -> None:
    fire(*every_minute(61))
    assert told(tap) == [(2, ["manager"]), (10, ["manager"]), (30, ["regional"])]
    assert (tap.alert.owner_id, tap.alert.breached_at) == (None, NOON + 30 * MINUTE)
    assert {timer.condition for timer in tap.timers} == {"not_acknowledged"}


def test_a_bare_tap_taken_in_time_is_left_alone(tap: Case) -> None:
    tap.acknowledge(now=NOON + 29 * MINUTE)
    fire(*every_minute(61)[30:])
    assert told(tap) == []
    assert tap.alert.breached_at is None


def test_a_call_in_vain_keeps_the_alert_where_it_is(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE)
    case.call(now=NOON + 15 * MINUTE, outcome=CallOutcome.NO_ANSWER)
    fire(*every_minute(30))
    assert case.alert.owner_id == chain.manager_id
    assert case.alert.breached_at == NOON + 30 * MINUTE
    assert told(case)[-1] == (30, ["regional"])


def test_a_call_in_vain_long_ago_does_not(chain: Chain, case: Case) -> None:
    case.call(now=NOON + 10 * MINUTE - SECOND, outcome=CallOutcome.NO_ANSWER)
    fire(NOON + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id


def test_after_an_outage_only_the_highest_step_fires(chain: Chain, case: Case) -> None:
    fire(NOON + 31 * MINUTE)
    assert told(case) == [(31, ["regional"])]
    assert outcomes(case) == ["skipped", "skipped", "skipped", "skipped", "fired", None]
    assert (case.alert.owner_id, case.alert.breached_at) == (chain.regional_id, NOON + 31 * MINUTE)
    fire(NOON + 180 * MINUTE)
    assert told(case)[-1] == (180, ["owner"])


def test_after_a_long_outage_the_breach_is_marked_too(case: Case) -> None:
    fire(NOON + 300 * MINUTE)
    assert told(case) == [(300, ["owner"])]
    assert case.alert.breached_at == NOON + 300 * MINUTE


def test_news_from_the_shopper_swallows_no_step(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE)
    fire(NOON + 25 * MINUTE)
    case.shopper_writes(now=NOON + 30 * MINUTE)
    fire(NOON + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id
    assert case.alert.breached_at == NOON + 30 * MINUTE
    assert told(case)[-2:] == [(30, ["regional"]), (30, ["regional"])]


def test_an_empty_level_is_skipped_at_once_and_the_history_says_so(chain: Chain, case: Case) -> None:
    leave(chain, "manager")
    fire(NOON)
    assert told(case) == [(0, ["regional"])]
    assert history_of(chain, case.key)[-2].data == {"target": "store_managers"}


def test_a_level_of_nobody_at_all_stops_nothing(chain: Chain, case: Case) -> None:
    leave(chain, "manager", "regional", "owner")
    with structlog.testing.capture_logs() as logs:
        fire(NOON, NOON + 30 * MINUTE)
    assert told(case) == []
    assert case.alert.breached_at == NOON + 30 * MINUTE
    assert {line["event"] for line in logs} == {"nobody_to_tell"}


def test_news_for_somebody_who_left_go_to_the_store(chain: Chain, case: Case) -> None:
    case.call(now=NOON, by=chain.regional_id)
    leave(chain, "regional")
    case.shopper_writes(now=NOON + MINUTE)
    fire(NOON + MINUTE)
    assert told(case)[-1] == (1, ["manager"])


def leave(chain: Chain, *who: str) -> None:
    """These people no longer work here."""
    with transaction(chain.organisation_id) as session:
        for name in who:
            member_id = {"manager": chain.manager_id, "regional": chain.regional_id, "owner": chain.owner_id}[
                name
            ]
            get_row(session, Membership, member_id).is_active = False


def test_whoever_of_the_level_has_it_already_keeps_it(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE, by=chain.regional_id)
    fire(NOON + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id
    assert Deed.REASSIGNED not in case.deeds
    assert case.alert.breached_at


def test_minutes_are_those_of_the_stores_hours(chain: Chain) -> None:
    case = Case(chain, make_response(chain, 2, comment="bad", now=EVENING))
    assert case.alert.answer_due_at == NOON.replace(day=26, hour=7, minute=20)
    fire(EVENING, EVENING + 10 * MINUTE, EVENING + 60 * MINUTE)
    assert [timer.outcome for timer in case.timers][:3] == ["fired", "fired", None]
    assert case.alert.breached_at is None
    fire(NOON.replace(day=26, hour=7, minute=20))
    assert case.alert.breached_at


def test_at_night_the_store_is_told_when_it_opens(chain: Chain) -> None:
    night, opening = NOON.replace(hour=22), NOON.replace(day=26, hour=7)
    case = Case(chain, make_response(chain, 2, now=night))
    complete(chain, case.key, "bad", now=night + MINUTE)
    fire(night + 2 * MINUTE, opening - SECOND)
    assert Deed.NOTIFIED not in case.deeds
    fire(opening)
    assert case.deeds.count(Deed.NOTIFIED) == 1


def test_a_settled_alert_closes_after_seven_silent_days(case: Case) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    fire(NOON + timedelta(days=7) - SECOND)
    before = case.alert
    fire(NOON + timedelta(days=7))
    after = case.alert
    assert (before.state, before.closed_at) == (AlertState.RESOLVED, None)
    assert (after.state, after.closed_at) == (AlertState.CLOSED, NOON + timedelta(days=7))


def test_seven_days_are_counted_from_the_last_settling(case: Case) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    case.shopper_writes(now=NOON + timedelta(days=5))
    case.call(now=NOON + timedelta(days=5, minutes=10))
    case.resolve(now=NOON + timedelta(days=6))
    fire(NOON + timedelta(days=7), NOON + timedelta(days=12))
    assert case.alert.closed_at is None
    fire(NOON + timedelta(days=13))
    assert case.state == AlertState.CLOSED


def test_a_shopper_who_writes_again_reopens_it_with_a_new_clock(chain: Chain, case: Case) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    fire(NOON + timedelta(days=7))
    later = NOON + timedelta(days=8)
    case.shopper_writes("Досі черга", now=later)
    alert = case.alert
    assert (alert.state, alert.owner_id, alert.rounds) == (AlertState.ACKNOWLEDGED, chain.manager_id, 2)
    assert alert.answer_due_at == later + 30 * MINUTE
    assert (alert.answered_at, alert.answer_grade, alert.closed_at, alert.root_cause) == (None,) * 4
    fire(later, later + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id
    assert case.alert.breached_at == later + 30 * MINUTE


def test_a_changed_policy_leaves_open_alerts_alone(chain: Chain, case: Case) -> None:
    quick = [Step(1, Condition.NOT_ANSWERED, Target.OWNERS, StepAction.REASSIGN)]
    with transaction(chain.organisation_id) as session:
        use_policy(
            session, create_policy(session, "quick", acknowledge_minutes=1, answer_minutes=1, ladder=quick)
        )
    fire(NOON + 5 * MINUTE)
    assert case.alert.breached_at is None
    assert len(case.timers) == len(DEFAULT_LADDER)
    another = Case(chain, make_response(chain, 2, comment="bad", now=NOON + 5 * MINUTE))
    fire(NOON + 6 * MINUTE)
    assert another.alert.owner_id == chain.owner_id


def test_a_late_answer_pages_nobody(chain: Chain) -> None:
    key = make_response(
        chain, 2, comment="bad", contact="067 123 45 67", answered_at=NOON - timedelta(hours=30)
    )
    tap_again(chain, key, 9, now=NOON + MINUTE)
    tap_again(chain, key, 1, now=NOON + 2 * MINUTE)
    fire(*every_minute(61))
    assert rows_of(chain, Notification) == []
    assert get_alert_of(chain, key).state == AlertState.NEW


def test_a_poisoned_alert_stops_no_other_and_is_tried_again(
    chain: Chain, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Case(chain, make_response(chain, 2, comment="bad"))
    poisoned, act = case.alert.id, clock._act

    def fail_on_one(session: object, alert: Alert, *args: object, **kwargs: object) -> None:
        if alert.id == poisoned:
            raise RuntimeError
        act(session, alert, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(clock, "_act", fail_on_one)
    fire(NOON)
    assert (told(case), told(other)) == ([], [(0, ["manager"])])
    fire(NOON + 5 * SECOND)  # its lease has not run out
    assert case.timers[0].attempts == 1
    monkeypatch.undo()
    fire(NOON + 16 * SECOND)
    assert told(case) == [(0, ["manager"])]
    assert case.timers[0].attempts == 2


def test_several_tickers_fire_every_step_once(app: Flask, chain: Chain) -> None:
    cases = [Case(chain, make_response(chain, 2, comment=f"bad {n}")) for n in range(8)]
    for minute in (0, 10, 20, 30, 60):
        now = NOON + minute * MINUTE
        together(app, [partial(fire, now)] * 3)
        fire(now + 16 * SECOND)
    for case in cases:
        assert [minute for minute, _ in told(case)] == [0, 10, 20, 30, 60]
        assert case.deeds.count(Deed.REASSIGNED) == 1
    assert len(rows_of(chain, Notification)) == 8 * 5


def test_taking_and_escalating_at_once_end_in_one_order(app: Flask, chain: Chain) -> None:
    """Either the step fired before, or it was not needed any more; and nobody fails."""
    for n in range(10):
        case = Case(chain, make_response(chain, 2, comment=f"bad {n}"))
        due = NOON + 10 * MINUTE
        found = together(app, [partial(case.acknowledge, now=due), partial(fire, due)])
        assert found == [None, None]
        fire(due + 16 * SECOND)
        lines = [line.kind for line in history_of(chain, case.key)]
        assert lines.count(Deed.ACKNOWLEDGED) == 1
        if Deed.NOTIFIED in lines:
            assert case.timers[1].outcome in ("fired", "skipped", "not_needed")
        assert not [timer for timer in case.timers if timer.due_at and timer.due_at <= due]


def test_every_timer_is_a_row_that_says_what_became_of_it(chain: Chain, case: Case) -> None:
    fire(*every_minute(61))
    for timer in rows_of(chain, AlertTimer):
        assert (timer.due_at, timer.outcome is None) == (None, False)
