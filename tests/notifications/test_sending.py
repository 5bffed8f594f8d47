"""Notifications: a row for each person and step, sent, and only then marked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.actions import add_member, create_user
from app.accounts.rules import Role
from app.alerts.rules import CallOutcome, Deed
from app.channels import delivery
from app.channels.email import sender
from app.channels.email.models import MailboxMessage
from app.channels.email.sender import send_email
from app.db import transaction
from app.notifications.actions import send_due_notifications, sending, suppress_history
from app.notifications.letters import compose_notification
from app.notifications.models import Notification
from app.notifications.rules import NotificationState
from tests.alerts.deeds import BASE_URL, Case, fire
from tests.fakes import MailServer
from tests.make import NOON, PASSWORD, SECRET, Chain, history_of, make_response, rows_of
from tests.statements import held
from tests.together import together

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def case(chain: Chain) -> Case:
    """A complaint that can be answered, whose first step has fired."""
    case = Case(chain, make_response(chain, 2, comment="bad queue", contact="067 123 45 67"))
    fire(NOON)
    return case


def send(now: datetime = NOON) -> int:
    """What the worker of notifications does."""
    return send_due_notifications(SECRET, BASE_URL, now=now)


def states(chain: Chain) -> list[str]:
    """How each notification stands."""
    return [row.state for row in rows_of(chain, Notification)]


def test_each_person_of_a_step_is_told_once(chain: Chain) -> None:
    with transaction(None) as session:
        user = create_user(session, "deputy@nova.example", "Deputy", PASSWORD, language="en", now=NOON)
    with transaction(chain.organisation_id) as session:
        add_member(session, user, Role.STORE_MANAGER, stores=[chain.store_id])
    make_response(chain, 2, comment="bad")
    fire(NOON, NOON, NOON + 20 * SECOND)
    assert len(rows_of(chain, Notification)) == 2
    assert send() == 2
    assert {mail.recipient for mail in rows_of(chain, MailboxMessage)} == {
        "manager@nova.example",
        "deputy@nova.example",
    }


def test_it_is_marked_after_it_was_sent(case: Case) -> None:
    assert states(case.chain) == [NotificationState.PENDING]
    assert send(NOON + SECOND) == 1
    (row,) = rows_of(case.chain, Notification)
    assert (row.state, row.sent_at, row.due_at, row.lease_until) == ("sent", NOON + SECOND, None, None)
    assert send(NOON + MINUTE) == 0


def test_after_a_crash_it_is_sent_again_under_the_same_reference(
    case: Case, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between sending and marking the process is gone: at least once, never zero times."""
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_end", lambda *_, **__: None)
        send()
    assert states(case.chain) == [NotificationState.PENDING]
    assert send(NOON + 59 * SECOND) == 0
    assert send(NOON + 61 * SECOND) == 1
    assert send(NOON + 200 * SECOND) == 0
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]
    assert states(case.chain) == [NotificationState.SENT]


@pytest.mark.parametrize("deed", ["acknowledge", "call", "dismiss"])
def test_what_is_no_longer_needed_is_not_sent(case: Case, mail_server: MailServer, deed: str) -> None:
    getattr(case, deed)(now=NOON)
    send()
    assert states(case.chain) == [NotificationState.SUPPRESSED]
    assert mail_server.received == []


def test_taking_it_does_not_silence_the_question_for_an_answer(case: Case, mail_server: MailServer) -> None:
    send()
    case.acknowledge(now=NOON + MINUTE)
    fire(NOON + 20 * MINUTE)
    send(NOON + 20 * MINUTE)
    assert [message["To"] for message in mail_server.received] == [
        "manager@nova.example",
        "regional@nova.example",
    ]


def test_a_server_in_trouble_is_tried_again_on_schedule(case: Case, mail_server: MailServer) -> None:
    mail_server.refuse = "450 later"
    now = NOON
    for wait in (5, 15, 30, 60, 120, 120):
        assert send(now) == 1
        assert send(now + (wait - 1) * SECOND) == 0
        now += wait * SECOND
    mail_server.refuse = ""
    assert send(now) == 1
    assert states(case.chain) == [NotificationState.SENT]
    assert len(mail_server.received) == 1


def test_one_that_never_gets_through_is_given_up_and_the_next_step_comes(
    case: Case, mail_server: MailServer
) -> None:
    mail_server.refuse = "450 later"
    now = NOON
    for _ in range(40):
        send(now)
        now += 121 * SECOND
    assert states(case.chain) == [NotificationState.FAILED]
    assert case.timers[1].due_at is not None
    assert case.timers[1].due_at < now


def test_when_nobody_of_a_step_can_be_told_the_next_comes_at_once(
    case: Case, mail_server: MailServer
) -> None:
    mail_server.refuse = "550 no such person"
    now = NOON
    for _ in range(4):
        send(now)
        now += SECOND
        fire(now)
    people = [line.data["members"] for line in history_of(case.chain, case.key) if line.kind == Deed.NOTIFIED]
    chain = case.chain
    assert people == [
        [str(chain.manager_id)],
        [str(chain.manager_id)],
        [str(chain.regional_id)],
        [str(chain.regional_id)],
        [str(chain.owner_id)],
    ]
    assert case.alert.breached_at is None


def test_when_one_of_two_was_told_the_next_waits_its_time(chain: Chain, mail_server: MailServer) -> None:
    with transaction(None) as session:
        user = create_user(session, "gone@nova.example", "Gone", PASSWORD, language="en", now=NOON)
    with transaction(chain.organisation_id) as session:
        add_member(session, user, Role.STORE_MANAGER, stores=[chain.store_id])
    case = Case(chain, make_response(chain, 2, comment="bad"))
    fire(NOON)
    send_due_notifications(SECRET, BASE_URL, now=NOON, limit=1)
    mail_server.refuse = "550 no such person"
    send()
    assert sorted(states(chain)) == [NotificationState.FAILED, NotificationState.SENT]
    assert case.timers[1].due_at == NOON + 10 * MINUTE


def test_one_that_cannot_be_written_holds_up_no_other(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [Case(chain, make_response(chain, 2, comment=f"bad {n}")) for n in range(3)]
    fire(NOON)
    poisoned = cases[0].alert.id

    def fail_on_one(session: Any, row: Notification, letterhead: Any, **more: Any) -> object:
        if row.alert_id == poisoned:
            raise LookupError
        return compose_notification(session, row, letterhead, **more)

    monkeypatch.setattr(sending, "compose_notification", fail_on_one)
    send()
    assert sorted(states(chain)) == ["pending", "sent", "sent"]
    monkeypatch.undo()
    send(NOON + 6 * SECOND)
    assert states(chain) == ["sent"] * 3


def test_whoever_lost_the_lease_sends_nothing(
    case: Case, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server may hold up one message until the leases of the others have run out."""
    make_response(case.chain, 2, comment="bad")
    fire(NOON)
    real = delivery._deliver

    def slowly(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(delivery, "_deliver", real)
        send(NOON + 2 * MINUTE)  # another worker comes by
        real(*args, **kwargs)

    monkeypatch.setattr(delivery, "_deliver", slowly)
    assert send() == 2
    assert states(case.chain) == ["sent", "sent"]
    assert len(mail_server.received) == 2


def test_several_workers_send_each_once(app: Flask, chain: Chain, mail_server: MailServer) -> None:
    for n in range(12):
        make_response(chain, 2, comment=f"bad {n}")
    fire(NOON)

    def work() -> None:
        while send():
            pass

    assert together(app, [work] * 4) == [None] * 4
    references = [message["Message-ID"] for message in mail_server.received]
    assert len(references) == len(set(references)) == 12


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    case: Case, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []

    def look(*args: Any, **kwargs: Any) -> None:
        counts.append(len(taken))
        send_email(*args, **kwargs)

    monkeypatch.setattr(sender, "send_email", look)
    with held() as taken:
        send()
    assert counts == [0]


def test_a_made_up_history_tells_nobody(case: Case) -> None:
    with transaction(case.chain.organisation_id) as session:
        suppress_history(session)
    assert send() == 0
    assert states(case.chain) == [NotificationState.SUPPRESSED]


def test_no_notification_of_one_chain_reaches_people_of_another(chain: Chain, foreign_chain: Chain) -> None:
    make_response(foreign_chain, 2, comment="bad")
    fire(NOON)
    send()
    assert rows_of(chain, Notification) == []
    assert [mail.recipient for mail in rows_of(foreign_chain, MailboxMessage)] == ["manager@stranger.example"]


def test_calls_in_vain_are_no_answer(case: Case) -> None:
    case.call(now=NOON, outcome=CallOutcome.NO_ANSWER)
    send()
    assert states(case.chain) == [NotificationState.SENT]
