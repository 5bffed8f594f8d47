"""When to try again, how long to wait, and what a signature is."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from app.events.catalogue import PUBLIC
from app.webhooks import signing
from app.webhooks.rules import TEST_TYPE, TYPES, asked_wait, has_failed_too_long, is_success, retry_wait
from tests.make import NOON

KIND = TYPES[0]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PLAN = [
    *(5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
]


def test_the_plan_of_retries_takes_three_days() -> None:
    waits = [retry_wait(attempts, KIND, chance=0.5) for attempts in range(1, 11)]
    assert waits == PLAN
    assert retry_wait(11, KIND, chance=0.5) is None
    assert timedelta(hours=75.5) < sum(PLAN, timedelta()) < timedelta(hours=75.7)


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.8), (0.25, 0.9), (1.0, 1.2)])
def test_waits_are_spread_by_a_fifth(chance: float, share: float) -> None:
    assert [retry_wait(n, KIND, chance=chance) for n in range(1, 11)] == [wait * share for wait in PLAN]


def test_a_test_is_tried_once() -> None:
    assert retry_wait(1, TEST_TYPE, chance=0.5) is None


def test_only_2xx_is_success() -> None:
    assert [status for status in range(100, 600) if is_success(status)] == list(range(200, 300))
    assert not is_success(None)


def date(at: datetime) -> str:
    """An instant as HTTP writes it."""
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("status", "header", "wait"),
    [
        (429, "120", 2 * MINUTE),
        (503, "120", 2 * MINUTE),
        (429, " 5 ", 5 * SECOND),
        (429, date(NOON + HOUR), HOUR),
        (503, date(NOON + 30 * HOUR), 24 * HOUR),
        (429, "999999", 24 * HOUR),
        (429, "9999999999", 24 * HOUR),
        (500, "120", None),
        (502, "120", None),
        (302, "120", None),
        (None, "120", None),
        (429, None, None),
        (429, "", None),
        (429, "0", None),
        (429, "-5", None),
        (429, "+5", None),
        (429, "1.5", None),
        (429, "1e3", None),
        (429, "\u0665", None),
        (429, "soon", None),
        (429, "99999999999999999999", None),
        (429, date(NOON - HOUR), None),
        (429, "Wed, 99 Nov 2026 25:00:00 GMT", None),
        (429, "Wed, 25 Nov 99999 13:00:00 GMT", None),
    ],
)
def test_a_receiver_may_ask_us_to_wait(
    status: int | None, header: str | None, wait: timedelta | None
) -> None:
    assert asked_wait(status, header, now=NOON) == wait


def test_a_date_without_its_zone_is_in_utc() -> None:
    assert asked_wait(429, "Wed, 25 Nov 2026 13:00:00", now=NOON) == HOUR


def test_five_days_of_failures_are_too_many() -> None:
    assert not has_failed_too_long(None, now=NOON)
    assert not has_failed_too_long(NOON - timedelta(days=5) + SECOND, now=NOON)
    assert has_failed_too_long(NOON - timedelta(days=5), now=NOON)


def test_the_types_are_the_public_events_in_their_order() -> None:
    assert set(TYPES) == {name.value for name in PUBLIC}
    assert TYPES[0] == "response.received"


def test_a_secret_has_32_random_bytes() -> None:
    secrets = {signing.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_an_id_has_no_dot() -> None:
    name = signing.message_id(UUID(int=1))
    assert name == "evt_00000000000000000000000000000001"
    assert "." not in name


def test_the_example_of_the_specification_is_signed_alike() -> None:
    """The vector published with Standard Webhooks."""
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert signing._signature(secret, signed) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_public_library_accepts_either_secret_while_two_are_live() -> None:
    new, old, other = (signing.new_secret() for _ in range(3))
    body = '{"comment":"Черга"}'.encode()
    headers = signing.signed_headers(UUID(int=1), body, [new, old], at=datetime.now(UTC))
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        Webhook(secret).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(other).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(new).verify(body + b" ", headers)
