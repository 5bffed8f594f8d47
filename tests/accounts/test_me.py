"""My settings: name, language, and the browsers where I am signed in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import SignIn, User
from app.audit.models import AuditEntry
from app.db import reading
from tests.accounts.stories import deeds
from tests.fakes import Hands
from tests.make import PASSWORD, Chain, rows_of, sign_in

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"


@pytest.fixture
def manager(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the first store's manager."""
    return sign_in(app, chain)


def on_a_phone(app: Flask, chain: Chain, who: str = "manager") -> FlaskClient:
    """The same person on an iPhone."""
    phone = app.test_client()
    data = {"email": f"{who}@{chain.slug}.example", "password": PASSWORD}
    assert phone.post("/sign-in", data=data, headers={"User-Agent": PHONE}).status_code == 303
    return phone


def ending_paths(page: str) -> list[str]:
    """What the buttons that end another sign-in lead to."""
    return re.findall(r'action="(/settings/me/sessions/[0-9a-f-]{36}/end)"', page)


def test_name_and_language_are_mine(manager: FlaskClient, chain: Chain) -> None:
    answer = manager.post("/settings/me", data={"name": "\u200b Олена  Коваль ", "language": "uk"})
    assert answer.location == "/settings/me?done=saved"
    page = manager.get(answer.location).text
    assert '<html lang="uk"' in page
    assert 'value="Олена Коваль"' in page
    with reading(None) as session:
        user = session.scalars(select(User).where(User.email == "manager@nova.example")).one()
    assert (user.name, user.language) == ("Олена Коваль", "uk")
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.data) == (
        "member.changed",
        "Manager",
        {"name": ["Manager", "Олена Коваль"]},
    )
    manager.post("/settings/me", data={"name": "Олена Коваль", "language": "en"})
    assert len(rows_of(chain, AuditEntry)) == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "", "language": "uk"}, "name"),
        ({"name": "x" * 121, "language": "uk"}, "name"),
        ({"name": "Ann", "language": "ru"}, "language"),
        ({"name": "Ann"}, "language"),
    ],
)
def test_what_cannot_be_is_refused(manager: FlaskClient, data: dict[str, str], field: str) -> None:
    answer = manager.post("/settings/me", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text


def test_a_list_says_where_i_am_signed_in_without_an_address(
    app: Flask, manager: FlaskClient, chain: Chain, hands: Hands
) -> None:
    hands.move(minutes=10)
    on_a_phone(app, chain)
    page = manager.get("/settings/me").text
    assert "Safari, iPhone" in page
    assert "since 25 Nov, 14:10" in page
    assert "This one" in page
    assert "127.0.0.1" not in page.replace("127.0.0.1:8000", "")
    assert len(ending_paths(page)) == 1  # not this one: that is what signing out is for


def test_one_that_has_lain_idle_too_long_is_not_listed(
    app: Flask, manager: FlaskClient, chain: Chain, hands: Hands
) -> None:
    on_a_phone(app, chain)
    hands.move(hours=11)
    assert "Safari, iPhone" in manager.get("/settings/me").text
    hands.move(hours=1, seconds=1)
    assert "Safari, iPhone" not in manager.get("/settings/me").text


def test_another_browser_is_ended(app: Flask, manager: FlaskClient, chain: Chain) -> None:
    phone = on_a_phone(app, chain)
    (path,) = ending_paths(manager.get("/settings/me").text)
    assert manager.post(path).location == "/settings/me?done=ended"
    assert phone.get("/more").status_code == 303
    assert manager.get("/more").status_code == 200
    assert manager.post(path).status_code == 404
    assert deeds(chain) == [("session.ended", "Manager", "Manager")]


def test_all_others_are_ended_at_once(app: Flask, manager: FlaskClient, chain: Chain) -> None:
    others = [on_a_phone(app, chain), sign_in(app, chain)]
    assert manager.post("/settings/me/sessions/end").status_code == 303
    assert [other.get("/more").status_code for other in others] == [303, 303]
    assert manager.get("/more").status_code == 200
    manager.post("/settings/me/sessions/end")
    assert len(deeds(chain)) == 1  # there was nothing left to end


def test_nobody_ends_a_sign_in_of_somebody_else(app: Flask, manager: FlaskClient, chain: Chain) -> None:
    owner = on_a_phone(app, chain, "owner")
    with reading(None) as session:
        owners = session.scalars(select(SignIn.id).where(SignIn.device == "Safari, iPhone")).one()
    assert manager.post(f"/settings/me/sessions/{owners}/end").status_code == 404
    assert owner.get("/more").status_code == 200


def test_a_strange_browser_is_text(app: Flask, chain: Chain, hands: Hands) -> None:
    client = app.test_client()
    data = {"email": "manager@nova.example", "password": PASSWORD}
    client.post("/sign-in", data=data, headers={"User-Agent": "<script>alert(1)</script>"})
    page = client.get("/settings/me").text
    assert "<script>alert" not in page
    assert "Unknown device" in page
