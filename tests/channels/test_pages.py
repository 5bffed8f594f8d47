"""The organisation's channels on their pages: connected, tried, told of when they do not work."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.channels import ChannelFailure
from app.channels.actions import note_result
from app.channels.models import ChannelState
from app.channels.sms.models import SmsGateway
from app.channels.telegram.models import TelegramBot
from app.db import transaction
from app.web.health import alerting_faults
from tests.channels.sms.test_sending import connect as connect_sms
from tests.channels.telegram.test_sending import connect as connect_bot
from tests.fakes_channels import TOKEN, Said, SmsServer, Telegram, refusal
from tests.make import NOON, Chain, rows_of, sign_in

BODY = '{"to": "{digits}", "text": "{text}", "key": "{secret}"}'
PAGES = ("/settings/channels", "/settings/channels/telegram", "/settings/channels/sms")


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """Who may set channels up."""
    return sign_in(app, chain, "owner")


def gateway_form(url: str, /, **more: str) -> dict[str, str]:
    """What is typed about a provider."""
    typed = {"url": url, "method": "POST", "kind": "json", "headers": "X-Key: {secret}", "body": BODY}
    return {**typed, "secret": "s3cret", "path": "", "pattern": "", "per_minute": "60", **more}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["regional", "manager"])
def test_only_whoever_may_edit_settings_gets_there(app: Flask, chain: Chain, path: str, who: str) -> None:
    assert sign_in(app, chain, who).get(path).status_code == 403
    assert 'href="/settings/channels"' not in sign_in(app, chain, who).get("/more").text


def test_a_bot_is_asked_for_its_name_and_kept_sealed(
    chain: Chain, owner: FlaskClient, telegram: Telegram
) -> None:
    assert owner.post(PAGES[1], data={"token": f" {TOKEN} "}).status_code == 303
    page = owner.get(PAGES[1]).text
    assert "@nova_alerts_bot" in page
    assert TOKEN not in page
    (bot,) = rows_of(chain, TelegramBot)
    assert TOKEN not in bot.token_sealed
    (deed,) = rows_of(chain, AuditEntry)
    assert (deed.deed, deed.subject, deed.data) == (
        "channel.changed",
        "telegram",
        {"change": "connected", "bot": "nova_alerts_bot"},
    )


@pytest.mark.parametrize("token", ["", "hello", TOKEN + "/", "1:2", "я" * 50])
def test_what_is_no_token_is_refused_before_anybody_is_asked(
    owner: FlaskClient, telegram: Telegram, token: str
) -> None:
    answer = owner.post(PAGES[1], data={"token": token})
    assert answer.status_code == 422
    assert "A token looks like" in answer.text
    assert telegram.asked == []


def test_a_token_that_telegram_does_not_know_is_refused(
    chain: Chain, owner: FlaskClient, telegram: Telegram
) -> None:
    telegram.token = "another"
    answer = owner.post(PAGES[1], data={"token": TOKEN})
    assert (answer.status_code, "Telegram does not know this token." in answer.text) == (422, True)
    assert TOKEN not in answer.text
    assert rows_of(chain, TelegramBot) == []


def test_a_bot_that_reports_to_another_program_is_refused(owner: FlaskClient, telegram: Telegram) -> None:
    telegram.webhook = "https://other.example/hook"
    answer = owner.post(PAGES[1], data={"token": TOKEN})
    assert (answer.status_code, "Another program reads" in answer.text) == (422, True)


def test_a_bot_serves_one_organisation(owner: FlaskClient, foreign_chain: Chain, telegram: Telegram) -> None:
    connect_bot(foreign_chain)
    answer = owner.post(PAGES[1], data={"token": TOKEN})
    assert (answer.status_code, "Another organisation here uses this bot." in answer.text) == (422, True)


def test_a_telegram_that_is_away_is_told(owner: FlaskClient, telegram: Telegram) -> None:
    telegram.faults = [refusal(502)]
    answer = owner.post(PAGES[1], data={"token": TOKEN})
    assert (answer.status_code, "Telegram answered with status 502." in answer.text) == (422, True)


def test_a_new_token_goes_on_where_the_bot_was_and_another_bot_begins_anew(
    chain: Chain, owner: FlaskClient, telegram: Telegram
) -> None:
    owner.post(PAGES[1], data={"token": TOKEN})
    with transaction(chain.organisation_id) as session:
        session.query(TelegramBot).one().next_update = 5
    owner.post(PAGES[1], data={"token": TOKEN})
    assert rows_of(chain, TelegramBot)[0].next_update == 5
    telegram.bot_id = 7
    owner.post(PAGES[1], data={"token": TOKEN})
    (bot,) = rows_of(chain, TelegramBot)
    assert (bot.bot_id, bot.next_update) == ("7", None)


def test_a_bot_is_disconnected_by_its_name(chain: Chain, owner: FlaskClient, telegram: Telegram) -> None:
    owner.post(PAGES[1], data={"token": TOKEN})
    assert owner.post(f"{PAGES[1]}/remove", data={"confirm": "no"}).status_code == 422
    assert owner.post(f"{PAGES[1]}/remove", data={"confirm": "@Nova_alerts_bot"}).status_code == 303
    assert rows_of(chain, TelegramBot) == []
    assert rows_of(chain, ChannelState) == []
    assert owner.post(f"{PAGES[1]}/remove", data={"confirm": ""}).status_code == 303


def test_a_provider_is_kept_and_shown_without_its_secret(
    chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    answer = owner.post(PAGES[2], data=gateway_form(sms_server.url, pattern="^0$", path="code"))
    assert answer.status_code == 303, answer.text
    page = owner.get(PAGES[2]).text
    assert "X-Key: {secret}" in page
    assert "s3cret" not in page
    assert rows_of(chain, ChannelState)[0].per_minute == 60
    assert sms_server.asked == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("url", "ftp://sms.example", "This is no address of the web."),
        ("url", "http://10.0.0.1/", "The address leads into a private network."),
        ("url", "http://user:pass@127.0.0.1/", "Put the user and password into a header"),
        ("method", "DELETE", "Choose one that is in the list."),
        ("kind", "xml", "Choose one that is in the list."),
        ("headers", "no header", "Write one header a line"),
        ("body", "{}", "Say where the number and the text belong"),
        ("body", '{"to": "{to}", "text": {text}}', "With the places filled this cannot be read"),
        ("pattern", "(", "This is no regular expression."),
        ("per_minute", "0", "Write a number from 1 to 6000."),
        ("per_minute", "9" * 30, "Write a number from 1 to 6000."),
        ("per_minute", "٣", "Write a number from 1 to 6000."),
        ("secret", "секрет", "A secret has at most 500 Latin letters"),
        ("url", "https://" + "a" * 3_000, "Shorten this text."),
    ],
)
def test_what_could_never_work_is_refused_in_words(
    owner: FlaskClient, sms_server: SmsServer, *, field: str, value: str, words: str
) -> None:
    answer = owner.post(PAGES[2], data=gateway_form(sms_server.url, **{field: value}))
    assert answer.status_code == 422
    assert words in answer.text
    assert "s3cret" not in answer.text


def test_trying_it_shows_the_answer_without_the_secret(
    chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    owner.post(PAGES[2], data=gateway_form(sms_server.url))
    sms_server.says = Said(200, '{"ok": true, "you_said": "s3cret"}')
    answer = owner.post(f"{PAGES[2]}/test", data={"number": "050 111 22 33"})
    assert "The provider took it." in answer.text
    assert "you_said" in answer.text
    assert "s3cret" not in answer.text
    assert sms_server.asked[0].json["to"] == "380501112233"
    assert rows_of(chain, ChannelState)[0].last_worked_at is not None


def test_a_provider_that_refuses_is_shown_with_its_reason(
    chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    owner.post(PAGES[2], data=gateway_form(sms_server.url))
    sms_server.says = Said(401, "<script>alert(1)</script> no money")
    answer = owner.post(f"{PAGES[2]}/test", data={"number": "050 111 22 33"})
    assert "The provider answered with status 401." in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "SMS does not work." in owner.get("/").text


def test_a_silent_provider_and_a_wrong_number_are_told(owner: FlaskClient, sms_server: SmsServer) -> None:
    owner.post(PAGES[2], data=gateway_form("http://127.0.0.1:9/"))
    answer = owner.post(f"{PAGES[2]}/test", data={"number": "050 111 22 33"})
    assert "The server cannot be reached." in answer.text
    for number in ("", "12", "a@b.example", "я", "+" * 500):
        assert owner.post(f"{PAGES[2]}/test", data={"number": number}).status_code == 422


def test_trying_before_anything_is_connected_is_told(owner: FlaskClient) -> None:
    answer = owner.post(f"{PAGES[2]}/test", data={"number": "050 111 22 33"})
    assert answer.status_code == 200


def test_an_empty_secret_keeps_the_one_there_and_the_box_forgets_it(
    chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    owner.post(PAGES[2], data=gateway_form(sms_server.url))
    owner.post(PAGES[2], data=gateway_form(sms_server.url, secret=""))
    assert rows_of(chain, SmsGateway)[0].secret_sealed
    owner.post(PAGES[2], data=gateway_form(sms_server.url, secret="", no_secret="1"))
    assert rows_of(chain, SmsGateway)[0].secret_sealed is None


def test_a_provider_is_disconnected_by_a_word(
    chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    owner.post(PAGES[2], data=gateway_form(sms_server.url))
    assert owner.post(f"{PAGES[2]}/remove", data={"confirm": ""}).status_code == 422
    assert owner.post(f"{PAGES[2]}/remove", data={"confirm": "sms"}).status_code == 303
    assert rows_of(chain, SmsGateway) == []


def test_the_list_says_how_each_channel_does(chain: Chain, owner: FlaskClient, telegram: Telegram) -> None:
    connect_bot(chain)
    with transaction(chain.organisation_id) as session:
        note_result(session, "email", None, now=NOON)
        note_result(session, "telegram", ChannelFailure("token_refused", is_permanent=True), now=NOON)
    page = owner.get(PAGES[0]).text
    assert page.count("Does not work") == 1
    assert "Telegram does not know this token." in page
    assert "25 Nov, 14:00" in page
    assert "Not connected" in page


def test_everybody_sees_that_a_channel_is_down_and_who_may_mend_it_is_led_there(
    app: Flask, chain: Chain, foreign_chain: Chain, owner: FlaskClient
) -> None:
    with transaction(chain.organisation_id) as session:
        note_result(session, "telegram", ChannelFailure("token_refused", is_permanent=True), now=NOON)
    words = "Telegram does not work. Until it does"
    manager = sign_in(app, chain).get("/alerts").text
    assert (words in manager, 'href="/settings/channels">' in manager) == (True, False)
    assert 'href="/settings/channels">See to it' in owner.get("/alerts").text
    assert words not in sign_in(app, foreign_chain, "owner").get("/alerts").text
    with transaction(chain.organisation_id) as session:
        note_result(session, "telegram", None, now=NOON)
    assert words not in owner.get("/alerts").text


def test_monitors_hear_when_nothing_of_an_organisation_works(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        note_result(session, "telegram", ChannelFailure("token_refused", is_permanent=True), now=NOON)
        note_result(session, "email", None, now=NOON)
    assert "channels" not in alerting_faults(NOON)
    with transaction(chain.organisation_id) as session:
        note_result(session, "email", ChannelFailure("smtp", is_permanent=True), now=NOON)
    assert "no channel that works" in alerting_faults(NOON)["channels"]


def test_two_chains_have_channels_of_their_own(
    chain: Chain, foreign_chain: Chain, owner: FlaskClient, sms_server: SmsServer
) -> None:
    connect_sms(foreign_chain, sms_server.url)
    page = owner.get(PAGES[2]).text
    assert sms_server.url not in page
    assert "Try it" not in page
