"""Deliveries from the command line: a list, and sending again."""

import pytest
from click.testing import Result
from flask import Flask

from app.audit.models import AuditEntry
from app.db import transaction
from app.webhooks.actions import enable_endpoint, pause_endpoint
from tests.make import NOON, Chain, make_response, rows_of
from tests.webhooks.cast import SOMEBODY, add_endpoint, deliveries, only_delivery

pytestmark = pytest.mark.usefixtures("hands")


def run(app: Flask, *words: str) -> Result:
    """What a command of the chain answers."""
    return app.test_cli_runner().invoke(args=["deliveries", *words, "--organisation", "nova"])


@pytest.fixture
def held_back(chain: Chain) -> Chain:
    """A chain whose endpoint was paused while two shoppers answered."""
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    for _ in range(2):
        make_response(chain, 9)
    with transaction(chain.organisation_id) as session:
        enable_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    return chain


def test_the_list_has_a_line_for_each(app: Flask, held_back: Chain) -> None:
    done = run(app, "list", "--state", "cancelled")
    assert done.exit_code == 0
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:6] for line in lines] == [
        ["2026-11-25T12:00:00Z", "cancelled", "response.received", "0", "-", "https://crm.example/hooks"]
    ] * 2
    assert {line[6] for line in lines} == {str(row.id) for row in deliveries(held_back)}
    assert run(app, "list", "--state", "failed").stdout == ""
    assert run(app, "list", "--since", "2026-11-25T14:00:01+02:00").stdout == ""


def test_what_was_held_back_is_sent_again(app: Flask, held_back: Chain) -> None:
    done = run(app, "replay", "--since", "2026-11-25", "--endpoint", "crm.example")
    assert (done.exit_code, done.output) == (0, "https://crm.example/hooks: 2 sent again.\n")
    assert {row.state for row in deliveries(held_back)} == {"pending"}
    assert rows_of(held_back, AuditEntry)[-1].doer == "command line"
    assert run(app, "replay").output == "https://crm.example/hooks: 0 sent again.\n"


def test_one_is_sent_again_by_its_id(app: Flask, held_back: Chain) -> None:
    row = deliveries(held_back)[0]
    assert run(app, "replay", "--id", str(row.id)).output == "1 delivery is sent again.\n"
    assert [other.state for other in deliveries(held_back)] == ["pending", "cancelled"]


def test_what_cannot_be_is_told_in_words(app: Flask, chain: Chain) -> None:
    endpoint_id, _ = add_endpoint(chain, types=["response.received"])
    make_response(chain, 9)
    with transaction(chain.organisation_id) as session:
        pause_endpoint(session, endpoint_id, doer=SOMEBODY, now=NOON)
    assert "disabled, enable it first" in run(app, "replay").output
    refused = run(app, "replay", "--id", str(only_delivery(chain).id))
    assert (refused.exit_code, "Its endpoint is disabled" in refused.output) == (1, True)
    unknown = run(app, "replay", "--id", "01234567-89ab-7def-8123-456789abcdef")
    assert (unknown.exit_code, "There is no delivery" in unknown.output) == (1, True)
    for words in (["--endpoint", "nowhere"], ["--since", "yesterday"], ["--id", "x"]):
        assert run(app, "replay", *words).exit_code == 2, words
    add_endpoint(chain)
    assert "name one by its id" in run(app, "list", "--endpoint", "crm.example").output


def test_the_organisation_must_be_there(app: Flask, chain: Chain) -> None:
    done = app.test_cli_runner().invoke(args=["deliveries", "list", "--organisation", "nobody"])
    assert (done.exit_code, "there is no organisation nobody" in done.output) == (2, True)
