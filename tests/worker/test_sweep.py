"""Whatever died, rows that are late are found again, and what may no longer be kept is erased."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.alerts.actions import fire_due_timers, reply_to_shopper
from app.alerts.models import AlertTimer, Message
from app.alerts.rules import Via
from app.classification.models import Classification
from app.contacts.models import Contact
from app.db import transaction
from app.flow import JUDGE, NOTIFY, PRINT, REPLY
from app.notifications.models import Notification
from app.printing.models import PrintRun
from tests.fakes import Hands
from tests.make import NOON, Chain, get_alert_of, make_response, order_print_run, rows_of
from worker import jobs, ticker
from worker.hurry import Hurry
from worker.sweep import keep_house, stand_in, stand_in_patiently, sweep

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were told of, or run here."""
    told: list[str] = []

    def note(job: str) -> Callable[[], None]:
        return lambda: told.append(job)

    for job in list(jobs.JOBS):
        monkeypatch.setitem(jobs.JOBS, job, note(job))
    return told


@pytest.fixture
def promises(chain: Chain) -> None:
    """A comment, a notification, an e-mail reply and a print run that nobody has dealt with."""
    order_print_run(chain)
    key = make_response(chain, 2, comment="bad", contact="ann@example.com")
    fire_due_timers(now=NOON)
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        reply_to_shopper(session, number, chain.manager_id, "Дякуємо", via=Via.EMAIL, now=NOON)


def test_what_is_late_is_told_again(chain: Chain, promises: None, told: list[str]) -> None:
    assert sweep(Hurry(None), now=NOON + SECOND) == []
    assert sweep(Hurry(None), now=NOON + 3 * SECOND) == [JUDGE, NOTIFY, REPLY, PRINT]
    assert told == [JUDGE, NOTIFY, REPLY], "what takes long is not done in the place of a message"


def test_what_somebody_has_in_hand_is_left_to_them(chain: Chain, promises: None, told: list[str]) -> None:
    for kind in (Classification, Notification, Message, PrintRun):
        with transaction(chain.organisation_id) as session:
            session.execute(update(kind).values(lease_until=NOON + MINUTE))
    assert sweep(Hurry(None), now=NOON + 30 * SECOND) == []
    assert sweep(Hurry(None), now=NOON + 61 * SECOND) == [JUDGE, NOTIFY, REPLY, PRINT]


def test_the_ticker_sends_what_no_worker_sends(chain: Chain, promises: None, hands: Hands) -> None:
    """The promise needs the database and one ticker, nothing else."""
    hands.at = NOON + 9 * SECOND
    assert stand_in(now=hands.at) == []
    hands.at = NOON + 11 * SECOND
    assert stand_in(now=hands.at) == [NOTIFY, REPLY]
    assert {row.state for row in rows_of(chain, Notification)} == {"sent"}
    assert all(row.delivered_at for row in rows_of(chain, Message))
    assert rows_of(chain, Classification)[0].classified_at is None


def test_the_ticker_prints_what_no_worker_prints(chain: Chain, promises: None, hands: Hands) -> None:
    hands.at = NOON + 9 * SECOND
    assert stand_in_patiently(now=hands.at) == []
    hands.at = NOON + 11 * SECOND
    assert stand_in_patiently(now=hands.at) == [PRINT]
    assert [run.state for run in rows_of(chain, PrintRun)] == ["made"]
    assert {row.state for row in rows_of(chain, Notification)} == {"pending"}


def test_comments_that_no_worker_judges_go_to_the_word_list(
    chain: Chain, promises: None, hands: Hands
) -> None:
    hands.at = NOON + 10 * MINUTE + SECOND
    stand_in(now=hands.at)
    assert rows_of(chain, Classification)[0].source == "fallback"


def test_contacts_are_erased_when_their_days_are_over(chain: Chain, promises: None) -> None:
    keep_house(now=NOON + timedelta(days=90) - SECOND)
    assert rows_of(chain, Contact)[0].value_encrypted
    keep_house(now=NOON + timedelta(days=90))
    erased = rows_of(chain, Contact)[0]
    assert (erased.value_encrypted, erased.fingerprint, erased.erase_at) == (None, None, None)


def test_after_an_outage_the_ticker_fires_all_that_is_due(chain: Chain, hands: Hands) -> None:
    for _ in range(3):
        make_response(chain, 2)
    hands.at = NOON + 2 * MINUTE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ticker, "fire_due_timers", lambda *, now: fire_due_timers(now=now, limit=1))
        ticker._fire_all()
    assert sum(timer.fired_at is not None for timer in rows_of(chain, AlertTimer)) == 3
