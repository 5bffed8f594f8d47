"""A sign-in is a row: it begins with a fresh token, is looked up with each request, and can be ended."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.keeping import forget_what_is_over
from app.accounts.models import Membership, SignIn, User
from app.accounts.sign_ins import find_visit
from app.db import looking_across, reading, transaction, transaction_across
from app.factory import create_app
from app.ids import digest
from tests.accounts.stories import count, deeds, second_job
from tests.conftest import make_settings
from tests.fakes import Hands
from tests.make import NOON, PASSWORD, Chain, actor_of, rows_of, sign_in
from tests.statements import asked


@pytest.fixture
def manager(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the first store's manager."""
    return sign_in(app, chain)


def token_of(client: FlaskClient) -> str:
    """What the browser's cookie carries."""
    with client.session_transaction() as cookie:
        token: str = cookie["token"]
        return token


def set_membership(chain: Chain, **values: object) -> None:
    """Change the manager's membership behind the pages' back."""
    with transaction(chain.organisation_id) as session:
        session.execute(update(Membership).where(Membership.id == chain.manager_id).values(**values))


def test_the_database_keeps_a_digest_and_never_the_token(manager: FlaskClient) -> None:
    token = token_of(manager)
    assert len(token) >= 43  # 256 bits in base64
    with reading(None) as session:
        row = session.scalars(select(SignIn)).one()
    assert row.token_digest == digest(token)
    assert token not in repr(vars(row))


def test_a_cookie_of_before_is_worth_nothing_after_signing_in(app: Flask, chain: Chain) -> None:
    """An attacker who planted a cookie in the victim's browser does not share the sign-in."""
    attacker, victim = app.test_client(), app.test_client()
    attacker.get("/sign-in")
    planted = attacker.get_cookie("vidhuk")
    if planted:
        victim.set_cookie("vidhuk", planted.value)
    given = {"email": f"manager@{chain.slug}.example", "password": PASSWORD}
    assert victim.post("/sign-in", data=given).status_code == 303
    assert victim.get("/more").status_code == 200
    assert attacker.get("/more").status_code == 303


def test_signing_in_again_gives_another_token(app: Flask, chain: Chain) -> None:
    client = sign_in(app, chain)
    first = token_of(client)
    client.post("/sign-in", data={"email": f"manager@{chain.slug}.example", "password": PASSWORD})
    assert token_of(client) != first


def test_the_form_token_is_renewed_with_the_sign_in(app: Flask, chain: Chain) -> None:
    client = app.test_client()
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "planted"
    client.post("/sign-in", data={"email": f"manager@{chain.slug}.example", "password": PASSWORD})
    with client.session_transaction() as cookie:
        assert cookie.get("csrf_token") != "planted"


@pytest.mark.parametrize(
    ("base_url", "name", "is_secure"),
    [("https://q.example", "__Host-vidhuk", True), ("http://127.0.0.1:8000", "vidhuk", False)],
)
def test_the_cookie_is_closed_to_scripts_and_neighbours(
    tmp_path: Path, sqlite_url: str, base_url: str, name: str, *, is_secure: bool
) -> None:
    app = create_app(make_settings(sqlite_url, tmp_path, base_url=base_url))
    cookie = app.test_client().get("/sign-in", base_url=base_url).headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert ("Secure" in cookie) is is_secure


def test_an_ended_sign_in_is_out_with_the_next_request(manager: FlaskClient) -> None:
    assert manager.get("/more").status_code == 200
    with transaction(None) as session:
        session.delete(session.scalars(select(SignIn)).one())
    assert manager.get("/more").location.startswith("/sign-in")
    assert manager.post("/alerts/1/acknowledge").status_code == 401


def test_signing_out_ends_the_row_and_not_only_the_cookie(app: Flask, manager: FlaskClient) -> None:
    stolen = manager.get_cookie("vidhuk")
    assert stolen
    assert manager.post("/sign-out").status_code == 303
    thief = app.test_client()
    thief.set_cookie("vidhuk", stolen.value)
    assert thief.get("/more").status_code == 303
    assert count(SignIn) == 0


def test_a_removed_member_is_out_with_the_next_request(manager: FlaskClient, chain: Chain) -> None:
    set_membership(chain, is_active=False)
    assert manager.get("/more").location.startswith("/sign-in")


def test_a_switched_off_user_is_out_with_the_next_request(manager: FlaskClient, chain: Chain) -> None:
    with transaction(None) as session:
        session.execute(update(User).values(is_active=False))
    assert manager.get("/more").location.startswith("/sign-in")


def test_a_changed_role_counts_from_the_next_request(manager: FlaskClient, chain: Chain) -> None:
    assert manager.get("/team").status_code == 403
    set_membership(chain, role="owner")
    assert manager.get("/team").status_code == 200
    set_membership(chain, role="analyst")
    assert manager.get("/team").status_code == 403


def test_who_was_removed_everywhere_is_told_so_at_the_door(app: Flask, chain: Chain) -> None:
    set_membership(chain, is_active=False)
    answer = app.test_client().post(
        "/sign-in", data={"email": f"manager@{chain.slug}.example", "password": PASSWORD}
    )
    assert answer.status_code == 403
    assert count(SignIn) == 0


@pytest.mark.parametrize(("who", "hours"), [("manager", 12), ("regional", 12), ("owner", 2)])
def test_a_sign_in_that_lies_idle_ends(
    app: Flask, chain: Chain, hands: Hands, *, who: str, hours: int
) -> None:
    client = sign_in(app, chain, who)
    hands.move(hours=hours)
    assert client.get("/more").status_code == 200  # which is a visit, so the time begins anew
    hands.move(hours=hours, seconds=1)
    assert client.get("/more").status_code == 303


def test_a_sign_in_ends_after_a_week_however_busy(manager: FlaskClient, hands: Hands) -> None:
    for _ in range(14):
        assert manager.get("/more").status_code == 200
        hands.move(hours=12)
    assert manager.get("/more").status_code == 200
    hands.move(seconds=1)
    assert manager.get("/more").status_code == 303


def test_a_page_that_refreshes_itself_is_no_visit(app: Flask, chain: Chain, hands: Hands) -> None:
    owner = sign_in(app, chain, "owner")
    for _ in range(8):
        hands.move(minutes=15)
        assert owner.get("/", headers={"X-Fragment": "1"}).status_code == 200
    hands.move(minutes=1)
    assert owner.get("/", headers={"X-Fragment": "1"}).status_code == 401


def test_a_visit_is_written_at_most_every_five_minutes(manager: FlaskClient, hands: Hands) -> None:
    manager.get("/more")  # the first of the day
    hands.move(minutes=4)
    with asked() as seen:
        manager.get("/more")
    assert [line for line in seen if line.startswith("UPDATE")] == []
    hands.move(minutes=1)
    with asked() as seen:
        manager.get("/more")
    assert any(line.startswith("UPDATE sign_ins") for line in seen)


def test_the_team_sees_the_day_of_the_last_visit(manager: FlaskClient, chain: Chain, hands: Hands) -> None:
    hands.move(days=1)
    sign_out_and_in = manager.get("/more")
    assert sign_out_and_in.status_code == 303  # idle for a day
    manager.post("/sign-in", data={"email": f"manager@{chain.slug}.example", "password": PASSWORD})
    manager.get("/more")
    seen = {row.id: row.seen_on for row in rows_of(chain, Membership)}
    assert seen[chain.manager_id] == hands.at.date()
    assert seen[chain.other_manager_id] is None


@pytest.mark.parametrize("who", ["owner", "regional", "manager"])
def test_who_somebody_is_costs_one_statement(app: Flask, chain: Chain, hands: Hands, who: str) -> None:
    token = token_of(sign_in(app, chain, who))
    with looking_across() as session, asked() as seen:
        visit = find_visit(session, token, now=NOON)
    assert visit is not None
    assert visit.person.actor is not None
    assert len(seen) == 1


def test_scope_is_stores_by_name_and_through_regions(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    assert actor_of(chain, "owner").store_ids is None
    assert actor_of(chain, "regional").store_ids == frozenset({chain.store_id})
    assert actor_of(chain, "manager").store_ids == frozenset({chain.store_id})
    assert actor_of(chain, "other").store_ids == frozenset({chain.other_store_id})
    assert actor_of(foreign_chain, "manager").store_ids == frozenset({foreign_chain.store_id})


def test_what_has_ended_is_forgotten(manager: FlaskClient, hands: Hands) -> None:
    hands.move(days=7, seconds=1)
    with transaction_across() as session:
        forget_what_is_over(session, now=hands.at)
    assert count(SignIn) == 0


class TestSeveralOrganisations:
    """Somebody who works for two chains is at work in one of them at a time."""

    @pytest.fixture
    def both(self, app: Flask, chain: Chain, foreign_chain: Chain, hands: Hands) -> FlaskClient:
        """The manager of the first chain is one of the other, too, and has chosen nothing yet."""
        second_job(chain, foreign_chain)
        return sign_in(app, chain)

    def test_one_chooses_before_one_sees_anything(self, both: FlaskClient, chain: Chain) -> None:
        answer = both.get("/alerts?phase=new")
        assert answer.location == "/organisations?next=/alerts?phase%3Dnew"
        assert both.post("/alerts/1/acknowledge").status_code == 401
        page = both.get("/organisations").text
        assert "Nova · store manager" in page
        assert "Stranger · store manager" in page

    def test_the_choice_is_a_change_of_token_and_leads_on(
        self, app: Flask, both: FlaskClient, chain: Chain
    ) -> None:
        before = both.get_cookie("vidhuk")
        assert before
        data = {"organisation": str(chain.organisation_id), "next": "/stores"}
        answer = both.post("/organisations", data=data)
        assert (answer.status_code, answer.location) == (303, "/stores")
        assert "Nova" in both.get("/more").text
        old = app.test_client()
        old.set_cookie("vidhuk", before.value)
        assert old.get("/more").status_code == 303

    def test_each_chain_shows_its_own_rows_only(
        self, both: FlaskClient, chain: Chain, foreign_chain: Chain
    ) -> None:
        for here, there in ((chain, foreign_chain), (foreign_chain, chain)):
            both.post("/organisations", data={"organisation": str(here.organisation_id)})
            assert both.get(f"/stores/{here.store_id}").status_code == 200
            assert both.get(f"/stores/{there.store_id}").status_code == 404
            assert 'href="/organisations"' in both.get("/more").text

    def test_nobody_chooses_a_chain_of_others(self, app: Flask, chain: Chain, foreign_chain: Chain) -> None:
        client = sign_in(app, chain)
        assert 'href="/organisations"' not in client.get("/more").text
        for wish in (str(foreign_chain.organisation_id), "", "'--", "0" * 32):
            assert client.post("/organisations", data={"organisation": wish}).status_code == 404
        assert "Nova" in client.get("/more").text

    def test_a_membership_that_was_ended_cannot_be_chosen(
        self, both: FlaskClient, chain: Chain, foreign_chain: Chain
    ) -> None:
        set_membership(chain, is_active=False)
        assert "Nova" not in both.get("/organisations").text
        wish = {"organisation": str(chain.organisation_id)}
        assert both.post("/organisations", data=wish).status_code == 404
        both.post("/organisations", data={"organisation": str(foreign_chain.organisation_id)})
        assert both.get("/more").status_code == 200

    def test_who_leaves_one_chain_may_go_on_in_the_other(
        self, both: FlaskClient, chain: Chain, foreign_chain: Chain
    ) -> None:
        both.post("/organisations", data={"organisation": str(chain.organisation_id)})
        set_membership(chain, is_active=False)
        assert both.get("/more").location.startswith("/organisations")
        assert deeds(foreign_chain) == []

    @pytest.mark.parametrize("wish", ["//evil.example", "https:evil", "/\\evil.example"])
    def test_the_way_on_never_leaves_the_site(self, both: FlaskClient, chain: Chain, wish: str) -> None:
        data = {"organisation": str(chain.organisation_id), "next": wish}
        assert both.post("/organisations", data=data).location == "/"
