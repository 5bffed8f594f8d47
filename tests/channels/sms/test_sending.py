"""One SMS through the organisation's provider, and what its answers mean."""

from datetime import timedelta

import pytest

from app.channels import ChannelFailure
from app.channels.sms.actions import connect_gateway
from app.channels.sms.models import SmsGateway
from app.channels.sms.queries import find_gateway, secret_of
from app.channels.sms.sender import TextMessage
from app.channels.sms.template import Kind, Template
from app.db import reading, transaction
from tests.fakes_channels import Said, SmsServer
from tests.make import NOON, SECRET, Chain, rows_of

OWN = "s3cret"
BODY = '{"id": "{reference}", "to": "{digits}", "text": "{text}"}'


def connect(chain: Chain, url: str, new_secret: str | None = OWN, **more: str) -> None:
    """What the page does."""
    words = {"method": "POST", "kind": Kind.JSON, "headers": "X-Key: {secret}", "body": BODY, **more}
    template = Template(url, **words)  # type: ignore[arg-type]
    with transaction(chain.organisation_id) as session:
        connect_gateway(session, template, new_secret, secret=SECRET, per_minute=None, now=NOON)


@pytest.fixture
def gateway(chain: Chain, sms_server: SmsServer) -> SmsServer:
    """The gateway, connected, with a rule for success."""
    connect(chain, f"{sms_server.url}/send", path="code", pattern="^0$")
    return sms_server


def send(chain: Chain) -> None:
    """Send one message."""
    TextMessage("notification-1", "+380501112233", "Черга").send(chain.organisation_id, now=NOON)


def failure(chain: Chain) -> ChannelFailure:
    """How sending fails."""
    with pytest.raises(ChannelFailure) as caught:
        send(chain)
    return caught.value


def test_the_provider_gets_what_the_template_says(chain: Chain, gateway: SmsServer) -> None:
    send(chain)
    (asked,) = gateway.asked
    assert (asked.method, asked.path, asked.headers["X-Key"]) == ("POST", "/send", "s3cret")
    assert asked.json == {"id": "notification-1", "to": "380501112233", "text": "Черга"}


def test_fields_may_stand_in_the_address(chain: Chain, sms_server: SmsServer) -> None:
    connect(
        chain, sms_server.url, kind=Kind.QUERY, method="GET", headers="", body="k={secret}&to={to}&t={text}"
    )
    send(chain)
    (asked,) = sms_server.asked
    assert (asked.method, asked.body) == ("GET", b"")
    assert asked.fields == {"k": "s3cret", "to": "+380501112233", "t": "Черга"}


def test_the_secret_is_kept_sealed_until_another_one_is_given(chain: Chain, gateway: SmsServer) -> None:
    assert "s3cret" not in (rows_of(chain, SmsGateway)[0].secret_sealed or "")
    connect(chain, gateway.url, None)
    assert secret(chain) == "s3cret"
    connect(chain, gateway.url, "another")
    assert secret(chain) == "another"
    connect(chain, gateway.url, "")
    assert secret(chain) == ""


def secret(chain: Chain) -> str:
    """What is kept."""
    with reading(chain.organisation_id) as session:
        row = find_gateway(session)
        assert row is not None
        return secret_of(row, SECRET)


@pytest.mark.parametrize(
    ("status", "is_permanent", "is_of_address"),
    [
        (301, True, False),
        (302, True, False),
        (400, True, True),
        (401, True, False),
        (402, True, False),
        (403, True, False),
        (404, True, False),
        (408, False, False),
        (410, True, False),
        (422, True, True),
        (425, False, False),
        (429, False, False),
        (500, False, False),
        (503, False, False),
    ],
)
def test_a_status_means(
    chain: Chain, gateway: SmsServer, status: int, *, is_permanent: bool, is_of_address: bool
) -> None:
    gateway.says = Said(status)
    found = failure(chain)
    assert (found.reason, found.is_permanent, found.is_of_address) == (
        f"sms_{status}",
        is_permanent,
        is_of_address,
    )


def test_an_answer_that_breaks_the_rule_is_not_sent_again(chain: Chain, gateway: SmsServer) -> None:
    """It may have been taken all the same, and each SMS costs."""
    gateway.says = Said(200, '{"code": 300}')
    assert (failure(chain).reason, failure(chain).is_permanent) == ("sms_refused", True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("0", None), ("-5", None), ("soon", None), ("99999", 3600), ("٣", None)],
)
def test_a_provider_may_ask_to_wait(
    chain: Chain, gateway: SmsServer, header: str, seconds: int | None
) -> None:
    gateway.says = Said(429, "", {"Retry-After": header.encode().decode("latin-1")})
    assert failure(chain).retry_after == (timedelta(seconds=seconds) if seconds else None)


def test_a_provider_that_is_away_is_tried_again(chain: Chain, gateway: SmsServer) -> None:
    connect(chain, "http://127.0.0.1:9/send")
    assert (failure(chain).reason, failure(chain).is_permanent) == ("connect", False)


def test_without_a_provider_nothing_is_sent(chain: Chain, sms_server: SmsServer) -> None:
    assert failure(chain).reason == "not_connected"


def test_one_chain_never_uses_the_provider_of_another(
    chain: Chain, foreign_chain: Chain, gateway: SmsServer
) -> None:
    assert failure(foreign_chain).reason == "not_connected"
    assert gateway.asked == []
