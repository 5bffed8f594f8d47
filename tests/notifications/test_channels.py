"""By which channel a person hears of an alert: the first of their own, and the next when one fails."""

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.actions import add_member, create_user
from app.accounts.models import Membership
from app.accounts.rules import Role
from app.alerts.models import Alert
from app.alerts.rules import Severity
from app.channels.email.models import MailboxMessage
from app.channels.models import ChannelState
from app.channels.telegram.actions import disconnect_bot
from app.db import transaction
from app.notifications.actions import send_due_notifications
from app.notifications.models import Notification, PersonalAddress
from app.stores.models import Store
from tests.alerts.deeds import BASE_URL, fire
from tests.fakes import MailServer
from tests.fakes_channels import Said, refusal
from tests.make import NOON, PASSWORD, SECRET, Chain, rows_of
from tests.notifications.reach import CHAT, Reach
from tests.together import together

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = ("13:00", "15:00")  # noon in UTC is 14:00 in Kyiv


def hire(chain: Chain, name: str = "deputy") -> object:
    """A second manager of the first store."""
    with transaction(None) as session:
        user = create_user(session, f"{name}@nova.example", name.title(), PASSWORD, language="en", now=NOON)
    with transaction(chain.organisation_id) as session:
        return add_member(session, user, Role.STORE_MANAGER, stores=[chain.store_id])


def test_who_has_said_nothing_gets_an_email(reach: Reach) -> None:
    reach.complain()
    reach.send()
    assert reach.rows == [("email", "sent")]


def test_a_linked_chat_comes_first(reach: Reach) -> None:
    reach.link()
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "sent")]
    (message,) = reach.telegram.sent
    assert message["chat_id"] == str(CHAT)
    assert message["text"].startswith("Alert 1: rating 2, Store 1\n\n")
    assert rows_of(reach.chain, MailboxMessage) == []


def test_the_order_is_the_members_own(reach: Reach) -> None:
    reach.link()
    reach.wish("sms", "telegram", "email")
    reach.complain()
    reach.send()
    assert reach.rows == [("sms", "sent")]


def test_a_channel_that_fails_for_good_hands_over_at_once(reach: Reach) -> None:
    reach.link()
    reach.wish("telegram", "sms")
    reach.telegram.refusals[str(CHAT)] = refusal(403, "Forbidden: bot was blocked by the user")
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "failed"), ("sms", "sent")]


def test_email_is_the_last_resort_even_when_left_out(reach: Reach) -> None:
    reach.link()
    reach.wish("telegram", "sms")
    reach.telegram.refusals[str(CHAT)] = refusal(403)
    reach.sms.says = Said(422, "bad number")
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "failed"), ("sms", "failed"), ("email", "sent")]


def test_a_first_failure_that_may_pass_hands_over_at_once_too(reach: Reach) -> None:
    """The next channel does not wait for Telegram to come back; whichever gets through first ends it."""
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "suppressed"), ("email", "sent")]
    reach.telegram.refusals.clear()
    reach.send(NOON + MINUTE)
    assert reach.telegram.sent == []


def test_both_are_tried_again_until_one_gets_through(reach: Reach, mail_server: MailServer) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    mail_server.refuse = "450 later"
    reach.complain()
    for seconds in (0, 5, 20):
        reach.send(NOON + seconds * SECOND)
    assert reach.rows == [("telegram", "pending"), ("email", "pending")]
    reach.telegram.refusals.clear()
    reach.send(NOON + 50 * SECOND)
    assert reach.rows == [("telegram", "sent"), ("email", "suppressed")]
    assert len(reach.telegram.sent) == 1


def test_a_repeat_carries_the_same_reference_whatever_the_channel(
    reach: Reach, mail_server: MailServer
) -> None:
    reach.wish("sms", "email")
    reach.sms.says = Said(503)
    reach.complain()
    reach.send()
    (mail,) = mail_server.received
    assert reach.sms.asked[0].json["id"] == mail["Message-ID"].strip("<>").partition("@")[0]


def test_letters_of_one_alert_to_one_person_are_one_conversation(
    reach: Reach, mail_server: MailServer
) -> None:
    reach.complain()
    reach.complain()
    reach.send()
    fire(NOON + 10 * MINUTE)
    reach.send(NOON + 10 * MINUTE)
    threads = [mail["References"] for mail in mail_server.received]
    assert len(threads) == 4
    assert len(set(threads)) == 2
    assert len({mail["Message-ID"] for mail in mail_server.received}) == 4


def test_when_every_channel_of_everybody_fails_the_next_step_comes_at_once(
    reach: Reach, mail_server: MailServer
) -> None:
    reach.link()
    reach.wish("telegram", "sms", "email")
    reach.telegram.refusals[str(CHAT)] = refusal(403)
    reach.sms.says = Said(400)
    mail_server.refuse = "550 no such person"
    case = reach.complain()
    reach.send()
    assert {row.state for row in rows_of(reach.chain, Notification)} == {"failed"}
    assert case.timers[1].due_at == NOON


def test_while_one_channel_may_yet_get_through_the_next_step_waits(
    reach: Reach, mail_server: MailServer
) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(403)
    mail_server.refuse = "450 later"
    case = reach.complain()
    reach.send()
    assert case.timers[1].due_at == NOON + 10 * MINUTE


def test_a_blocked_bot_marks_the_chat_broken_until_it_is_linked_again(reach: Reach) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(403, "Forbidden: bot was blocked by the user")
    case = reach.complain()
    reach.send()
    (address,) = rows_of(reach.chain, PersonalAddress)
    assert address.broken_at == NOON
    asked = len(reach.telegram.asked)
    fire(NOON + 10 * MINUTE)
    reach.send(NOON + 10 * MINUTE)
    assert len(reach.telegram.asked) == asked
    assert reach.rows[2:] == [("email", "sent")]

    reach.telegram.refusals.clear()
    reach.link()
    case.shopper_writes(now=NOON + 11 * MINUTE)
    fire(NOON + 11 * MINUTE)
    reach.send(NOON + 11 * MINUTE)
    assert reach.rows[-1] == ("telegram", "sent")


def test_a_chat_that_has_moved_is_followed(reach: Reach) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(400, "upgraded", migrate_to_chat_id=-100)
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "sent")]
    assert reach.telegram.sent[0]["chat_id"] == "-100"
    assert rows_of(reach.chain, PersonalAddress)[0].address == "-100"


def test_a_wait_that_telegram_asks_for_is_kept_and_others_hear_by_mail(reach: Reach) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(429, retry_after=40)
    reach.complain()
    reach.send()
    reach.telegram.refusals.clear()
    reach.complain()
    reach.send(NOON + 20 * SECOND)
    assert reach.telegram.sent == []
    assert len(rows_of(reach.chain, MailboxMessage)) == 2
    case = reach.complain()
    fire(NOON + 41 * SECOND)
    reach.send(NOON + 41 * SECOND)
    assert reach.telegram.texts[0].startswith(f"Alert {case.alert.number}: ")


def test_a_pace_only_delays(reach: Reach) -> None:
    reach.link()
    with transaction(reach.chain.organisation_id) as session:
        session.query(ChannelState).filter_by(channel="telegram").one().per_minute = 60
    for _ in range(4):
        reach.complain()
    reach.send()
    assert len(reach.telegram.sent) == 2
    reach.send(NOON + SECOND)
    reach.send(NOON + 2 * SECOND)
    assert len(reach.telegram.sent) == 4
    assert {row.attempts for row in rows_of(reach.chain, Notification)} == {1}
    assert rows_of(reach.chain, MailboxMessage) == []


def test_a_bot_that_was_disconnected_is_passed_over(reach: Reach) -> None:
    reach.link()
    reach.complain()
    with transaction(reach.chain.organisation_id) as session:
        disconnect_bot(session)
    reach.send()
    assert reach.rows == [("telegram", "failed"), ("email", "sent")]
    reach.complain()
    assert reach.rows[2:] == [("email", "pending")]


def test_quiet_hours_leave_the_phone_alone_while_somebody_else_is_told(reach: Reach) -> None:
    hire(reach.chain)
    reach.link()
    reach.wish("telegram", "email", quiet=DAY)
    reach.complain()
    reach.send()
    assert reach.rows == [("email", "sent"), ("email", "sent")]
    assert reach.telegram.sent == []


def test_the_promise_comes_before_quiet_hours(reach: Reach) -> None:
    """The store is open and nobody else of the step is awake."""
    reach.link()
    reach.wish("telegram", "email", quiet=DAY)
    reach.complain()
    reach.send()
    assert reach.rows == [("telegram", "sent")]


def test_a_critical_alert_knows_no_quiet_hours(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    hire(reach.chain)
    reach.link()
    reach.wish("telegram", "email", quiet=DAY)
    monkeypatch.setattr("app.alerts.actions.opening._severity", lambda *_: Severity.CRITICAL)
    reach.complain()
    assert rows_of(reach.chain, Alert)[0].severity == Severity.CRITICAL
    # The region hears first, the store a minute later, and both wait for the comment.
    fire(NOON + 2 * MINUTE)
    reach.send(NOON + 2 * MINUTE)
    assert ("telegram", "sent") in reach.rows
    assert {state for _, state in reach.rows} == {"sent"}


def test_whoever_was_spared_is_woken_when_nobody_else_can_be_told(
    reach: Reach, mail_server: MailServer
) -> None:
    hire(reach.chain)
    reach.link()
    reach.wish("telegram", "email", quiet=DAY)
    mail_server.refuse = "550 no such person"
    case = reach.complain()
    reach.send()
    assert sorted(reach.rows) == [("email", "failed"), ("email", "failed"), ("telegram", "sent")]
    assert case.timers[1].due_at == NOON + 10 * MINUTE


def test_news_at_night_come_by_mail(reach: Reach) -> None:
    """The store is closed, so no promise runs."""
    reach.link()
    reach.wish("telegram", "email", quiet=("22:00", "07:00"))
    case = reach.complain()
    case.call(now=NOON)
    night = NOON.replace(hour=23)
    case.shopper_writes(now=night)
    fire(night)
    reach.send(night)
    assert reach.rows[-1] == ("email", "sent")
    assert reach.telegram.sent == []


def test_nothing_of_a_shoppers_contact_goes_through_any_channel(
    reach: Reach, mail_server: MailServer
) -> None:
    reach.link()
    reach.wish("telegram", "sms")
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    reach.sms.says = Said(503)
    reach.complain()
    reach.send()
    said = [asked.body.decode() for asked in (*reach.telegram.asked, *reach.sms.asked)]
    said += [message.as_string() for message in mail_server.received]
    assert len(mail_server.received) == 1
    assert not any("671234567" in text or "67 123 45 67" in text for text in said)


def test_a_store_in_another_zone_tells_its_own_time(reach: Reach) -> None:
    with transaction(reach.chain.organisation_id) as session:
        store = session.query(Store).filter_by(id=reach.chain.store_id).one()
        store.time_zone = "Europe/Warsaw"
    reach.wish("sms")
    reach.complain()
    reach.send()
    assert "30 min left (until 13:30)" in reach.sms.asked[0].json["text"]


def test_a_telegram_that_is_away_holds_up_nobody_for_long(reach: Reach) -> None:
    """Two attempts find it out; after that people hear by the next channel without one."""
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(502)
    for _ in range(5):
        reach.complain()
    asked = len(reach.telegram.asked)
    reach.send()
    assert len(reach.telegram.asked) - asked == 2
    assert len(rows_of(reach.chain, MailboxMessage)) == 5


def test_a_channel_that_was_taken_out_of_the_product_is_passed_over(reach: Reach) -> None:
    reach.complain()
    with transaction(reach.chain.organisation_id) as session:
        session.query(Notification).one().channel = "pigeon"
    reach.send()
    assert reach.rows == [("pigeon", "failed"), ("email", "sent")]


def test_two_of_a_step_who_fail_at_once_do_not_rely_on_each_other(
    app: Flask, reach: Reach, mail_server: MailServer
) -> None:
    for n in range(3):
        hire(reach.chain, f"deputy{n}")
    mail_server.refuse = "550 no such person"
    case = reach.complain()
    together(app, [lambda: send_due_notifications(SECRET, BASE_URL, now=NOON, limit=1)] * 4)
    assert {state for _, state in reach.rows} == {"failed"}
    assert case.timers[1].due_at == NOON


def test_somebody_who_has_left_meanwhile_is_not_told_and_the_next_step_comes_at_once(reach: Reach) -> None:
    case = reach.complain()
    with transaction(reach.chain.organisation_id) as session:
        session.query(Membership).filter_by(id=reach.chain.manager_id).one().is_active = False
    reach.send()
    assert reach.rows == [("email", "failed")]
    assert rows_of(reach.chain, MailboxMessage) == []
    assert case.timers[1].due_at == NOON
