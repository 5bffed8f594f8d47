"""Keys for tills and links signed with them, from the command line."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.db import get_row, transaction
from app.invitations.actions import NewKey
from app.stores.models import Store
from tests.fakes import Hands
from tests.invitations.cast import signed
from tests.make import NOON, Chain, rows_of


@pytest.fixture(autouse=True)
def _clock(hands: Hands) -> None:
    """The clock stands still."""


def run(app: Flask, *arguments: str) -> tuple[int, list[str]]:
    """Run a command; its status and its lines."""
    done = app.test_cli_runner().invoke(args=arguments)
    return done.exit_code, done.output.strip().splitlines()


def test_a_key_is_printed_once_on_a_line_that_programs_can_read(
    app: Flask, chain: Chain, client: FlaskClient
) -> None:
    status, lines = run(app, "till-key", "create", "--organisation", "nova", "--store", "s1")
    code, key_id, secret = lines[-1].split("\t")
    assert (status, code) == (0, "S1")
    assert client.get(signed(NewKey(key_id, secret))).status_code == 200
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject) == ("till_key.created", "command line", key_id)


def test_every_open_store_may_get_one_at_once(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.other_store_id).retired_at = NOON
    status, lines = run(app, "till-key", "create", "--organisation", "nova", "--all-stores")
    assert status == 0
    assert [line.split("\t")[0] for line in lines[1:]] == ["S1"]


def test_a_signed_link_opens(app: Flask, chain: Chain, client: FlaskClient) -> None:
    run(app, "till-key", "create", "--organisation", "nova", "--store", "S1")
    status, lines = run(
        app,
        *("receipt-link", "sign", "--organisation", "nova", "--store", "S1", "--number", " A 1/2 "),
        *("--total", "24990", "--cashier", "07", "--language", "en", "--minutes-ago", "3"),
    )
    assert status == 0
    assert lines[-1].startswith("http://127.0.0.1:8000/r/")
    page = client.get(lines[-1].removeprefix("http://127.0.0.1:8000"))
    assert "Receipt A 1/2" in page.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("till-key", "create", "--organisation", "nova"), "--all-stores"),
        (("till-key", "create", "--organisation", "nova", "--store", "S1", "--all-stores"), "--all-stores"),
        (("till-key", "create", "--organisation", "none", "--store", "S1"), "no organisation none"),
        (("till-key", "create", "--organisation", "nova", "--store", "S9"), "no store S9"),
        (
            ("receipt-link", "sign", "--organisation", "nova", "--store", "S1", "--number", "1"),
            "has no live key: flask till-key create",
        ),
        (("receipt-link", "sign", "--organisation", "nova", "--store", "S1", "--number", "--"), "empty"),
    ],
)
def test_what_cannot_be_done_is_said(
    app: Flask, chain: Chain, arguments: tuple[str, ...], words: str
) -> None:
    status, lines = run(app, *arguments)
    assert status != 0
    assert words in " ".join(lines)
