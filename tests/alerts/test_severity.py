"""What is flagged in a comment raises an alert, and nothing in a comment makes one less severe."""

from datetime import timedelta

import pytest

from app.alerts.actions import acknowledge_alert
from app.alerts.models import AlertTimer
from app.alerts.rules import AlertState, Deed, Reason, Severity, Target, severity_of_flags, worse
from app.classification.actions import judge_pending
from app.classification.rules import Flag, SaidFlag
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

MINUTE = timedelta(minutes=1)
NIGHT = NOON.replace(hour=22)


@pytest.mark.parametrize(
    ("flag", "is_certain", "severity"),
    [
        (Flag.SAFETY, True, Severity.CRITICAL),
        (Flag.MINORS, True, Severity.CRITICAL),
        (Flag.SAFETY, False, Severity.HIGH),
        (Flag.CHURN_INTENT, False, Severity.HIGH),
        (Flag.CALLBACK_REQUEST, False, Severity.HIGH),
        (Flag.REPEAT_COMPLAINT, False, Severity.HIGH),
        (Flag.QUESTION, True, None),
        (Flag.PRAISE_NAMED_PERSON, True, None),
    ],
)
def test_what_a_flag_makes_of_an_alert(flag: Flag, is_certain: bool, severity: Severity | None) -> None:
    assert severity_of_flags([SaidFlag(flag, 0.9, is_certain)]) is severity


def test_the_worse_of_two_counts() -> None:
    assert worse(Severity.NORMAL, None) is Severity.NORMAL
    assert worse(Severity.NORMAL, Severity.HIGH) is worse(Severity.HIGH, Severity.NORMAL) is Severity.HIGH
    assert worse(Severity.CRITICAL, Severity.LOW) is Severity.CRITICAL


def test_danger_under_a_good_rating_opens_a_critical_alert(chain: Chain) -> None:
    key = make_response(chain, 10, comment="fire")
    judge_pending(FakeClassifier(), now=NOON)
    alert = get_alert_of(chain, key)
    assert (alert.severity, alert.reason) == (Severity.CRITICAL, Reason.COMMENT)
    assert alert.acknowledge_due_at == NOON + 5 * MINUTE
    assert alert.answer_due_at == NOON + 15 * MINUTE


def test_danger_does_not_wait_for_opening_hours(chain: Chain) -> None:
    key = make_response(chain, 10, comment="fire", now=NIGHT)
    judge_pending(FakeClassifier(), now=NIGHT)
    assert get_alert_of(chain, key).answer_due_at == NIGHT + 15 * MINUTE


def test_the_region_hears_of_danger_first(chain: Chain) -> None:
    make_response(chain, 10, comment="fire")
    judge_pending(FakeClassifier(), now=NOON)
    first = min(rows_of(chain, AlertTimer), key=lambda timer: timer.position)
    assert (first.target, first.due_at) == (Target.REGIONAL_MANAGERS, NOON)


def test_danger_found_in_an_open_alert_starts_its_clock_anew(chain: Chain) -> None:
    key = make_response(chain, 5, comment="fire")
    assert get_alert_of(chain, key).severity == Severity.NORMAL
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.severity, alert.state) == (Severity.CRITICAL, AlertState.NEW)
    assert alert.answer_due_at == NOON + 16 * MINUTE
    assert [line.kind for line in history_of(chain, key)].count(Deed.RAISED) == 1
    live = [timer for timer in rows_of(chain, AlertTimer) if timer.due_at]
    assert {timer.round for timer in live} == {2}


def test_danger_found_in_an_alert_that_somebody_has_tells_the_region(chain: Chain) -> None:
    key = make_response(chain, 5, comment="fire")
    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, 1, chain.manager_id, now=NOON)
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.owner_id) == (AlertState.ACKNOWLEDGED, chain.manager_id)
    assert alert.answer_due_at == NOON + 16 * MINUTE
    live = [timer for timer in rows_of(chain, AlertTimer) if timer.due_at == NOON + MINUTE]
    assert [timer.target for timer in live] == [Target.REGIONAL_MANAGERS]


def test_danger_that_is_not_certain_is_high_and_shown(chain: Chain) -> None:
    key = make_response(chain, 5, comment="slippery")
    judge_pending(FakeClassifier(), now=NOON)
    alert = get_alert_of(chain, key)
    assert alert.severity == Severity.HIGH
    assert alert.answer_due_at == NOON + 30 * MINUTE


def test_who_wants_to_leave_opens_a_high_alert_without_a_bad_word(chain: Chain) -> None:
    key = make_response(chain, 8, comment="leave")
    judge_pending(FakeClassifier(), now=NOON)
    assert get_alert_of(chain, key).severity == Severity.HIGH


def test_a_mis_tap_corrected_does_not_take_danger_away(chain: Chain) -> None:
    key = make_response(chain, 2, comment="fire")
    judge_pending(FakeClassifier(), now=NOON)
    tap_again(chain, key, 9, now=NOON + MINUTE)
    alert = get_alert_of(chain, key)
    assert (alert.state, alert.severity) == (AlertState.NEW, Severity.CRITICAL)


def test_a_question_opens_none(chain: Chain) -> None:
    key = make_response(chain, 9, comment="why")
    judge_pending(FakeClassifier(), now=NOON)
    assert alert_of(chain, key) is None


def test_a_kinder_comment_makes_no_alert_less_severe(chain: Chain) -> None:
    key = make_response(chain, 5, comment="fire")
    judge_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "good after all", now=NOON + MINUTE)
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    assert get_alert_of(chain, key).severity == Severity.CRITICAL


def test_a_verdict_given_once_more_raises_nothing_twice(chain: Chain) -> None:
    key = make_response(chain, 5, comment="fire")
    judge_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "fire, fire", now=NOON + MINUTE)
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    assert [line.kind for line in history_of(chain, key)].count(Deed.RAISED) == 1
