"""Links for receipts through the API: minted once, in bulk row by row, listed, cancelled, pictured."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.accounts.models import ApiKey
from app.contacts.models import Contact
from app.db import transaction
from app.invitations.models import Invitation
from app.people.models import Employee
from app.stores.actions import retire_store
from app.web.access import Scope
from tests.api.cast import ask, new_api_key, send, write
from tests.conftest import make_settings
from tests.fakes import Hands
from tests.invitations.cast import Reader, signed, till
from tests.make import NOON, Chain, rows_of

MINT, BATCH = "POST /invitations", "POST /invitations/batch"
RECEIPT = {"number": "R-0042", "issued_at": "2026-11-25T11:58:00Z", "total": "249.90"}
BODY: dict[str, Any] = {
    "store": "S1",
    "receipt": RECEIPT,
    "cashier": {"code": "07", "name": "Олена"},
    "language": "uk",
}


@pytest.fixture(autouse=True)
def _clock(hands: Hands) -> None:
    """The clock stands still."""


def body(number: str = "R-0042", **others: Any) -> dict[str, Any]:
    """A body with another number."""
    return {**BODY, "receipt": {**RECEIPT, "number": number}, **others}


def read_png(raw: bytes) -> str:
    """What a phone reads from a picture."""
    from io import BytesIO

    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(raw)).convert("L"))
    return str(found.text)


def test_a_receipt_gets_a_link_with_its_code(app: Flask, chain: Chain, client: FlaskClient) -> None:
    status, minted = write(app, new_api_key(chain), MINT, BODY)
    (row,) = rows_of(chain, Invitation)
    (employee,) = rows_of(chain, Employee)
    url = f"http://127.0.0.1:8000/i/{row.token}"
    assert status == 201
    assert read_png(base64.b64decode(minted.pop("qr_png"))) == url
    assert minted.pop("qr_svg").startswith("<svg")
    assert minted == {
        "id": str(row.id),
        "kind": "receipt",
        "state": "open",
        "store": {"id": str(chain.store_id), "code": "S1", "name": "Store 1"},
        "receipt": {
            "number": "R-0042",
            "issued_at": "2026-11-25T11:58:00Z",
            "total": "249.90",
            "currency": "UAH",
        },
        "employee": {"id": str(employee.id), "code": "07", "name": "Олена"},
        "has_contact": False,
        "language": "uk",
        "url": url,
        "qr_svg_url": f"{url}.svg",
        "qr_png_url": f"{url}.png",
        "created_at": "2026-11-25T12:00:00Z",
        "expires_at": "2026-12-25T11:58:00Z",
        "cancelled_at": None,
        "answered_at": None,
        "response": None,
    }
    assert client.get(f"/i/{row.token}").status_code == 200


def test_the_same_receipt_again_gets_the_same_link(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    first = write(app, key, MINT, BODY)[1]
    status, again = write(app, key, MINT, body("r 0042", contact="ann@example.com", language="en"))
    assert (status, again["id"], again["url"]) == (200, first["id"], first["url"])
    assert (again["has_contact"], again["language"]) == (True, "en")
    assert len(rows_of(chain, Invitation)) == len(rows_of(chain, Contact)) == 1


def test_pictures_are_for_whoever_has_the_link(app: Flask, chain: Chain, client: FlaskClient) -> None:
    minted = write(app, new_api_key(chain), MINT, BODY)[1]
    path = minted["url"].removeprefix("http://127.0.0.1:8000")
    picture = client.get(f"{path}.png")
    assert (picture.mimetype, read_png(picture.data)) == ("image/png", minted["url"])
    drawing = client.get(f"{path}.svg")
    assert (drawing.mimetype, drawing.text) == ("image/svg+xml", minted["qr_svg"])
    assert picture.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for wrong in (f"/i/{'A' * 22}.png", f"{path}x.svg", "/i/.png", "/i/%00.svg"):
        assert client.get(wrong).status_code == 404


def test_an_address_too_long_for_a_code_still_gets_a_link(
    app: Flask, chain: Chain, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = app.config["VIDHUK"]
    long = make_settings(own.database_url, own.data_dir, base_url=f"https://{'x' * 60}.example")
    monkeypatch.setitem(app.config, "VIDHUK", long)
    minted = write(app, new_api_key(chain), MINT, BODY)[1]
    assert (minted["qr_svg"], minted["qr_png"]) == (None, None)
    assert client.get(f"/i/{minted['url'].rpartition('/')[2]}.svg").status_code == 404


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"store": "nowhere"}, ("store", "unknown_value")),
        ({"store": None}, ("store", "wrong_type")),
        ({"kind": "gift"}, ("kind", "unknown_value")),
        ({"language": "xx"}, ("language", "unknown_value")),
        ({"contact": "call me"}, ("contact", "bad_contact")),
        ({"contact": "ann@example.com\r\nBcc: x@example.com"}, ("contact", "bad_contact")),
        ({"cashier": {"code": " "}}, ("cashier.code", "empty")),
        ({"cashier": {"code": "7" * 33}}, ("cashier.code", "too_long")),
        ({"cashier": {"code": "7", "name": "я" * 121}}, ("cashier.name", "too_long")),
        ({"cashier": "07"}, ("cashier", "wrong_type")),
        ({"organisation_id": "x"}, ("organisation_id", "unknown_property")),
        ({"receipt": {**RECEIPT, "number": "--"}}, ("receipt.number", "empty")),
        ({"receipt": {**RECEIPT, "number": 42}}, ("receipt.number", "wrong_type")),
        ({"receipt": {**RECEIPT, "number": "1" * 65}}, ("receipt.number", "too_long")),
        ({"receipt": {**RECEIPT, "issued_at": "2026-11-25"}}, ("receipt.issued_at", "bad_datetime")),
        ({"receipt": {**RECEIPT, "issued_at": 1795608000}}, ("receipt.issued_at", "bad_datetime")),
        (
            {"receipt": {**RECEIPT, "issued_at": "2026-11-25T12:06:00Z"}},
            ("receipt.issued_at", "in_the_future"),
        ),
        ({"receipt": {**RECEIPT, "issued_at": "2026-10-26T12:00:00Z"}}, ("receipt.issued_at", "too_old")),
        ({"receipt": {**RECEIPT, "total": "249.905"}}, ("receipt.total", "too_precise")),
        ({"receipt": {**RECEIPT, "total": "-1"}}, ("receipt.total", "bad_amount")),
        ({"receipt": {**RECEIPT, "total": "1e3"}}, ("receipt.total", "bad_amount")),
        ({"receipt": {**RECEIPT, "total": "249,90"}}, ("receipt.total", "bad_amount")),
        ({"receipt": {**RECEIPT, "total": True}}, ("receipt.total", "wrong_type")),
        ({"receipt": {**RECEIPT, "total": 1e300}}, ("receipt.total", "bad_amount")),
        ({"receipt": {**RECEIPT, "currency": "XXX"}}, ("receipt.currency", "unknown")),
        ({"receipt": {**RECEIPT, "total": "9.5", "currency": "JPY"}}, ("receipt.total", "too_precise")),
        ({"receipt": {"number": "1"}}, ("receipt.issued_at", "required")),
        ({"receipt": None}, ("receipt", "wrong_type")),
    ],
)
def test_each_fault_is_named(
    app: Flask, chain: Chain, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    status, problem = write(app, new_api_key(chain), MINT, {**BODY, **change})
    assert (status, problem["code"]) == (422, "invalid")
    assert problem["errors"] == [{"path": fault[0], "code": fault[1]}]
    assert rows_of(chain, Invitation) == []


@pytest.mark.parametrize(
    ("total", "shown"), [("249.9", "249.90"), (249.9, "249.90"), (0, "0.00"), (7, "7.00")]
)
def test_an_amount_may_be_text_or_a_number(app: Flask, chain: Chain, total: Any, shown: str) -> None:
    status, minted = write(app, new_api_key(chain), MINT, body(receipt={**RECEIPT, "total": total}))
    assert (status, minted["receipt"]["total"]) == (201, shown)


def test_a_closed_store_mints_nothing(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        retire_store(session, chain.store_id, now=NOON)
    key = new_api_key(chain)
    assert write(app, key, MINT, BODY)[1]["code"] == "store_closed"
    rows = write(app, key, BATCH, {"items": [BODY, body(store="S2")]})[1]["items"]
    assert rows[0]["errors"] == [{"path": "store", "code": "store_closed"}]
    assert rows[1]["result"] == "created"


def test_a_key_needs_the_scope_and_the_store(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    assert write(app, new_api_key(chain, Scope.READ), MINT, BODY)[0] == 403
    limited = new_api_key(chain, stores=[chain.other_store_id])
    assert write(app, limited, MINT, BODY)[1]["errors"] == [{"path": "store", "code": "unknown_value"}]
    minted = write(app, new_api_key(chain), MINT, BODY)[1]
    for key in (limited, new_api_key(foreign_chain)):
        assert ask(app, key, f"/invitations/{minted['id']}")[0] == 404
        assert write(app, key, f"POST /invitations/{minted['id']}/cancel")[0] == 404
        assert ask(app, key, "/invitations")[1]["items"] == []
    assert (
        write(app, limited, "POST /invitations/cancel", {"store": "S1", "receipt": {"number": "1"}})[0] == 422
    )
    assert rows_of(chain, Invitation)[0].cancelled_at is None


def test_a_repeat_under_the_same_name_gets_the_first_answer(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    first = write(app, key, MINT, BODY, name="till-1")
    assert write(app, key, MINT, BODY, name="till-1") == first
    assert write(app, key, MINT, body("other"), name="till-1")[0] == 409
    assert len(rows_of(chain, Invitation)) == 1


def test_one_bad_row_of_a_batch_harms_no_other(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    write(app, key, MINT, body("known"))
    items: list[Any] = [body("a"), body("known"), {"store": "S1"}, body("b", store="?"), body("A"), body("c")]
    status, answer = write(app, key, BATCH, {"items": items})
    assert status == 200
    assert [row["result"] for row in answer["items"]] == [
        *("created", "existing", "refused", "refused", "existing", "created")
    ]
    assert answer["items"][2]["errors"] == [{"path": "receipt", "code": "required"}]
    assert answer["items"][3]["errors"] == [{"path": "store", "code": "unknown_value"}]
    assert (answer["created"], answer["existing"], answer["refused"]) == (2, 2, 2)
    assert answer["items"][0]["invitation"]["qr_svg"] is None
    assert answer["items"][0]["invitation"]["url"] == answer["items"][4]["invitation"]["url"]
    assert len(rows_of(chain, Invitation)) == 3


def test_pictures_in_a_batch_are_for_the_asking(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    answer = write(app, key, BATCH, {"items": [BODY], "inline_qr": True})[1]
    assert answer["items"][0]["invitation"]["qr_svg"].startswith("<svg")
    many = {"items": [body(str(n)) for n in range(101)], "inline_qr": True}
    assert write(app, key, BATCH, many)[1]["errors"] == [{"path": "inline_qr", "code": "too_many_rows"}]


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        ([], ("items", "empty")),
        ([{}] * 1001, ("items", "too_long")),
        ("x", ("items", "wrong_type")),
        ([1], ("items.0", "wrong_type")),
    ],
)
def test_a_batch_has_its_bounds(app: Flask, chain: Chain, items: Any, fault: tuple[str, str]) -> None:
    status, problem = write(app, new_api_key(chain), BATCH, {"items": items})
    assert status == 422
    assert problem["errors"] == [{"path": fault[0], "code": fault[1]}]


def test_a_thousand_fit_and_a_mebibyte_is_the_end(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    answer = write(app, key, BATCH, {"items": [body(f"N{n}") for n in range(1000)]})[1]
    assert (answer["created"], answer["refused"]) == (1000, 0)
    long = json.dumps({"items": [body("x" * 2000) for _ in range(600)]})
    reply = send(app, key, "POST", "/invitations/batch", data=long, content_type="application/json")
    assert reply.status_code == 413


def test_lists_are_narrowed_by_state_store_and_time(
    app: Flask, chain: Chain, client: FlaskClient, hands: Hands
) -> None:
    key = new_api_key(chain)
    links = {n: write(app, key, MINT, body(n))[1] for n in ("answered", "cancelled", "expired", "refunded")}
    reader = Reader(client)
    for name in ("answered", "refunded"):
        reader.tapped(links[name]["url"].removeprefix("http://127.0.0.1:8000"), 9)
    for name in ("cancelled", "refunded"):
        assert write(app, key, f"POST /invitations/{links[name]['id']}/cancel")[0] == 200
    hands.move(days=40)
    now = {"number": "new", "issued_at": hands.at.isoformat().replace("+00:00", "Z")}
    write(app, key, MINT, {"store": "S2", "receipt": now})
    found = {
        query: [item["receipt"]["number"] for item in ask(app, key, f"/invitations?{query}")[1]["items"]]
        for query in ("state=open", "state=answered", "state=cancelled", "state=expired", "store=s2",
                      "since=2026-12-01T00:00:00Z", "limit=2")
    }  # fmt: skip
    assert found == {
        "state=open": ["new"],
        "state=answered": ["refunded", "answered"],
        "state=cancelled": ["cancelled"],
        "state=expired": ["expired"],
        "store=s2": ["new"],
        "since=2026-12-01T00:00:00Z": ["new"],
        "limit=2": ["new", "refunded"],
    }
    assert ask(app, key, "/invitations?state=lost")[0] == 422


def test_an_answer_shows_its_receipt_and_its_employee(
    app: Flask, chain: Chain, client: FlaskClient, hands: Hands
) -> None:
    key = new_api_key(chain)
    minted = write(app, key, MINT, BODY)[1]
    Reader(client).tapped(minted["url"].removeprefix("http://127.0.0.1:8000"), 2)
    (response,) = ask(app, key, "/responses")[1]["items"]
    assert (response["verified"], response["channel"]) == (True, "receipt")
    assert (response["invitation"], response["receipt"]) == (minted["id"], "R-0042")
    assert response["employee"] == minted["employee"]
    assert ask(app, key, "/alerts")[1]["items"][0]["response"] == response
    shown = ask(app, key, f"/invitations/{minted['id']}")[1]
    assert (shown["state"], shown["response"]) == ("answered", response["id"])
    assert shown["answered_at"] == "2026-11-25T12:00:00Z"
    hands.move(minutes=1)
    refund = {"store": "S1", "receipt": {"number": "r0042"}}
    refunded = write(app, key, "POST /invitations/cancel", refund)[1]
    assert (refunded["state"], refunded["cancelled_at"]) == ("answered", "2026-11-25T12:01:00Z")
    assert ask(app, key, "/responses")[1]["items"][0]["refunded"]


def test_a_refund_of_a_tills_own_link_is_kept_in_mind(app: Flask, chain: Chain, client: FlaskClient) -> None:
    path = signed(till(chain))
    status, shown = write(
        app, new_api_key(chain), "POST /invitations/cancel", {"store": "S1", "receipt": {"number": "R-0042"}}
    )
    assert (status, shown["state"], shown["receipt"]["issued_at"]) == (200, "cancelled", None)
    assert client.get(path).status_code == 410


def test_a_refund_may_be_sent_twice(app: Flask, chain: Chain, hands: Hands) -> None:
    key = new_api_key(chain)
    minted = write(app, key, MINT, BODY)[1]
    first = write(app, key, f"POST /invitations/{minted['id']}/cancel")
    hands.move(days=1)
    assert write(app, key, f"POST /invitations/{minted['id']}/cancel", {}) == first
    assert write(app, key, f"POST /invitations/{minted['id'].upper()}/cancel")[0] == 404


def test_calls_and_orders_are_kinds_of_their_own(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    kinds = {write(app, key, MINT, {**BODY, "kind": kind})[1]["id"] for kind in ("receipt", "call", "order")}
    assert len(kinds) == 3


def test_the_key_in_use_is_noted_once_a_day(app: Flask, chain: Chain, hands: Hands) -> None:
    write(app, new_api_key(chain), MINT, BODY)
    assert rows_of(chain, ApiKey)[0].used_on == (NOON + timedelta(0)).date()
