"""The manager's pages: what they show, what can be done there, and who may not."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.actions import add_member, create_user
from app.accounts.rules import Role
from app.alerts.models import Alert, Message
from app.alerts.rules import AlertState
from app.db import transaction
from app.web.languages import LANGUAGES
from tests.alerts.deeds import Case, fire
from tests.fakes import Hands
from tests.make import NOON, PASSWORD, Chain, make_response, rows_of, sign_in

MINUTE = timedelta(minutes=1)
DEEDS = {
    "acknowledge": {},
    "call": {"outcome": "spoken"},
    "reply": {"reply": "Дякуємо", "via": "return_page"},
    "note": {"note": "Подзвонити"},
    "resolve": {"root_cause": "process_queue"},
    "dismiss": {"reason": "spam"},
}
REFUSED = {
    "call": ({}, {"outcome": "maybe"}, {"outcome": ["spoken", "no_answer"]}),
    "reply": (
        {"via": "return_page"},
        {"reply": " \u200b", "via": "return_page"},
        {"reply": "a" * 2_001, "via": "return_page"},
        {"reply": "Дякуємо"},
        {"reply": "Дякуємо", "via": "pigeon"},
        {"reply": "Дякуємо", "via": "email"},
    ),
    "note": ({}, {"note": ""}, {"note": "a" * 2_001}),
    "resolve": ({"root_cause": "weather"}, {"root_cause": ["place_climate", "place_access"]}),
    "dismiss": ({}, {"reason": "boring"}, {"reason": "corrected"}),
}


@pytest.fixture
def case(chain: Chain, hands: Hands) -> Case:
    """A complaint with words and a telephone number."""
    return Case(chain, make_response(chain, 2, comment="Черга <b>до каси</b>", contact="067 123 45 67"))


@pytest.fixture
def manager(app: Flask, chain: Chain, case: Case) -> FlaskClient:
    """The browser of the store's manager."""
    return sign_in(app, chain)


def test_the_page_shows_all_that_is_known(chain: Chain, case: Case, manager: FlaskClient) -> None:
    fire(NOON)
    page = manager.get(f"/alerts/{case.alert.number}").text
    for part in (
        "No. 1 · Store 1",
        "Черга &lt;b&gt;до каси&lt;/b&gt;",
        "+380 67 ••• ••67",
        "30\u00a0min left · until 14:30",
        "People told: <bdi>Manager</bdi>",
        "Take it",
    ):
        assert part in page, part
    assert "<b>до каси" not in page


def test_the_next_level_is_the_one_that_would_come(case: Case, manager: FlaskClient) -> None:
    fire(NOON)
    assert "25 Nov, 14:10: next level" in manager.get("/alerts/1").text
    case.acknowledge(now=NOON)
    assert "25 Nov, 14:20: next level" in manager.get("/alerts/1").text


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_is_done_by_a_post_and_leads_back(
    chain: Chain, case: Case, manager: FlaskClient, deed: str
) -> None:
    if deed == "resolve":
        case.call(now=NOON)
    answer = manager.post(f"/alerts/1/{deed}", data=DEEDS[deed])
    assert (answer.status_code, answer.location) == (303, "/alerts/1")
    expected = {
        "acknowledge": AlertState.ACKNOWLEDGED,
        "call": AlertState.ANSWERED,
        "reply": AlertState.ANSWERED,
        "note": AlertState.NEW,
        "resolve": AlertState.RESOLVED,
        "dismiss": AlertState.DISMISSED,
    }
    assert case.state == expected[deed]
    assert manager.get("/alerts/1").status_code == 200


@pytest.mark.parametrize("deed", DEEDS)
def test_looking_changes_nothing(case: Case, manager: FlaskClient, deed: str) -> None:
    """Mail scanners and link previews open every link."""
    answer = manager.get(f"/alerts/1/{deed}")
    assert answer.status_code == 405
    assert manager.head(f"/alerts/1/{deed}").status_code == 405
    manager.get("/alerts/1")
    manager.get("/alerts")
    assert (case.state, case.deeds) == (AlertState.NEW, ["opened", "completed"])


@pytest.mark.parametrize(
    ("deed", "number"), [(deed, n) for deed, all_ in REFUSED.items() for n in range(len(all_))]
)
def test_what_cannot_be_done_is_said_on_the_same_page(
    case: Case, manager: FlaskClient, deed: str, number: int
) -> None:
    if deed == "resolve":
        case.call(now=NOON)
    before = case.state
    answer = manager.post(f"/alerts/1/{deed}", data=REFUSED[deed][number])
    assert answer.status_code == 422
    assert "No. 1 · Store 1" in answer.text
    assert case.state == before
    assert rows_of(case.chain, Message) == []


def test_what_was_typed_is_kept(manager: FlaskClient) -> None:
    page = manager.post("/alerts/1/reply", data={"reply": "Перепрошуємо за чергу", "via": "email"})
    assert "Перепрошуємо за чергу" in page.text
    assert "No email address was left" in page.text


def test_settling_without_a_cause_says_what_is_missing(case: Case, manager: FlaskClient) -> None:
    case.call(now=NOON)
    page = manager.post("/alerts/1/resolve", data={"root_cause": "", "action_taken": "Друга каса"})
    assert page.status_code == 422
    assert 'aria-describedby="root_cause-fault"' in page.text
    assert "Друга каса" in page.text


def test_settling_without_an_answer_says_what_comes_first(manager: FlaskClient) -> None:
    page = manager.post("/alerts/1/resolve", data={"root_cause": "process_queue"})
    assert page.status_code == 409
    assert "Answer the shopper first" in page.text


def test_the_second_one_sees_who_has_it(app: Flask, chain: Chain, manager: FlaskClient) -> None:
    manager.post("/alerts/1/acknowledge")
    page = sign_in(app, chain, "regional").post("/alerts/1/acknowledge")
    assert page.status_code == 409
    assert "Manager has this alert already." in page.text
    assert manager.post("/alerts/1/acknowledge").status_code == 303


def test_what_is_done_cannot_be_done_again(manager: FlaskClient) -> None:
    manager.post("/alerts/1/dismiss", data={"reason": "spam"})
    for deed in ("acknowledge", "call", "resolve", "dismiss"):
        page = manager.post(f"/alerts/1/{deed}", data=DEEDS[deed])
        assert page.status_code == 409
        assert "This alert is done already." in page.text


def test_a_bare_tap_is_settled_with_one_tap(chain: Chain, manager: FlaskClient) -> None:
    tap = Case(chain, make_response(chain, 3))
    page = manager.get("/alerts/2").text
    assert "A bare tap" in page
    assert "/alerts/2/reply" not in page
    assert manager.post("/alerts/2/resolve", data={}).status_code == 303
    assert tap.state == AlertState.RESOLVED


@pytest.mark.parametrize("deed", [None, *DEEDS])
def test_a_manager_of_another_store_finds_nothing(
    app: Flask, chain: Chain, case: Case, deed: str | None
) -> None:
    assert _try(sign_in(app, chain, "other"), deed) == 404
    assert case.state == AlertState.NEW


@pytest.mark.parametrize("deed", [None, *DEEDS])
def test_somebody_of_another_chain_finds_nothing(
    app: Flask, foreign_chain: Chain, case: Case, deed: str | None
) -> None:
    assert _try(sign_in(app, foreign_chain, "owner"), deed) == 404
    assert case.state == AlertState.NEW


@pytest.mark.parametrize("deed", DEEDS)
def test_an_analyst_may_look_and_not_touch(app: Flask, chain: Chain, case: Case, deed: str) -> None:
    client = _analyst(app, chain)
    page = client.get("/alerts/1")
    assert page.status_code == 200
    assert "Take it" not in page.text
    assert _try(client, deed) == 403
    assert case.state == AlertState.NEW


@pytest.mark.parametrize("deed", [None, *DEEDS])
def test_nobody_at_all_is_sent_to_the_door(client: FlaskClient, case: Case, deed: str | None) -> None:
    assert _try(client, deed) in (303, 401)
    assert case.state == AlertState.NEW


def _try(client: FlaskClient, deed: str | None) -> int:
    """Look at the first alert, or do something with it."""
    answer = client.post(f"/alerts/1/{deed}", data=DEEDS[deed]) if deed else client.get("/alerts/1")
    return answer.status_code


def _analyst(app: Flask, chain: Chain) -> FlaskClient:
    with transaction(None) as session:
        email = f"analyst@{chain.slug}.example"
        user = create_user(session, email, "Analyst", PASSWORD, language="en", now=NOON)
    with transaction(chain.organisation_id) as session:
        add_member(session, user, Role.ANALYST)
    return sign_in(app, chain, "analyst")


@pytest.mark.parametrize("number", ["99", "0", str(2**31), str(2**63), "9" * 60, "-1", "x", "1.0"])
def test_a_number_that_was_never_given_is_nothing(manager: FlaskClient, number: str) -> None:
    assert manager.get(f"/alerts/{number}").status_code == 404
    assert manager.post(f"/alerts/{number}/acknowledge").status_code == 404


def test_forms_of_another_site_do_nothing(app: Flask, case: Case, manager: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert manager.post("/alerts/1/acknowledge").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert case.state == AlertState.NEW


def test_undecodable_forms_are_refused(case: Case, manager: FlaskClient) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = manager.post("/alerts/1/note", data=b"note=%ff", content_type=kind)
    assert answer.status_code == 422
    assert manager.post("/alerts/1/note", json={"note": "a"}).status_code == 415
    assert case.deeds == ["opened", "completed"]


def test_the_list_shows_ones_own_stores_by_three_words(app: Flask, chain: Chain, case: Case) -> None:
    make_response(chain, 2, other_store=True)
    page = sign_in(app, chain).get("/alerts").text
    assert "No. 1 · Store 1" in page
    assert "Store 2" not in page
    everything = sign_in(app, chain, "owner").get("/alerts").text
    assert "No. 2 · Store 2" in everything
    case.acknowledge(now=NOON)
    for phase, is_there in (("new", False), ("in_hand", True), ("done", False), ("nonsense", True)):
        assert ("No. 1 ·" in sign_in(app, chain).get(f"/alerts?phase={phase}").text) == is_there


def test_a_long_list_goes_on(app: Flask, chain: Chain, manager: FlaskClient) -> None:
    for n in range(55):
        make_response(chain, 2, now=NOON + n // 10 * MINUTE)
    seen: list[str] = []
    path: str | None = "/alerts"
    while path:
        page = manager.get(path).text
        seen += [part.split(" ")[0] for part in page.split("No. ")[1:]]
        path = _next(page)
    assert sorted(map(int, seen)) == [alert.number for alert in rows_of(chain, Alert)]
    assert len(seen) == len(set(seen)) == 56


def _next(page: str) -> str | None:
    _, found, after = page.partition('rel="next" href="')
    return after.partition('"')[0].replace("&amp;", "&") if found else None


@pytest.mark.parametrize(
    "before",
    ["x", "2026-11-25", "2026-11-25T12:00:00+00:00/" + "9" * 40, "2026-11-25T12:00:00+00:00/-" + "9" * 40,
     "0001-01-01T00:00:00+14:00/1", "9999-12-31T23:59:59-14:00/1", "%00/1", "2026-11-25T12:00:00+00:00/１"],
)  # fmt: skip
def test_a_page_that_we_did_not_offer_is_the_first_or_empty(manager: FlaskClient, before: str) -> None:
    assert manager.get("/alerts", query_string={"before": before}).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_can_be_shown(app: Flask, chain: Chain, case: Case, language: str) -> None:
    client = sign_in(app, chain)
    fire(NOON, NOON + 30 * MINUTE)
    case.reply(now=NOON + 31 * MINUTE)
    case.resolve(now=NOON + 32 * MINUTE)
    case.shopper_writes(now=NOON + 33 * MINUTE)
    case.call(now=NOON + 34 * MINUTE)
    case.resolve(now=NOON + 35 * MINUTE)
    fire(NOON + timedelta(days=8))
    page = client.get(f"/alerts/1?lang={language}")
    assert page.status_code == 200
    assert case.state == AlertState.CLOSED
    assert "Queue organisation" in client.get("/alerts/1?lang=en").text
