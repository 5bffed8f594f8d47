"""Making organisations, users and keys from the command line."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app import clock
from app.accounts.models import (
    AccountLetter,
    ApiKey,
    Membership,
    MembershipRegion,
    MembershipStore,
    Organisation,
    TeamInvitation,
    User,
)
from app.accounts.queries import find_organisation, live_key, user_with_password
from app.alerts.policies import terms_in_use
from app.audit.models import AuditEntry
from app.db import looking_across, reading
from app.factory import create_app
from app.ids import OrganisationId
from app.surveys.queries import current_version, surveys
from app.web.access import Scope
from tests.conftest import make_settings
from tests.make import NOON, PASSWORD, Chain, rows_of

PERSON = ("--name", "Олена", "--email", "Olena@Nova.example")


def run(app: Flask, *words: str, stdin: str | None = None) -> Result:
    """What a command answers."""
    return app.test_cli_runner().invoke(args=list(words), input=stdin)


def create_user(app: Flask, *words: str, stdin: str | None = None) -> Result:
    """Make Olena in the chain of the tests."""
    return run(app, "user", "create", "--organisation", "nova", *PERSON, *words, stdin=stdin)


def organisation_id(slug: str) -> OrganisationId:
    """The organisation of that slug."""
    with reading(None) as session:
        found = find_organisation(session, slug)
    assert found is not None
    return found.id


def membership(chain: Chain, email: str) -> Membership:
    """The membership of the user with that address."""
    with reading(chain.organisation_id) as session:
        return session.scalars(
            select(Membership).join(User, User.id == Membership.user_id).where(User.email == email)
        ).one()


def test_an_organisation_has_a_policy_and_a_survey_at_once(app: Flask) -> None:
    answer = run(app, "organisation", "create", "comfy-2", "--name", " Комфі ")
    assert answer.exit_code == 0, answer.output
    with reading(organisation_id("comfy-2")) as session:
        assert session.scalars(select(Organisation.name)).one() == "Комфі"
        assert terms_in_use(session).answer_minutes == 30
        (survey,) = surveys(session)
        assert current_version(session, survey.id).number == 1


@pytest.mark.parametrize("slug", ["", "Nova", "two words", "-x", "x" * 41, "нова", "a/b", "a\n"])
def test_a_slug_is_small_letters_digits_and_hyphens(app: Flask, slug: str) -> None:
    answer = run(app, "organisation", "create", "--name", "Nova", "--", slug)
    assert answer.exit_code == 2
    assert "small letters" in answer.output


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "\udcff"])
def test_an_organisation_needs_a_name(app: Flask, name: str) -> None:
    answer = run(app, "organisation", "create", "nova", "--name", name)
    assert answer.exit_code == 2
    assert "--name" in answer.output


def test_a_slug_is_taken_once(app: Flask, chain: Chain) -> None:
    answer = run(app, "organisation", "create", chain.slug, "--name", "Again")
    assert answer.exit_code == 1
    assert "already" in answer.output
    assert "Traceback" not in answer.output


def test_the_owner_gets_a_password_that_is_shown_once_and_works(app: Flask, chain: Chain) -> None:
    answer = create_user(app, "--role", "owner", "--language", "en")
    assert answer.exit_code == 0, answer.output
    password = answer.output.splitlines()[-1]

    with reading(None) as session:
        user = user_with_password(session, "olena@nova.example", password)
    assert user is not None
    assert (user.name, user.language) == ("Олена", "en")
    assert membership(chain, "olena@nova.example").role == "owner"
    signed_in = app.test_client().post("/sign-in", data={"email": "olena@nova.example", "password": password})
    assert signed_in.status_code == 303


def test_a_password_may_come_from_standard_input_and_is_not_shown(app: Flask, chain: Chain) -> None:
    answer = create_user(app, "--role", "analyst", "--password-stdin", stdin=f"{PASSWORD}\nmore\n")
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    with reading(None) as session:
        assert user_with_password(session, "olena@nova.example", PASSWORD) is not None


@pytest.mark.parametrize("password", ["", "too short", "x" * 129])
def test_a_password_has_its_bounds(app: Flask, chain: Chain, password: str) -> None:
    answer = create_user(app, "--role", "owner", "--password-stdin", stdin=f"{password}\n")
    assert answer.exit_code == 1
    assert "12 to 128 characters" in answer.output


def test_a_manager_gets_a_scope_of_stores_and_regions(app: Flask, chain: Chain) -> None:
    answer = create_user(
        app, "--role", "regional_manager", "--store", "s1", "--store", "S2", "--region", "west"
    )
    assert answer.exit_code == 0, answer.output
    own = membership(chain, "olena@nova.example")
    with reading(chain.organisation_id) as session:
        stores = select(MembershipStore.store_id).where(MembershipStore.membership_id == own.id)
        regions = select(MembershipRegion.region_id).where(MembershipRegion.membership_id == own.id)
        assert set(session.scalars(stores)) == {chain.store_id, chain.other_store_id}
        assert list(session.scalars(regions)) == [chain.region_id]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "store_manager"), "would see nothing"),
        (("--role", "owner", "--store", "S1"), "sees every store"),
        (("--role", "store_manager", "--store", "S9"), "there is no S9"),
        (("--role", "regional_manager", "--region", "North"), "there is no North"),
        (("--role", "king"), "king"),
        (("--role", "owner", "--language", "ru"), "ru"),
        (("--role", "owner", "--email", "nobody"), "--email"),
        (("--role", "owner", "--email", "a@b\0.ua"), "--email"),
        (("--role", "owner", "--organisation", "elsewhere"), "there is no organisation elsewhere"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nobody_is_made(
    app: Flask, chain: Chain, words: tuple[str, ...], said: str
) -> None:
    answer = create_user(app, *words)
    assert answer.exit_code == 2
    assert said in answer.output
    with reading(None) as session:
        assert session.scalar(select(User).where(User.name == "Олена")) is None


def test_an_address_belongs_to_one_person(app: Flask, chain: Chain) -> None:
    answer = create_user(app, "--role", "owner", "--email", "OWNER@nova.example")
    assert answer.exit_code == 1
    assert "already" in answer.output


def test_a_password_that_everybody_tries_is_refused(app: Flask, chain: Chain) -> None:
    answer = create_user(app, "--role", "owner", "--password-stdin", stdin="Password2026!\n")
    assert answer.exit_code == 1
    assert "too easy to guess" in answer.output


def test_an_organisation_gets_its_owner_by_a_link(app: Flask) -> None:
    made = run(app, "organisation", "create", "nova", "--name", "Nova")
    assert "flask user invite --organisation nova --role owner" in made.output
    words = ("user", "invite", "--organisation", "nova", *PERSON, "--role", "owner", "--language", "en")
    first, second = (run(app, *words).output.splitlines()[-1] for _ in range(2))
    assert second.startswith("http://127.0.0.1:8000/join/")
    client = app.test_client()
    assert client.get(urlsplit(first).path).status_code == 404  # the second command ended it
    joined = client.post(urlsplit(second).path, data={"name": "Olena", "password": PASSWORD})
    assert joined.status_code == 303
    assert client.get("/team").status_code == 200


def test_an_invitation_on_the_command_line_is_a_deed_and_no_letter(app: Flask, chain: Chain) -> None:
    run(app, "user", "invite", "--organisation", "nova", *PERSON, "--role", "analyst")
    assert [(entry.deed, entry.doer) for entry in rows_of(chain, AuditEntry)] == [
        ("member.invited", "command line")
    ]
    assert rows_of(chain, AccountLetter) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "manager@nova.example", "--role", "owner"), "in the team already"),
        (("--email", "x@nova.example", "--role", "store_manager"), "would see nothing"),
        (("--email", "x@nova.example", "--role", "owner", "--store", "S1"), "sees every store"),
        (("--email", "nobody", "--role", "owner"), "--email"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_in_a_sentence(
    app: Flask, chain: Chain, words: tuple[str, ...], said: str
) -> None:
    answer = run(app, "user", "invite", "--organisation", "nova", "--name", "Олена", *words)
    assert answer.exit_code in (1, 2)
    assert said in answer.output
    assert rows_of(chain, TeamInvitation) == []


def test_who_is_locked_out_gets_a_link(app: Flask, chain: Chain) -> None:
    words = ("user", "reset-link", "--email", "OWNER@nova.example")
    first, second = (run(app, *words).output.splitlines()[-1] for _ in range(2))
    client = app.test_client()
    assert client.get(urlsplit(first).path).status_code == 404
    data = {"password": "three unrelated words"}
    assert client.post(urlsplit(second).path, data=data).status_code == 303
    assert client.get("/settings/audit").status_code == 200


def test_a_link_for_nobody_is_refused(app: Flask, chain: Chain) -> None:
    answer = run(app, "user", "reset-link", "--email", "nobody@nova.example")
    assert answer.exit_code == 1
    assert "Nobody signs in" in answer.output


def test_scope_is_sought_in_the_own_chain_only(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    answer = create_user(app, "--role", "store_manager", "--store", "S1")
    assert answer.exit_code == 0, answer.output
    with reading(foreign_chain.organisation_id) as session:
        assert (
            session.scalar(select(MembershipStore).where(MembershipStore.store_id == chain.store_id)) is None
        )


def test_a_key_stands_alone_on_the_last_line_and_only_its_digest_is_kept(app: Flask, chain: Chain) -> None:
    answer = run(app, "api-key", "create", "--organisation", "nova", "--name", "Power BI")
    assert answer.exit_code == 0, answer.output
    key = answer.output.splitlines()[-1]
    with looking_across() as session:
        found = live_key(session, key, now=NOON)
        assert found is not None
        assert (found.name, found.scopes, found.store_ids) == ("Power BI", frozenset(Scope), None)
        assert key not in {row.secret_digest for row in session.scalars(select(ApiKey))}
    listed = app.test_client().get("/api/v1/touchpoints", headers={"Authorization": f"Bearer {key}"})
    assert listed.status_code == 200


def test_a_key_may_be_limited_listed_and_revoked(app: Flask, chain: Chain) -> None:
    words = ("--scope", "read", "--store", "s1", "--store", "S1", "--expires-days", "30")
    made = run(app, "api-key", "create", "--organisation", "nova", "--name", "Power BI", *words)
    assert made.exit_code == 0, made.output
    key = made.output.splitlines()[-1]
    with looking_across() as session:
        found = live_key(session, key, now=clock.now())
    assert found is not None
    assert (found.scopes, found.store_ids) == (
        frozenset({Scope.READ}),
        frozenset({chain.store_id}),
    )

    listed = run(app, "api-key", "list", "--organisation", "nova").output
    assert f"{found.id}  …{key[-4:]}  live, until " in listed
    assert "read  S1  used never  Power BI" in listed
    assert key not in listed

    ended = run(app, "api-key", "revoke", "--organisation", "nova", str(found.id))
    assert "Power BI" in ended.output
    assert "revoked" in run(app, "api-key", "list", "--organisation", "nova").output
    with looking_across() as session:
        assert live_key(session, key, now=clock.now()) is None
    assert sorted((entry.deed, entry.doer) for entry in rows_of(chain, AuditEntry)) == [
        ("api_key.created", "command line"),
        ("api_key.revoked", "command line"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--name", "x", "--store", "S9"), "there is no S9"),
        (("create", "--name", "x", "--scope", "admin"), "admin"),
        (("create", "--name", "x", "--expires-days", "0"), "0"),
        (("revoke", "01a21577-0fa3-74c8-96c6-bd6ff962bcd0"), "there is no key"),
        (("revoke", "Power BI"), "Power BI"),
    ],
)
def test_what_cannot_be_of_a_key_is_said_in_a_sentence(
    app: Flask, chain: Chain, words: tuple[str, ...], said: str
) -> None:
    answer = run(app, "api-key", words[0], "--organisation", "nova", *words[1:])
    assert answer.exit_code == 2
    assert said in answer.output
    assert rows_of(chain, ApiKey) == []


def test_a_strangers_key_cannot_be_revoked(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    run(app, "api-key", "create", "--organisation", "stranger", "--name", "Theirs")
    (key,) = rows_of(foreign_chain, ApiKey)
    assert run(app, "api-key", "revoke", "--organisation", "nova", str(key.id)).exit_code == 2
    assert rows_of(foreign_chain, ApiKey)[0].revoked_at is None


def test_a_key_needs_an_organisation_that_is_there(app: Flask) -> None:
    answer = run(app, "api-key", "create", "--organisation", "nova", "--name", "Power BI")
    assert answer.exit_code == 2
    assert "there is no organisation nova" in answer.output


def test_migrating_may_be_repeated(app: Flask) -> None:
    for _ in range(2):
        answer = run(app, "migrate")
        assert answer.exit_code == 0, answer.output
        assert "up to date" in answer.output


def test_a_database_without_tables_is_told_in_a_sentence(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
    answer = run(app, "organisation", "create", "nova", "--name", "Nova")
    assert answer.exit_code == 1
    assert "flask migrate" in answer.output
    assert sys.exc_info() == (None, None, None)
