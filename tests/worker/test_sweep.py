"""Whatever died, rows that are late are found again, and what may no longer be kept is erased."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.models import AccountLetter, PasswordRequest, SignIn
from app.alerts.actions import fire_due_timers, reply_to_shopper
from app.alerts.models import AlertTimer, Message
from app.alerts.rules import Via
from app.channels.email.models import MailboxMessage
from app.classification.models import Classification
from app.contacts.models import Contact
from app.db import looking_across, transaction
from app.flow import ACCOUNT_MAIL, JUDGE, NOTIFY, PRINT, REPLY, TRY
from app.notifications.actions import request_trial
from app.notifications.models import Notification, Trial
from app.printing.models import PrintRun
from tests.fakes import Hands
from tests.make import NOON, Chain, get_alert_of, make_response, order_print_run, rows_of, sign_in
from worker import jobs, ticker
from worker.hurry import Hurry
from worker.sweep import do_alone, keep_house, stand_in, sweep

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
    """A comment, a notification, an e-mail reply and a test message that nobody has dealt with."""
    key = make_response(chain, 2, comment="bad", contact="ann@example.com")
    fire_due_timers(now=NOON)
    number = get_alert_of(chain, key).number
    with transaction(chain.organisation_id) as session:
        reply_to_shopper(session, number, chain.manager_id, "Дякуємо", via=Via.EMAIL, now=NOON)
        request_trial(session, chain.manager_id, "email", now=NOON)


def test_what_is_late_is_told_again(chain: Chain, promises: None, told: list[str]) -> None:
    assert sweep(Hurry(None), now=NOON + SECOND) == []
    assert sweep(Hurry(None), now=NOON + 3 * SECOND) == [JUDGE, NOTIFY, REPLY, TRY]
    assert told == [JUDGE, NOTIFY, REPLY, TRY]


def test_what_somebody_has_in_hand_is_left_to_them(chain: Chain, promises: None, told: list[str]) -> None:
    for kind in (Classification, Notification, Message, Trial):
        with transaction(chain.organisation_id) as session:
            session.execute(update(kind).values(lease_until=NOON + MINUTE))
    assert sweep(Hurry(None), now=NOON + 30 * SECOND) == []
    assert sweep(Hurry(None), now=NOON + 61 * SECOND) == [JUDGE, NOTIFY, REPLY, TRY]


def test_the_ticker_sends_what_no_worker_sends(chain: Chain, promises: None, hands: Hands) -> None:
    """The promise needs the database and one ticker, nothing else."""
    hands.at = NOON + 9 * SECOND
    assert stand_in(now=hands.at) == []
    hands.at = NOON + 11 * SECOND
    assert stand_in(now=hands.at) == [NOTIFY, REPLY, TRY]
    assert {row.state for row in rows_of(chain, Notification)} == {"sent"}
    assert all(row.delivered_at for row in rows_of(chain, Message))
    assert rows_of(chain, Trial)[0].state == "sent"
    assert rows_of(chain, Classification)[0].classified_at is None


def test_the_ticker_prints_what_no_worker_prints(chain: Chain, hands: Hands) -> None:
    order_print_run(chain)
    hands.at = NOON + 9 * SECOND
    assert not do_alone(PRINT, has_worker=True, now=hands.at)
    hands.at = NOON + 11 * SECOND
    assert PRINT not in stand_in(now=hands.at), "what takes long is not done in the place of a message"
    assert do_alone(PRINT, has_worker=True, now=hands.at)
    assert [run.state for run in rows_of(chain, PrintRun)] == ["made"]


def test_comments_that_no_worker_judges_go_to_the_word_list(
    chain: Chain, promises: None, hands: Hands
) -> None:
    hands.at = NOON + 10 * MINUTE + SECOND
    stand_in(now=hands.at)
    assert rows_of(chain, Classification)[0].source == "fallback"


def test_letters_about_accounts_are_promises_like_the_others(
    app: Flask, chain: Chain, hands: Hands, told: list[str]
) -> None:
    app.test_client().post("/forgot", data={"email": "manager@nova.example"})
    ticker._answer_requests()
    (letter,) = rows_of(chain, AccountLetter)
    assert letter.due_at == NOON
    assert sweep(Hurry(None), now=NOON + 3 * SECOND) == [ACCOUNT_MAIL]
    assert stand_in(now=NOON + 11 * SECOND) == [ACCOUNT_MAIL]
    assert told == [ACCOUNT_MAIL, ACCOUNT_MAIL]


def test_the_job_sends_them(app: Flask, chain: Chain, hands: Hands) -> None:
    app.test_client().post("/forgot", data={"email": "manager@nova.example"})
    ticker._answer_requests()
    for _ in range(2):  # run twice, it does nothing more
        jobs.send_due_account_mail()
    assert [mail.recipient for mail in rows_of(chain, MailboxMessage)] == ["manager@nova.example"]


def test_what_opens_nothing_any_more_is_deleted(app: Flask, chain: Chain, hands: Hands) -> None:
    sign_in(app, chain)
    app.test_client().post("/forgot", data={"email": "manager@nova.example"})
    keep_house(now=NOON + timedelta(days=7))
    with looking_across() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(PasswordRequest)).all() == []


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
