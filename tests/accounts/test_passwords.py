"""A forgotten password: who asks learns nothing, the link works once, other browsers are signed out."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.keeping import forget_what_is_over
from app.accounts.models import AccountLetter, Membership, PasswordRequest, PasswordReset, SignIn, User
from app.accounts.queries import user_with_password
from app.accounts.resets import issue_reset, reset_password
from app.db import reading, transaction, transaction_across
from app.errors import Gone
from app.ids import digest
from tests.accounts.stories import (
    NEW_PASSWORD,
    count,
    deeds,
    deliver,
    letters,
    link_in,
    second_job,
)
from tests.fakes import Hands, MailServer
from tests.make import NOON, PASSWORD, Chain, rows_of, sign_in
from tests.statements import asked
from tests.together import together

MANAGER = "manager@nova.example"


@pytest.fixture
def visitor(client: FlaskClient, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of somebody who cannot sign in."""
    return client


@pytest.fixture
def path(visitor: FlaskClient, chain: Chain, hands: Hands) -> str:
    """The link that the manager got."""
    visitor.post("/forgot", data={"email": MANAGER})
    deliver(hands)
    return link_in(chain)


def can_sign_in(password: str, email: str = MANAGER) -> bool:
    """Whether that is the password now."""
    with reading(None) as session:
        return user_with_password(session, email, password) is not None


def test_the_answer_is_the_same_whether_or_not_anybody_has_the_address(visitor: FlaskClient) -> None:
    known = visitor.post("/forgot?lang=en", data={"email": MANAGER})
    unknown = visitor.post("/forgot?lang=en", data={"email": "nobody@nova.example"})
    assert known.status_code == unknown.status_code == 200
    # A token of a form is another one in another second.
    pages = (re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text) for answer in (known, unknown))
    assert len({re.sub(r"[a-z]+@nova\.example", "", page) for page in pages}) == 1


def test_the_work_is_the_same_whether_or_not_anybody_has_the_address(visitor: FlaskClient) -> None:
    """Statement for statement: there is nothing that a stopwatch could tell apart."""
    with asked() as known:
        visitor.post("/forgot", data={"email": MANAGER})
    with asked() as unknown:
        visitor.post("/forgot", data={"email": "nobody@nova.example"})
    assert known == unknown
    assert not any("users" in statement for statement in known)


def test_a_letter_goes_to_who_has_the_address_and_to_nobody_else(
    visitor: FlaskClient, chain: Chain, hands: Hands
) -> None:
    for email in ("MANAGER@nova.example ", "nobody@nova.example"):
        visitor.post("/forgot", data={"email": email})
    deliver(hands)
    assert [letter.recipient for letter in letters(chain)] == [MANAGER]
    assert count(PasswordRequest) == 0


@pytest.mark.parametrize("gone", ["user", "membership"])
def test_who_may_not_sign_in_gets_no_letter(
    visitor: FlaskClient, chain: Chain, hands: Hands, gone: str
) -> None:
    with transaction(chain.organisation_id) as session:
        kind = User if gone == "user" else Membership
        session.execute(update(kind).values(is_active=False))
    visitor.post("/forgot", data={"email": MANAGER})
    deliver(hands)
    assert letters(chain) == []


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 400, "a@b.ua\r\nBcc: c@d.ua", "a@@b.ua"])
def test_what_is_no_address_is_refused_in_words(visitor: FlaskClient, email: str) -> None:
    answer = visitor.post("/forgot", data={"email": email})
    assert answer.status_code == 422
    assert count(PasswordRequest) == 0


def test_asking_again_has_to_wait_and_only_the_database_remembers(visitor: FlaskClient, hands: Hands) -> None:
    """The count lives in a table: nothing else could be emptied to begin anew."""
    for email in (MANAGER, "nobody@nova.example"):
        assert visitor.post("/forgot", data={"email": email}).status_code == 200
        assert visitor.post("/forgot", data={"email": email}).status_code == 429
    hands.move(seconds=61)
    assert visitor.post("/forgot", data={"email": MANAGER}).status_code == 200
    hands.move(seconds=61)
    assert visitor.post("/forgot", data={"email": MANAGER}).status_code == 429
    hands.move(days=2)
    assert visitor.post("/forgot", data={"email": MANAGER}).status_code == 200


def test_a_network_that_asks_for_many_addresses_has_to_wait(visitor: FlaskClient) -> None:
    answers = [visitor.post("/forgot", data={"email": f"n{n}@nova.example"}).status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


def test_asking_for_a_password_does_not_hinder_signing_in(
    app: Flask, visitor: FlaskClient, chain: Chain
) -> None:
    for _ in range(5):
        visitor.post("/forgot", data={"email": MANAGER})
    sign_in(app, chain)


def test_two_requests_at_the_same_moment_are_counted_both(app: Flask, chain: Chain, hands: Hands) -> None:
    def ask() -> int:
        return app.test_client().post("/forgot", data={"email": "new@nova.example"}).status_code

    assert set(together(app, [ask] * 4)) <= {200, 429}


def test_the_link_sets_a_password_and_signs_in_here_only(
    app: Flask, visitor: FlaskClient, chain: Chain, path: str
) -> None:
    before = sign_in(app, chain)
    assert visitor.get(path).status_code == 200
    answer = visitor.post(path, data={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/more").status_code == 200
    assert before.get("/more").status_code == 303
    assert can_sign_in(NEW_PASSWORD)
    assert not can_sign_in(PASSWORD)
    assert deeds(chain) == [("password.reset", "Manager", "Manager")]


def test_a_letter_says_that_the_password_was_changed(
    visitor: FlaskClient, chain: Chain, hands: Hands, path: str
) -> None:
    visitor.post(path, data={"password": NEW_PASSWORD})
    deliver(hands)
    assert [letter.subject for letter in letters(chain)] == [
        "Choose a new password",
        "Your password was changed",
    ]
    assert letters(chain)[-1].recipient == MANAGER
    assert NEW_PASSWORD not in letters(chain)[-1].body


def test_the_link_works_once(visitor: FlaskClient, path: str) -> None:
    for _ in range(3):
        assert visitor.get(path).status_code == 200  # looking uses nothing up
    assert visitor.post(path, data={"password": NEW_PASSWORD}).status_code == 303
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, data={"password": "another unrelated phrase"}).status_code == 404
    assert can_sign_in(NEW_PASSWORD)


def test_of_two_at_the_same_moment_one_sets_the_password(app: Flask, chain: Chain) -> None:
    with transaction(None) as session:
        user_id = session.scalars(select(User.id).where(User.email == MANAGER)).one()
        token = issue_reset(session, user_id, now=NOON)

    def use() -> str:
        with transaction_across() as session:
            return reset_password(session, token, NEW_PASSWORD, now=NOON).email

    found = together(app, [use] * 3)
    assert sorted(type(one).__name__ for one in found) == ["Gone", "Gone", "str"]


def test_the_link_ends_after_an_hour(visitor: FlaskClient, hands: Hands, path: str) -> None:
    hands.at += timedelta(hours=1)
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, data={"password": NEW_PASSWORD}).status_code == 404
    assert can_sign_in(PASSWORD)
    with transaction_across() as session:
        forget_what_is_over(session, now=hands.at)
    assert count(PasswordReset) == 0


def test_a_newer_link_ends_the_older(visitor: FlaskClient, chain: Chain, hands: Hands, path: str) -> None:
    hands.move(minutes=2)
    visitor.post("/forgot", data={"email": MANAGER})
    deliver(hands)
    assert link_in(chain) != path
    assert visitor.get(path).status_code == 404
    assert visitor.get(link_in(chain)).status_code == 200


@pytest.mark.parametrize("password", ["", "too short", "x" * 129, "NovaNovaNova", "manager-2026!"])
def test_what_is_no_password_is_refused_and_the_link_lives_on(
    visitor: FlaskClient, path: str, password: str
) -> None:
    assert visitor.post(path, data={"password": password}).status_code == 422
    assert visitor.get(path).status_code == 200
    assert can_sign_in(PASSWORD)


def test_a_right_password_by_link_ends_the_wait_for_signing_in(
    app: Flask, visitor: FlaskClient, chain: Chain, path: str
) -> None:
    for _ in range(4):
        visitor.post("/sign-in", data={"email": MANAGER, "password": "wrong"})
    assert visitor.post("/sign-in", data={"email": MANAGER, "password": PASSWORD}).status_code == 429
    visitor.post(path, data={"password": NEW_PASSWORD})
    keys = {"email": MANAGER, "password": NEW_PASSWORD}
    other = app.test_client().post("/sign-in", data=keys, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert other.status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@q.example"])
def test_the_link_begins_with_the_configured_address_whatever_the_request_says(
    visitor: FlaskClient, chain: Chain, hands: Hands, host: str
) -> None:
    headers = {"Host": host, "X-Forwarded-Host": host}
    visitor.post("/forgot", data={"email": MANAGER}, headers=headers)
    deliver(hands)
    for letter in letters(chain):
        assert "evil" not in letter.body
        assert "http://127.0.0.1:8000/reset/" in letter.body


def test_the_database_keeps_digests_and_after_sending_nothing_else(chain: Chain, path: str) -> None:
    token = path.removeprefix("/reset/")
    assert len(token) == 22  # 128 bits
    with reading(None) as session:
        assert session.scalars(select(PasswordReset.secret_digest)).one() == digest(f"reset/{token}")
    assert [letter.sealed_link for letter in rows_of(chain, AccountLetter)] == [None]


def test_a_letter_that_cannot_go_out_is_tried_again(
    visitor: FlaskClient, chain: Chain, hands: Hands, mail_server: MailServer
) -> None:
    mail_server.refuse = "451 later"
    visitor.post("/forgot", data={"email": MANAGER})
    deliver(hands)
    (letter,) = rows_of(chain, AccountLetter)
    assert letter.sealed_link
    assert letter.due_at == hands.at + timedelta(seconds=5)
    mail_server.refuse = ""
    hands.move(seconds=5)
    deliver(hands)
    assert [mail["To"] for mail in mail_server.received] == [MANAGER]


class TestSeveralOrganisations:
    """One person, one password, two chains."""

    def test_both_records_have_it(
        self, visitor: FlaskClient, chain: Chain, foreign_chain: Chain, *, path: str
    ) -> None:
        second_job(chain, foreign_chain)
        visitor.post(path, data={"password": NEW_PASSWORD})
        assert deeds(chain) == deeds(foreign_chain) == [("password.reset", "Manager", "Manager")]

    def test_no_key_to_two_chains_lies_in_the_mailbox_of_one(
        self, visitor: FlaskClient, chain: Chain, foreign_chain: Chain, *, hands: Hands
    ) -> None:
        second_job(chain, foreign_chain)
        visitor.post("/forgot", data={"email": MANAGER})
        deliver(hands)
        assert letters(chain) == letters(foreign_chain) == []

    def test_over_a_mail_server_it_goes_out(
        self,
        visitor: FlaskClient,
        chain: Chain,
        foreign_chain: Chain,
        *,
        hands: Hands,
        mail_server: MailServer,
    ) -> None:
        second_job(chain, foreign_chain)
        visitor.post("/forgot", data={"email": MANAGER})
        deliver(hands)
        assert [mail["To"] for mail in mail_server.received] == [MANAGER]


def test_a_switched_off_user_has_no_use_of_a_link(visitor: FlaskClient, path: str) -> None:
    with transaction(None) as session:
        session.execute(update(User).values(is_active=False))
    assert visitor.post(path, data={"password": NEW_PASSWORD}).status_code == 404
    with pytest.raises(Gone), transaction_across() as session:
        reset_password(session, path.removeprefix("/reset/"), NEW_PASSWORD, now=NOON)


class TestMine:
    """Changing one's own password under My settings."""

    @pytest.fixture
    def manager(self, app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
        """The browser of the first store's manager."""
        return sign_in(app, chain)

    def test_it_asks_for_the_current_one_and_signs_the_others_out(
        self, app: Flask, manager: FlaskClient, chain: Chain, hands: Hands
    ) -> None:
        other = sign_in(app, chain)
        old = manager.get_cookie("vidhuk")
        assert old
        data = {"current": PASSWORD, "password": NEW_PASSWORD}
        answer = manager.post("/settings/me/password", data=data)
        assert (answer.status_code, answer.location) == (303, "/settings/me?done=password")
        assert manager.get("/settings/me").status_code == 200
        assert other.get("/more").status_code == 303
        thief = app.test_client()
        thief.set_cookie("vidhuk", old.value)
        assert thief.get("/more").status_code == 303
        assert can_sign_in(NEW_PASSWORD)
        deliver(hands)
        assert letters(chain)[-1].subject == "Your password was changed"
        assert deeds(chain) == [("password.changed", "Manager", "Manager")]
        assert count(SignIn) == 1

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"current": "wrong", "password": NEW_PASSWORD}, "current"),
            ({"current": "", "password": NEW_PASSWORD}, "current"),
            ({"current": PASSWORD, "password": "short"}, "password"),
            ({"current": PASSWORD, "password": "NovaNovaNova"}, "password"),
            ({"current": PASSWORD}, "password"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(
        self, manager: FlaskClient, data: dict[str, str], field: str
    ) -> None:
        answer = manager.post("/settings/me/password", data=data)
        assert answer.status_code == 422
        assert f'id="{field}-fault"' in answer.text
        assert can_sign_in(PASSWORD)

    def test_guessing_the_current_one_has_to_wait(self, manager: FlaskClient) -> None:
        data = {"current": "guess", "password": NEW_PASSWORD}
        answers = [manager.post("/settings/me/password", data=data).status_code for _ in range(4)]
        assert answers == [422, 422, 422, 429]
        right = {"current": PASSWORD, "password": NEW_PASSWORD}
        assert manager.post("/settings/me/password", data=right).status_code == 429
