"""A colleague is invited by mail and joins behind a link that works once."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.joining import HANDED_OVER, Invitee, invite, join_as_known, join_as_new
from app.accounts.members import Draft
from app.accounts.models import AccountLetter, Membership, MembershipStore, TeamInvitation, User
from app.accounts.queries import user_with_password
from app.accounts.rules import Role, Scope, Team
from app.audit.rules import COMMAND_LINE
from app.db import reading, transaction
from app.errors import Invalid
from app.events import Event
from app.ids import digest
from tests.accounts import stories
from tests.accounts.stories import NEW, NEW_PASSWORD, deeds, deliver, invited_link, join, letters, link_in
from tests.fakes import Hands, MailServer
from tests.make import NOON, PASSWORD, Chain, rows_of, sign_in
from tests.together import together

WEEK = timedelta(days=7)


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the chain's owner."""
    return sign_in(app, chain, "owner")


def test_a_colleague_joins_and_is_signed_in(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    colleague = join(app, invited_link(owner, chain, hands))
    page = colleague.get("/more").text
    assert "Олена Нова" in page
    assert '<html lang="uk"' in page
    joined = stories.membership_of(chain, NEW["email"])
    assert (joined.role, joined.is_active) == ("store_manager", True)
    assert [row.store_id for row in rows_of(chain, MembershipStore) if row.membership_id == joined.id] == [
        chain.store_id
    ]
    with reading(None) as session:
        assert user_with_password(session, NEW["email"], NEW_PASSWORD)
    assert deeds(chain) == [
        ("member.invited", "Owner", "Олена Нова"),
        ("member.joined", "Олена Нова", "Олена Нова"),
    ]


def test_the_letter_speaks_the_colleagues_language(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    invited_link(owner, chain, hands)
    (letter,) = letters(chain)
    assert (letter.recipient, letter.subject) == (NEW["email"], "Nova запрошує вас")
    assert "керівник магазину" in letter.body
    assert "Owner, owner@nova.example" in letter.body
    invited_link(owner, chain, hands, email="ann@new.example", language="en")
    assert letters(chain)[-1].subject == "Nova invites you"


def test_the_letter_goes_over_smtp(
    owner: FlaskClient, chain: Chain, hands: Hands, mail_server: MailServer
) -> None:
    stories.invite(owner, chain)
    deliver(hands)
    (mail,) = mail_server.received
    assert mail["To"] == NEW["email"]
    assert b"/join/" in mail.get_payload(decode=True)


def test_the_workers_hear_of_the_letter_at_once(owner: FlaskClient, chain: Chain) -> None:
    stories.invite(owner, chain)
    events = [(event.name, event.dispatched_at) for event in rows_of(chain, Event)]
    assert ("member.invited", None) in events


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"])
def test_the_link_begins_with_the_configured_address_whatever_the_request_says(
    owner: FlaskClient, chain: Chain, hands: Hands, header: str
) -> None:
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    headers = {header: value} if header != "Host" else {}
    url = "http://evil.example" if header == "Host" else "http://localhost"
    if header == "Host":
        cookie = owner.get_cookie("vidhuk")
        assert cookie
        owner.set_cookie("vidhuk", cookie.value, domain="evil.example")
    assert owner.post("/team/new", base_url=url, data={**NEW, **place}, headers=headers).status_code == 303
    deliver(hands)
    assert "evil" not in letters(chain)[-1].body
    assert link_in(chain).startswith("/join/")


def test_the_database_keeps_a_digest_and_after_sending_nothing_else(
    owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    stories.invite(owner, chain)
    (waiting,) = rows_of(chain, AccountLetter)
    assert waiting.sealed_link
    deliver(hands)
    token = link_in(chain).removeprefix("/join/")
    assert len(token) == 22  # 128 bits
    (sent,) = rows_of(chain, AccountLetter)
    assert (sent.sealed_link, sent.due_at, sent.sent_at) == (None, None, hands.at)
    assert token not in waiting.sealed_link
    (invitation,) = rows_of(chain, TeamInvitation)
    assert invitation.secret_digest == digest(f"join/{token}")


def test_looking_at_the_link_uses_nothing_up(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    path = invited_link(owner, chain, hands)
    pages = [(app.test_client().head(path), app.test_client().get(path))[1] for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert NEW["email"] in pages[-1].text
    assert 'value="Олена Нова"' in pages[-1].text
    assert len(rows_of(chain, Membership)) == 4
    join(app, path)


def test_the_link_works_once(app: Flask, owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    path = invited_link(owner, chain, hands)
    join(app, path)
    assert app.test_client().get(path).status_code == 404
    again = app.test_client().post(path, data={"name": "Thief", "password": NEW_PASSWORD})
    assert again.status_code == 404
    with reading(None) as session:
        assert session.scalars(select(User.name).where(User.email == NEW["email"])).all() == ["Олена Нова"]


def test_of_two_who_use_a_link_at_the_same_moment_one_joins(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        invitee = Invitee(NEW["email"], "Olena", "en", Draft(Role.OWNER))
        team = Team(Role.OWNER, None)
        token = invite(session, team, invitee, doer=COMMAND_LINE, post=HANDED_OVER, now=NOON)

    def use() -> UUID:
        with transaction(chain.organisation_id) as session:
            return join_as_new(session, token, "Olena", NEW_PASSWORD, now=NOON)

    found = together(app, [use] * 4)
    assert sorted(type(one).__name__ for one in found) == ["Gone", "Gone", "Gone", "UUID"]


def test_the_link_ends_after_seven_days(app: Flask, owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    path = invited_link(owner, chain, hands)
    hands.at += WEEK - timedelta(seconds=1)
    assert app.test_client().get(path).status_code == 200
    hands.move(seconds=1)
    assert app.test_client().get(path).status_code == 404
    owner = sign_in(app, chain, "owner")
    assert "Invitation ran out" in owner.get("/team").text


def test_sending_again_ends_the_link_of_before(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    first = invited_link(owner, chain, hands)
    (invitation,) = rows_of(chain, TeamInvitation)
    again = f"/team/invitations/{invitation.id}/again"
    assert owner.post(again).status_code == 409  # sent a moment ago
    hands.move(minutes=1)
    assert owner.post(again).status_code == 303
    deliver(hands)
    second = link_in(chain)
    assert app.test_client().get(first).status_code == 404
    join(app, second)


def test_a_letter_that_was_overtaken_stays_here(owner: FlaskClient, chain: Chain, hands: Hands) -> None:
    stories.invite(owner, chain)
    (invitation,) = rows_of(chain, TeamInvitation)
    hands.move(minutes=1)
    owner.post(f"/team/invitations/{invitation.id}/again")
    deliver(hands)
    assert len(letters(chain)) == 1


def test_a_withdrawn_invitation_opens_nothing_and_its_letter_stays_here(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    path = invited_link(owner, chain, hands)
    (invitation,) = rows_of(chain, TeamInvitation)
    assert owner.post(f"/team/invitations/{invitation.id}/withdraw").status_code == 303
    assert app.test_client().get(path).status_code == 404
    assert NEW["email"] not in owner.get("/team").text
    stories.invite(owner, chain)  # the same address can be asked anew
    waiting = rows_of(chain, TeamInvitation)[-1]
    owner.post(f"/team/invitations/{waiting.id}/withdraw")
    deliver(hands)
    assert len(letters(chain)) == 1


@pytest.mark.parametrize("token", ["", "A" * 22, "A" * 21, "%00", "..", "a" * 5_000])
def test_a_link_that_nobody_wrote_opens_nothing(client: FlaskClient, app: Flask, token: str) -> None:
    assert client.get(f"/join/{token}").status_code == 404
    assert client.post(f"/join/{token}", data={"name": "X", "password": NEW_PASSWORD}).status_code == 404


def test_the_links_of_two_purposes_open_nothing_of_each_other(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    joining = invited_link(owner, chain, hands)
    app.test_client().post("/forgot", data={"email": "manager@nova.example"})
    deliver(hands)
    resetting = link_in(chain)
    visitor = app.test_client()
    assert visitor.get(joining.replace("/join/", "/reset/")).status_code == 404
    assert visitor.get(resetting.replace("/reset/", "/join/")).status_code == 404
    crossed = {"name": "X", "password": NEW_PASSWORD}
    assert visitor.post(joining.replace("/join/", "/reset/"), data=crossed).status_code == 404
    assert visitor.post(resetting.replace("/reset/", "/join/"), data=crossed).status_code == 404
    assert visitor.get(joining).status_code == 200
    assert visitor.get(resetting).status_code == 200


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"password": "too short"}, "at least 12"),
        ({"password": "x" * 129}, "at most 128"),
        ({"password": "NovaNova2026"}, "too easy to guess"),
        ({"password": "Olena-New-2026"}, "too easy to guess"),
        ({"name": " \u200b"}, "Fill this in"),
        ({"name": "x" * 121}, "120 characters"),
    ],
)
def test_what_cannot_be_is_said_and_the_link_lives_on(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands, *, fields: dict[str, str], fault: str
) -> None:
    path = invited_link(owner, chain, hands, language="en", name="Olena New")
    answer = app.test_client().post(path, data={"name": "Olena", "password": NEW_PASSWORD, **fields})
    assert answer.status_code == 422
    assert fault in answer.text
    assert fields.get("password", NEW_PASSWORD) not in answer.text
    join(app, path)


class TestSomebodyWithAnAccount:
    """Whoever signs in already joins with the account that they have, and with no other."""

    @pytest.fixture
    def path(self, owner: FlaskClient, chain: Chain, foreign_chain: Chain, hands: Hands) -> str:
        """The link for the manager of another chain."""
        return invited_link(owner, chain, hands, email="manager@stranger.example", language="en")

    def test_signs_in_first_and_comes_back(
        self, app: Flask, path: str, chain: Chain, foreign_chain: Chain
    ) -> None:
        client = app.test_client()
        page = client.get(path).text
        assert f"/sign-in?next={path}" in page
        assert 'name="password"' not in page
        given = {"email": "manager@stranger.example", "password": PASSWORD, "next": path}
        assert client.post("/sign-in", data=given).location == path
        assert "Join" in client.get(path).text
        assert client.post(path).location == "/"
        assert "Nova" in client.get("/more").text
        assert stories.membership_of(chain, "manager@stranger.example").is_active
        assert stories.membership_of(foreign_chain, "manager@stranger.example").is_active

    def test_cannot_be_given_another_password_through_the_link(
        self, app: Flask, path: str, foreign_chain: Chain
    ) -> None:
        answer = app.test_client().post(path, data={"name": "Thief", "password": NEW_PASSWORD})
        assert answer.status_code == 200  # the page that asks to sign in
        with reading(None) as session:
            assert user_with_password(session, "manager@stranger.example", PASSWORD)

    def test_is_nobody_else(self, app: Flask, path: str, chain: Chain, foreign_chain: Chain) -> None:
        other = sign_in(app, foreign_chain, "other")
        assert "This invitation is for another account. Other is signed in" in other.get(path).text
        assert other.post(path).status_code == 200
        assert len(rows_of(chain, Membership)) == 4
        out = other.post("/sign-out", data={"next": path})
        assert out.location == f"/sign-in?next={path}"

    def test_nobody_learns_from_the_form_that_the_account_exists(
        self, owner: FlaskClient, path: str, chain: Chain
    ) -> None:
        page = owner.get("/team").text
        assert "manager@stranger.example" in page
        assert "Олена Нова" in page  # the name that was typed, not the one of the account
        assert "Manager</th>" not in page


def test_one_address_that_joins_two_chains_at_the_same_moment_is_one_user(
    app: Flask, owner: FlaskClient, chain: Chain, *, foreign_chain: Chain, hands: Hands
) -> None:
    paths = [
        invited_link(owner, chain, hands),
        invited_link(sign_in(app, foreign_chain, "owner"), foreign_chain, hands),
    ]
    data = {"name": "Олена", "password": NEW_PASSWORD}
    works = [partial(app.test_client().post, path, data=data) for path in paths]
    answers = together(app, works)
    assert sorted(getattr(answer, "status_code", repr(answer)) for answer in answers) == [200, 303]
    with reading(None) as session:
        assert len(session.scalars(select(User).where(User.email == NEW["email"])).all()) == 1


def test_who_was_removed_and_invited_before_takes_the_old_place_again(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    path = invited_link(owner, chain, hands)
    with transaction(chain.organisation_id) as session:
        user = User(email=NEW["email"], name="Old", password_hash="x", language="en", created_at=NOON)
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, role="analyst", is_active=False))
        user_id = user.id
    with transaction(chain.organisation_id) as session:
        join_as_known(session, path.removeprefix("/join/"), user_id, now=hands.at)
    again = stories.membership_of(chain, NEW["email"])
    assert (again.role, again.is_active) == ("store_manager", True)


def test_a_scope_of_another_chain_cannot_wait_in_an_invitation(
    owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    place = {"role": "store_manager", "stores": str(foreign_chain.store_id)}
    answer = owner.post("/team/new", data={**NEW, **place})
    assert answer.status_code == 422
    assert rows_of(chain, TeamInvitation) == []


def test_the_team_that_invites_decides_what_it_may_give(chain: Chain, app: Flask) -> None:
    hers = Team(Role.REGIONAL_MANAGER, frozenset({chain.store_id}))
    for draft in (
        Draft(Role.OWNER),
        Draft(Role.STORE_MANAGER, Scope(stores=frozenset({chain.other_store_id}))),
        Draft(Role.STORE_MANAGER, Scope(regions=frozenset({chain.region_id}))),
    ):
        invitee = Invitee("x@new.example", "X", "en", draft)
        with pytest.raises(Invalid), transaction(chain.organisation_id) as session:
            invite(session, hers, invitee, doer=COMMAND_LINE, post=HANDED_OVER, now=NOON)
