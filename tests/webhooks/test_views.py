"""The pages of webhooks, as their owner meets them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.db import transaction
from app.webhooks.actions import pause_endpoint
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import TYPES
from tests.channels.http.zoo import LOOPBACK, Receiver, answers
from tests.fakes import Hands
from tests.make import NOON, Chain, make_response, rows_of, sign_in
from tests.webhooks.cast import SOMEBODY, add_endpoint, deliveries, endpoint_of, only_delivery, send

pytestmark = pytest.mark.usefixtures("hands")
URL = "https://8.8.8.8/hooks"
FORM = {
    "url": URL,
    "description": "CRM",
    "event_types": ["alert.opened", "response.received"],
    "stores": "s1",
}
SETTINGS = "/settings/webhooks"


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def held_back(chain: Chain, count: int = 2) -> UUID:
    """A paused endpoint with what was held back meanwhile."""
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    for _ in range(count):
        make_response(chain, 9)
    return endpoint_id


def test_a_new_endpoint_shows_its_secret_once(owner: FlaskClient, chain: Chain) -> None:
    assert "No system is told yet" in owner.get(SETTINGS).text
    page = owner.post(f"{SETTINGS}/new", data=FORM)
    assert page.status_code == 200
    (secret,) = re.findall(r"<code>(whsec_[^<]+)</code>", page.text)
    assert page.headers["Cache-Control"] == "no-store"
    (endpoint,) = rows_of(chain, WebhookEndpoint)
    assert (endpoint.url, endpoint.event_types) == (URL, ["response.received", "alert.opened"])
    assert endpoint.store_ids == [str(chain.store_id)]
    for path in (SETTINGS, f"{SETTINGS}/{endpoint.id}", f"{SETTINGS}/{endpoint.id}/edit"):
        assert secret not in owner.get(path).text
    assert [entry.doer for entry in rows_of(chain, AuditEntry)] == ["Owner"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": ""}, "Write the address of the receiver."),
        ({"url": "crm.example/hooks"}, "This is no address of a receiver."),
        ({"url": "http://8.8.8.8/"}, "The address must begin with https://"),
        ({"url": "https://8.8.8.8:6379/"}, "Only the ports 443 and 8443"),
        ({"url": "https://me:pw@8.8.8.8/"}, "Leave name and password out"),
        ({"url": "https://127.0.0.1/"}, "This leads into a private network."),
        ({"url": "https://2130706433/"}, "This leads into a private network."),
        ({"url": "https://[::1]/"}, "This leads into a private network."),
        ({"event_types": []}, "Choose at least one event."),
        ({"event_types": ["webhook.test", "nonsense"]}, "Choose at least one event."),
        ({"stores": "S1, X9"}, "There is no store X9."),
        ({"stores": ",".join(f"A{n}" for n in range(501))}, "Name at most 500 stores"),
        ({"description": "x" * 121}, "Shorten this text."),
    ],
)
def test_a_form_that_is_not_right_is_shown_again(
    owner: FlaskClient, chain: Chain, change: dict[str, object], words: str
) -> None:
    sent = {**FORM, **change}
    page = owner.post(f"{SETTINGS}/new", data=sent)
    assert page.status_code == 422
    assert words in page.text
    assert f'value="{sent["url"]}"' in page.text
    assert rows_of(chain, WebhookEndpoint) == []


def test_one_endpoint_too_many_is_told_in_words(owner: FlaskClient, chain: Chain) -> None:
    for _ in range(20):
        add_endpoint(chain)
    page = owner.post(f"{SETTINGS}/new", data=FORM)
    assert page.status_code == 422
    assert "There are 20 endpoints already." in page.text


def test_an_endpoint_can_be_changed(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, stores=[chain.store_id])
    form = owner.get(f"{SETTINGS}/{endpoint_id}/edit").text
    assert form.count(" checked") == len(TYPES)
    assert 'value="S1"' in form
    page = owner.post(f"{SETTINGS}/{endpoint_id}/edit", data={**FORM, "stores": ""})
    assert page.status_code == 303
    endpoint = endpoint_of(chain, endpoint_id)
    assert (endpoint.url, endpoint.store_ids) == (URL, [])
    assert owner.post(f"{SETTINGS}/{endpoint_id}/edit", data={**FORM, "url": "x"}).status_code == 422


def test_a_test_event_goes_the_way_of_every_event(owner: FlaskClient, app: Flask, chain: Chain) -> None:
    with Receiver(answers(200, b"hello <b>back</b>")) as receiver:
        endpoint_id, _ = add_endpoint(chain, receiver.url)
        answer = owner.post(f"{SETTINGS}/{endpoint_id}/test")
        assert answer.status_code == 303
        page = owner.get(answer.location).text
        assert "It is being sent." in page
        assert "waiting.js" in page
        send()
    page = owner.get(answer.location).text
    assert "waiting.js" not in page
    assert "Status 200" in page
    assert "hello &lt;b&gt;back&lt;/b&gt;" in page
    assert "This is a test. Nothing happened in any store." in page


def test_the_log_shows_what_failed_and_why(owner: FlaskClient, chain: Chain) -> None:
    add_endpoint(chain, "http://127.0.0.1:9/down", types=["response.received"])
    make_response(chain, 9)
    send()
    page = owner.get(f"{SETTINGS}/deliveries").text
    assert "The receiver does not take connections" in page
    assert "Waiting" in page
    assert "Nothing fits these filters." in owner.get(f"{SETTINGS}/deliveries?state=failed").text
    assert "A shopper has answered" in owner.get(f"{SETTINGS}/deliveries?state=pending").text
    page = owner.get(f"{SETTINGS}/deliveries/{only_delivery(chain).id}").text
    assert "Next attempt" in page
    assert "Try now" in page


def test_the_log_comes_in_pages(owner: FlaskClient, chain: Chain) -> None:
    held_back(chain, 53)
    first = owner.get(f"{SETTINGS}/deliveries?state=cancelled")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following
    second = owner.get(following[1].replace("&amp;", "&"))
    shown = [re.findall(r"/deliveries/([0-9a-f-]{36})", page.text) for page in (first, second)]
    assert [len(ids) for ids in shown] == [50, 3]
    assert len({*shown[0], *shown[1]}) == 53


@pytest.mark.parametrize("query", ["state=x", "to=x", "before=x", "before=" + str(UUID(int=7)), "state=%00"])
def test_a_filter_that_means_nothing_narrows_nothing(owner: FlaskClient, chain: Chain, query: str) -> None:
    held_back(chain)
    page = owner.get(f"{SETTINGS}/deliveries?{query}")
    assert page.status_code == 200
    assert len(re.findall(r"/deliveries/[0-9a-f-]{36}", page.text)) == 2


def test_a_pause_and_its_end(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    assert owner.post(f"{SETTINGS}/{endpoint_id}/pause").status_code == 303
    make_response(chain, 9)
    page = owner.get(f"{SETTINGS}/{endpoint_id}").text
    assert "Somebody paused this endpoint." in page
    assert "Send 1 event that was not delivered" in page
    assert owner.post(f"{SETTINGS}/{endpoint_id}/enable", data={"replay": "1"}).status_code == 303
    assert only_delivery(chain).state == "pending"
    assert "Somebody paused" not in owner.get(f"{SETTINGS}/{endpoint_id}").text


def test_enabling_alone_sends_only_what_is_new(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id = held_back(chain)
    owner.post(f"{SETTINGS}/{endpoint_id}/enable")
    assert {row.state for row in deliveries(chain)} == {"cancelled"}
    page = owner.post(f"{SETTINGS}/{endpoint_id}/replay", data={"hours": "24"})
    assert "2 deliveries are sent again." in page.text
    assert {row.state for row in deliveries(chain)} == {"pending"}


def test_one_delivery_can_be_sent_again(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id = held_back(chain, 1)
    path = f"{SETTINGS}/deliveries/{only_delivery(chain).id}"
    assert owner.post(f"{path}/replay").status_code == 409
    owner.post(f"{SETTINGS}/{endpoint_id}/enable")
    assert owner.post(f"{path}/replay").status_code == 303
    assert only_delivery(chain).state == "pending"


def test_a_new_secret_is_shown_once_too(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id, old = add_endpoint(chain)
    page = owner.post(f"{SETTINGS}/{endpoint_id}/rotate").text
    (secret,) = re.findall(r"<code>(whsec_[^<]+)</code>", page)
    assert secret != old
    assert "goes on signing beside it for 24 hours" in page
    assert "Two secrets sign until" in owner.get(f"{SETTINGS}/{endpoint_id}").text


def test_an_endpoint_is_removed_only_once_its_name_is_typed(owner: FlaskClient, chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain)
    for typed in ("", "crm", "https://crm.example/hooks"):
        page = owner.post(f"{SETTINGS}/{endpoint_id}/remove", data={"confirm": typed})
        assert page.status_code == 422
        assert "Type the name to confirm: crm.example" in page.text
    assert (
        owner.post(f"{SETTINGS}/{endpoint_id}/remove", data={"confirm": " CRM.example "}).status_code == 303
    )
    assert rows_of(chain, WebhookEndpoint) == []


def test_an_endpoint_that_was_given_up_is_told_on_top(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    with Receiver(answers(410)) as receiver:
        endpoint_id, _ = add_endpoint(chain, receiver.url, types=["response.received"])
        make_response(chain, 9)
        send()
    assert "Nothing is sent to 127.0.0.1 any more." in owner.get(SETTINGS).text
    assert "The receiver answered 410" in owner.get(f"{SETTINGS}/{endpoint_id}").text


def test_one_that_fails_is_told_with_its_time(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    endpoint_id, _ = add_endpoint(chain, "http://127.0.0.1:9/down", types=["response.received"])
    make_response(chain, 9)
    send()
    hands.at = NOON + timedelta(hours=1)
    assert "Failing" in owner.get(SETTINGS).text
    assert "Every attempt has failed since 25 Nov, 14:00." in owner.get(f"{SETTINGS}/{endpoint_id}").text


def test_only_who_may_change_settings_sees_any_of_it(app: Flask, chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain)
    manager = sign_in(app, chain, "manager")
    assert SETTINGS not in manager.get("/more").text
    for path in (SETTINGS, f"{SETTINGS}/new", f"{SETTINGS}/{endpoint_id}", f"{SETTINGS}/deliveries"):
        assert manager.get(path).status_code == 403
    assert manager.post(f"{SETTINGS}/{endpoint_id}/pause").status_code == 403
    assert endpoint_of(chain, endpoint_id).is_active


def test_what_belongs_to_others_is_not_there(owner: FlaskClient, chain: Chain, foreign_chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(foreign_chain)
    make_response(foreign_chain, 9)
    delivery_id = only_delivery(foreign_chain).id
    for path in (f"/{endpoint_id}", f"/{endpoint_id}/edit", f"/deliveries/{delivery_id}"):
        assert owner.get(f"{SETTINGS}{path}").status_code == 404
    for path in ("pause", "enable", "rotate", "test", "replay", "remove", "edit"):
        assert owner.post(f"{SETTINGS}/{endpoint_id}/{path}", data=FORM).status_code == 404, path
    assert owner.post(f"{SETTINGS}/deliveries/{delivery_id}/replay").status_code == 404
    assert owner.get(f"{SETTINGS}/deliveries?to={endpoint_id}").text.count("<tr>") == 0


def test_a_network_of_the_operator_can_be_saved(owner: FlaskClient, app: Flask, chain: Chain) -> None:
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update={"allow_private_targets": LOOPBACK})
    page = owner.post(f"{SETTINGS}/new", data={**FORM, "url": "http://127.0.0.1:8080/hook"})
    app.config["VIDHUK"] = own
    assert page.status_code == 200
