"""My notifications: the page where a member says how, and tries it."""

import re
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.notifications.actions import send_due_trials
from app.notifications.models import PersonalAddress, PersonalSettings, Trial
from app.notifications.rules import QuietHours
from tests.channels.telegram.test_sending import connect
from tests.fakes import Hands
from tests.fakes_channels import Said, Telegram, refusal
from tests.make import NOON, Chain, rows_of, sign_in
from tests.notifications.reach import CHAT, PHONE, Reach

PAGE = "/settings/notifications"
FORM = {
    "first": "sms",
    "second": "email",
    "third": "",
    "phone": "050 111 22 33",
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "time_zone": "Europe/Kyiv",
}
SECOND = timedelta(seconds=1)


@pytest.fixture
def manager(app: Flask, reach: Reach, hands: Hands) -> FlaskClient:
    """The store's manager, with every channel connected."""
    return sign_in(app, reach.chain)


@pytest.mark.parametrize("who", ["owner", "regional", "manager"])
def test_everybody_has_the_page(app: Flask, chain: Chain, who: str) -> None:
    browser = sign_in(app, chain, who)
    page = browser.get(PAGE).text
    assert f"{who}@nova.example" in page
    assert "connected no channel but e-mail" in page
    assert ('href="/settings/channels">Connect one' in page) == (who == "owner")
    assert f'href="{PAGE}"' in browser.get("/more").text


def test_what_is_said_is_kept(reach: Reach, manager: FlaskClient) -> None:
    assert manager.post(PAGE, data=FORM).status_code == 303
    (wish,) = rows_of(reach.chain, PersonalSettings)
    assert (wish.membership_id, wish.channels) == (reach.chain.manager_id, ["sms", "email"])
    assert (wish.quiet_from, wish.quiet_to, wish.time_zone) == ("22:00", "07:00", "Europe/Kyiv")
    assert rows_of(reach.chain, PersonalAddress)[0].address == PHONE
    page = manager.get(PAGE).text
    assert f'value="{PHONE}"' in page
    assert 'value="22:00"' in page


def test_without_a_number_there_is_no_sms(reach: Reach, manager: FlaskClient) -> None:
    manager.post(PAGE, data=FORM)
    assert manager.post(PAGE, data={**FORM, "first": "email", "second": "", "phone": ""}).status_code == 303
    assert rows_of(reach.chain, PersonalAddress) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": "", "second": "", "third": ""}, "Choose at least one channel."),
        ({"first": "pigeon"}, "Choose one that is in the list."),
        ({"second": "sms"}, "This channel is there twice."),
        ({"first": "telegram"}, "Link a chat first, below."),
        ({"phone": ""}, "Write a phone number"),
        ({"phone": "12"}, "Write a phone number"),
        ({"quiet_from": "25:00"}, "Write a time like 22:00."),
        ({"quiet_from": "я"}, "Write a time like 22:00."),
        ({"quiet_to": ""}, "Write both times, or neither."),
        ({"quiet_from": ""}, "Write both times, or neither."),
        ({"quiet_to": "22:00"}, "Write both times, or neither."),
        ({"time_zone": "Europe/Atlantis"}, "Choose one that is in the list."),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(
    reach: Reach, manager: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = manager.post(PAGE, data={**FORM, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Error:" in answer.text
    assert rows_of(reach.chain, PersonalSettings) == []
    manager.post(f"{PAGE}/email/test")
    assert manager.post(PAGE, data={**FORM, **changes}).status_code == 422


def test_a_code_is_shown_once_with_its_link(reach: Reach, manager: FlaskClient) -> None:
    shown = manager.post(f"{PAGE}/telegram/code").text
    found = re.search(r"https://t\.me/nova_alerts_bot\?start=([A-Za-z0-9_-]{22})\"", shown)
    assert found
    assert f"/start {found[1]}" in shown
    assert found[1] not in manager.get(PAGE).text


def test_without_a_bot_there_is_no_code(app: Flask, chain: Chain) -> None:
    assert sign_in(app, chain).post(f"{PAGE}/telegram/code").status_code == 404


def test_a_linked_chat_is_shown_and_unlinked(reach: Reach, manager: FlaskClient) -> None:
    reach.link()
    assert "Olena" in manager.get(PAGE).text
    assert manager.post(f"{PAGE}/telegram/unlink").status_code == 303
    assert rows_of(reach.chain, PersonalAddress) == []
    assert rows_of(reach.chain, PersonalSettings)[0].channels == ["email"]


def test_a_test_message_goes_the_way_of_alerts_and_its_end_is_shown(
    reach: Reach, manager: FlaskClient
) -> None:
    reach.link()
    assert manager.post(f"{PAGE}/telegram/test").status_code == 303
    assert "The test is on its way" in manager.get(PAGE).text
    assert send_due_trials(now=NOON) == 1
    assert reach.telegram.texts == ["Vidhuk: a test\n\nThis is a test. Alerts will arrive here."]
    assert "Test sent 25 Nov, 14:00" in manager.get(PAGE).text
    assert send_due_trials(now=NOON + 60 * SECOND) == 0


def test_a_test_that_fails_says_why(reach: Reach, manager: FlaskClient) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(403)
    manager.post(f"{PAGE}/telegram/test")
    send_due_trials(now=NOON)
    page = manager.get(PAGE).text
    assert "Test failed 25 Nov, 14:00" in page
    assert "The bot was blocked in Telegram." in page
    assert "Does not work" in page


def test_a_test_that_may_yet_work_is_tried_three_times(reach: Reach, manager: FlaskClient) -> None:
    reach.wish("sms")
    reach.sms.says = Said(503)
    manager.post(f"{PAGE}/sms/test")
    send_due_trials(now=NOON)
    assert "It is tried again" in manager.get(PAGE).text
    for seconds in (5, 20, 60, 120):
        send_due_trials(now=NOON + seconds * SECOND)
    assert len(reach.sms.asked) == 3
    (trial,) = rows_of(reach.chain, Trial)
    assert (trial.state, trial.failure, trial.due_at) == ("failed", "sms_503", None)


def test_a_chat_that_has_moved_is_followed_by_a_test_too(reach: Reach, manager: FlaskClient) -> None:
    reach.link()
    reach.telegram.refusals[str(CHAT)] = refusal(400, migrate_to_chat_id=-100)
    manager.post(f"{PAGE}/telegram/test")
    send_due_trials(now=NOON)
    send_due_trials(now=NOON)
    assert reach.telegram.sent[0]["chat_id"] == "-100"


def test_tests_come_one_at_a_time(reach: Reach, manager: FlaskClient, hands: Hands) -> None:
    assert manager.post(f"{PAGE}/email/test").status_code == 303
    assert manager.post(f"{PAGE}/email/test").status_code == 429
    hands.move(seconds=30)
    assert manager.post(f"{PAGE}/email/test").status_code == 303
    assert len(rows_of(reach.chain, Trial)) == 1


def test_each_test_is_a_message_of_its_own(reach: Reach, manager: FlaskClient, hands: Hands) -> None:
    from app.channels.email.models import MailboxMessage

    for _ in range(2):
        manager.post(f"{PAGE}/email/test")
        send_due_trials(now=hands.at)
        hands.move(minutes=1)
    assert len(rows_of(reach.chain, MailboxMessage)) == 2


@pytest.mark.parametrize("channel", ["telegram", "sms", "pigeon", "%00"])
def test_a_channel_that_does_not_reach_the_member_cannot_be_tried(
    reach: Reach, manager: FlaskClient, channel: str
) -> None:
    assert manager.post(f"{PAGE}/{channel}/test").status_code == 404


def test_nobody_sees_or_changes_what_another_has_said(app: Flask, reach: Reach, manager: FlaskClient) -> None:
    manager.post(PAGE, data=FORM)
    regional = sign_in(app, reach.chain, "regional")
    assert PHONE not in regional.get(PAGE).text
    regional.post(PAGE, data={**FORM, "phone": "067 123 45 67"})
    numbers = {row.membership_id: row.address for row in rows_of(reach.chain, PersonalAddress)}
    assert numbers == {reach.chain.manager_id: PHONE, reach.chain.regional_id: "+380671234567"}


def test_a_bot_alone_offers_a_link(app: Flask, chain: Chain, telegram: Telegram) -> None:
    connect(chain)
    page = sign_in(app, chain).get(PAGE).text
    assert "Link Telegram" in page
    assert "Phone number for SMS" not in page


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "holds"),
    [
        (22, 7, 21, False),
        (22, 7, 22, True),
        (22, 7, 3, True),
        (22, 7, 7, False),
        (13, 15, 12, False),
        (13, 15, 13, True),
        (13, 15, 15, False),
    ],
)
def test_quiet_hours_hold(begins: int, ends: int, hour: int, *, holds: bool) -> None:
    quiet = QuietHours(time(begins), time(ends), "Europe/Kyiv")
    assert quiet.hold(NOON.replace(hour=hour) - timedelta(hours=2)) == holds


def test_quiet_hours_follow_the_zone_through_the_year() -> None:
    quiet = QuietHours(time(22), time(7), "Europe/Kyiv")
    assert quiet.hold(NOON.replace(month=7, hour=19))  # 22:00 in summer
    assert not quiet.hold(NOON.replace(month=12, hour=19))  # 21:00 in winter
