"""The product's stories, told over HTTP with the clock moved: each beside what a worker and a ticker do."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.alerts.actions import fire_due_timers
from app.channels.email.models import MailboxMessage
from app.notifications.chats import listen
from app.touchpoints.doors import forget_doors
from app.touchpoints.scans import flush_scans
from tests.fakes import FakeClassifier, Hands, MailServer
from tests.fakes_channels import TOKEN, Telegram
from tests.make import Chain, sign_in
from tests.make import rows_of as rows
from worker import jobs
from worker.hurry import Hurry
from worker.relay import relay
from worker.sweep import sweep


class World:
    """A chain with its people, and everything that runs beside the web: ticker, relay, sweep, workers."""

    def __init__(self, app: Flask, chain: Chain, hands: Hands) -> None:
        self.app = app
        self.chain = chain
        self.hands = hands
        self.shopper = app.test_client()

    @property
    def manager(self) -> FlaskClient:
        """The store's manager, who signs in afresh: a night may have passed."""
        return sign_in(self.app, self.chain)

    @property
    def regional(self) -> FlaskClient:
        """The regional manager, likewise."""
        return sign_in(self.app, self.chain, "regional")

    def wait(self, **time: float) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.hands.move(**time)
        for _ in range(5):
            fire_due_timers(now=self.hands.at)
            relay(Hurry(None))
            sweep(Hurry(None), now=self.hands.at)

    def scan_and_tap(self, rating: int) -> str:
        """Open the code's page and tap; the address of the second step."""
        page = self.shopper.get(f"/q/{self.chain.code}?lang=en")
        fields = {name: _hidden(page, name) for name in ("key", "version")}
        answer = self.shopper.post(_action(page), data={**fields, "rating": str(rating)})
        assert answer.status_code == 303
        return answer.location

    def send(self, path: str, **fields: str) -> str:
        """Fill in the second step; the private link on the thanks page."""
        answer = self.shopper.post(path, data=fields)
        assert answer.status_code == 303
        link = re.search(r'href="[^"]*(/f/[^"]+)" id="link"', self.shopper.get(answer.location).text)
        assert link
        return link[1]

    def mails(self) -> list[tuple[str, str]]:
        """What lies in the mailbox: to whom, and about what."""
        return [(mail.recipient.partition("@")[0], mail.subject) for mail in rows(self.chain, MailboxMessage)]

    def api(self, client: FlaskClient) -> str:
        """The first alert's page as somebody sees it."""
        return client.get("/alerts/1").text


@pytest.fixture
def world(app: Flask, chain: Chain, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything runs, with a model that understands "bad" and "good"."""
    forget_doors()
    classifier = FakeClassifier()
    monkeypatch.setattr(jobs, "current_classifier", lambda: classifier)
    return World(app, chain, hands)


@pytest.fixture(autouse=True)
def _scans_are_stored(app: Flask, chain: Chain) -> object:
    yield
    flush_scans()


def _hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found[1]


def _action(page: TestResponse) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_complaint_is_answered_in_time(world: World) -> None:
    second = world.scan_and_tap(2)
    world.wait(seconds=20)
    assert world.mails() == []  # the comment may still come
    link = world.send(second, comment="bad queue at the till", contact="067 123 45 67")
    world.wait(seconds=1)
    assert world.mails() == [("manager", "Alert 1: rating 2, Store 1")]
    assert "bad queue" in rows(world.chain, MailboxMessage)[0].body

    page = world.manager.get("/alerts/1").text
    assert "+380 67 ••• ••67" in page
    assert 'href="tel:+380671234567"' in world.manager.post("/alerts/1/reveal").text
    assert "Negative" in page
    assert "30\xa0min left · until" in page
    world.wait(minutes=4)
    assert world.manager.post("/alerts/1/acknowledge").status_code == 303
    assert "Manager has this alert already." in world.regional.post("/alerts/1/acknowledge").text
    world.wait(minutes=6)
    world.manager.post("/alerts/1/call", data={"outcome": "no_answer"})
    world.wait(minutes=5)
    world.manager.post("/alerts/1/call", data={"outcome": "spoken"})
    assert "The store has answered you." in world.shopper.get(f"{link}?lang=en").text
    world.wait(minutes=60)
    settled = {"root_cause": "process_queue", "action_taken": "A second till"}
    assert world.manager.post("/alerts/1/resolve", data=settled).status_code == 303

    world.wait(days=7)
    page = world.manager.get("/alerts/1").text
    assert "Closed" in page
    assert "A second till" in page
    assert "Not answered in time" not in page
    assert world.mails() == [("manager", "Alert 1: rating 2, Store 1")]


def test_a_complaint_that_nobody_answers_goes_up(world: World) -> None:
    world.send(world.scan_and_tap(1), comment="bad service", contact="ann@example.com")
    for minute in range(31):
        world.wait(minutes=1 if minute else 0)
    assert world.mails() == [
        ("manager", "Alert 1: rating 1, Store 1"),
        ("manager", "Alert 1: rating 1, Store 1"),
        ("regional", "Alert 1: still not answered, Store 1"),
        ("regional", "Alert 1 is yours now: not answered in time, Store 1"),
    ]
    page = world.regional.get("/alerts/1").text
    assert "In the hands of: Regional" in page
    assert "Not answered in time" in page
    assert "Regional has this alert already." in world.manager.post("/alerts/1/acknowledge").text

    reply = {"reply": "We are sorry about the queue", "via": "email"}
    assert world.regional.post("/alerts/1/reply", data=reply).status_code == 303
    world.wait(seconds=1)
    assert world.mails()[-1] == ("ann", "Your feedback about Store 1")
    page = world.regional.get("/alerts/1").text
    assert "Answer confirmed" in page
    assert page.count("Not answered in time") >= 2  # the badge and the history: it stays a breach


def test_an_anonymous_shopper_is_answered_on_the_private_page(world: World) -> None:
    link = world.send(world.scan_and_tap(4), comment="bad smell")
    world.wait(seconds=1)
    reply = {"reply": "We have cleaned the hall", "via": "return_page"}
    world.manager.post("/alerts/1/reply", data=reply)
    assert "Reply not opened yet" in world.api(world.manager)
    page = world.shopper.get(f"{link}?lang=en").text
    assert "We have cleaned the hall" in page
    world.shopper.post(f"{link}/seen")
    assert "Answer confirmed" in world.api(world.manager)
    world.manager.post("/alerts/1/resolve", data={"root_cause": "place_cleanliness"})
    world.wait(days=1)
    world.shopper.post(link, data={"text": "It smells again"})
    world.wait(seconds=1)
    assert world.mails()[-1] == ("manager", "Alert 1: there is news, Store 1")
    assert "It smells again" in rows(world.chain, MailboxMessage)[-1].body
    assert "In hand" in world.api(world.manager)


def test_praise_disturbs_nobody(world: World) -> None:
    world.send(world.scan_and_tap(10), comment="good people")
    world.wait(minutes=61)
    assert world.mails() == []
    assert world.manager.get("/alerts/1").status_code == 404


def test_an_angry_comment_under_a_good_rating_is_heard(world: World) -> None:
    world.send(world.scan_and_tap(9), comment="bad till, wrong price")
    world.wait(seconds=1)
    assert world.mails() == [("manager", "Alert 1: rating 9, Store 1")]


def test_a_slip_of_the_finger_disturbs_nobody(world: World) -> None:
    second = world.scan_and_tap(1)
    change = re.search(r'href="(/q/[^"]+)">Change', world.shopper.get(second).text)
    assert change
    page = world.shopper.get(change[1].replace("&amp;", "&"))
    world.wait(seconds=30)
    fields = {name: _hidden(page, name) for name in ("key", "version")}
    assert world.shopper.post(_action(page), data={**fields, "rating": "10"}).status_code == 303
    world.wait(minutes=61)
    assert world.mails() == []
    assert "Corrected by the shopper" in world.api(world.manager)


def test_a_bare_tap_is_looked_into(world: World) -> None:
    world.scan_and_tap(3)
    world.wait(seconds=90)
    assert world.mails() == [("manager", "Alert 1: rating 3, Store 1")]
    assert "Take it until" in rows(world.chain, MailboxMessage)[0].body
    world.manager.post("/alerts/1/acknowledge")
    world.manager.post("/alerts/1/resolve")
    world.wait(minutes=61)
    assert len(world.mails()) == 1
    assert "Not answered in time" not in world.api(world.manager)


def test_a_complaint_at_night_waits_for_the_morning(world: World) -> None:
    world.hands.at = world.hands.at.replace(hour=21)
    link = world.send(world.scan_and_tap(2), comment="bad parking")
    world.wait(hours=9, minutes=59)
    assert world.mails() == []
    world.wait(minutes=1)
    assert world.mails() == [("manager", "Alert 1: rating 2, Store 1")]
    assert "30\xa0min left · until" in world.api(world.manager)
    assert link.startswith("/f/")


def test_a_tap_on_the_phone_takes_the_alert(world: World, telegram: Telegram) -> None:
    """Telegram from the settings page to the button: nobody signs in on the phone."""
    owner, phone = sign_in(world.app, world.chain, "owner"), world.app.test_client()
    assert owner.post("/settings/channels/telegram", data={"token": TOKEN}).status_code == 303
    code = re.search(r"\?start=([\w-]{22})", world.manager.post("/settings/notifications/telegram/code").text)
    assert code
    telegram.write(f"/start {code[1]}")
    listen(now=world.hands.at)
    world.send(world.scan_and_tap(2), comment="bad queue at the till", contact="067 123 45 67")
    world.wait(seconds=1)
    _linked, message = telegram.sent
    assert message["text"] == (
        "Alert 1: rating 2, Store 1\n\nStore 1, rating 2 of 10\n\n> bad queue at the till\n\n"
        "Answer until 25 Nov, 14:30."
    )
    ((button,),) = message["reply_markup"]["inline_keyboard"]
    assert button["text"] == "Take it"
    link = button["url"].removeprefix(world.app.config["VIDHUK"].base_url)
    world.wait(minutes=4)
    assert "Take it as Manager" in phone.get(link).text
    assert "You have taken this alert." in phone.post(link).text
    world.wait(minutes=15)
    assert len(telegram.sent) == 2  # the 10-minute step asked whether anybody has taken it
    assert world.mails() == []
    world.wait(minutes=1)
    assert world.mails() == [("regional", "Alert 1: still not answered, Store 1")]


def test_when_every_channel_fails_the_alert_climbs_at_once_and_the_page_says_so(
    world: World, mail_server: MailServer
) -> None:
    mail_server.refuse = "550 no such person"
    world.send(world.scan_and_tap(1), comment="bad service")
    world.wait(seconds=1)
    for _ in range(4):
        world.wait(seconds=2)
    words = "Nobody could be told of alert 1: every channel failed."
    assert words in world.manager.get("/alerts").text
    assert words in world.regional.get("/").text
    assert words not in sign_in(world.app, world.chain, "other").get("/alerts").text
    assert "/alerts/1" in world.manager.get("/alerts").text
    world.manager.post("/alerts/1/acknowledge")
    world.manager.post("/alerts/1/dismiss", data={"reason": "test"})
    assert words not in world.manager.get("/alerts").text
