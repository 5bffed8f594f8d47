"""Who cannot prove to be the one whom the address names is told nothing."""

import socket
import ssl
import threading
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
import trustme

from app.channels import ChannelFailure
from app.channels.http import Guard, HttpFault, HttpRequest, Limits, send_http
from app.channels.http.addresses import Address
from tests.channels.http import zoo
from tests.channels.http.zoo import LOOPBACK, Receiver, answers

AUTHORITY = trustme.CA()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What the sender has, with one authority that it trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.configure_trust(context)
    return context


def at_home(_: str) -> list[Address]:
    """Every name is this machine."""
    return [ip_address("127.0.0.1")]


GUARD = Guard(LOOPBACK, Limits(3, 1), at_home, trusting(AUTHORITY))


def serving(
    *names: str, authority: trustme.CA = AUTHORITY, expires: datetime | None = None
) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=expires).configure_cert(context)
    return context


def send(context: ssl.SSLContext, name: str = "crm.example") -> int:
    """The status that a server of that name answers."""
    with Receiver(answers(200), tls=context) as receiver:
        return send_http(HttpRequest(f"https://{name}:{receiver.port}/hook"), GUARD).status


def reason_of(context: ssl.SSLContext, name: str = "crm.example") -> str:
    """Why a server was told nothing."""
    with (
        Receiver(answers(200), tls=context) as receiver,
        pytest.raises(ChannelFailure) as failed,
    ):
        send_http(HttpRequest(f"https://{name}:{receiver.port}/hook"), GUARD)
    assert receiver.requests == []
    return failed.value.reason


def test_a_server_that_proves_its_name_is_told() -> None:
    assert send(serving("crm.example")) == 200


def test_the_name_is_asked_for_although_the_address_is_pinned() -> None:
    asked: list[str | None] = []
    context = serving("crm.example")
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    send(context, "CRM.example.")
    assert asked == ["crm.example"]


def test_an_address_can_prove_itself_too() -> None:
    assert send(serving("127.0.0.1"), "127.0.0.1") == 200


def test_an_expired_certificate_is_refused() -> None:
    assert reason_of(serving("crm.example", expires=LONG_AGO)) == HttpFault.TLS_EXPIRED


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_a_certificate_of_somebody_else_is_refused(name: str) -> None:
    assert reason_of(serving(name)) == HttpFault.TLS_WRONG_HOST


def test_an_authority_that_nobody_trusts_is_refused() -> None:
    assert reason_of(serving("crm.example", authority=trustme.CA())) == HttpFault.TLS_UNKNOWN_ISSUER


def test_a_certificate_that_vouches_for_itself_is_refused() -> None:
    stranger = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with stranger.private_key_pem.tempfile() as key, stranger.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    assert reason_of(context) == HttpFault.TLS_SELF_SIGNED


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_protocol_is_refused() -> None:
    context = serving("crm.example")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert reason_of(context) == HttpFault.TLS_VERSION


def test_a_server_that_speaks_no_tls_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak_plainly() -> None:
            caller, _ = server.accept()
            with caller:
                caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        speaker = threading.Thread(target=speak_plainly)
        speaker.start()
        with pytest.raises(ChannelFailure) as failed:
            send_http(HttpRequest(f"https://crm.example:{server.getsockname()[1]}/"), GUARD)
        speaker.join()
    assert failed.value.reason in (HttpFault.TLS_FAILED, HttpFault.TLS_VERSION)


def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    guard = Guard(LOOPBACK, Limits(0.8, 0.4), at_home, trusting(AUTHORITY))
    with socket.create_server(("127.0.0.1", 0)) as server, zoo.within(1.5):
        url = f"https://crm.example:{server.getsockname()[1]}/"
        with pytest.raises(ChannelFailure) as failed:
            send_http(HttpRequest(url), guard)
    assert failed.value.reason == HttpFault.TIMEOUT


def test_the_product_trusts_the_authorities_of_the_machine_and_only_new_protocols() -> None:
    trust = Guard().trust
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert trust.minimum_version == ssl.TLSVersion.TLSv1_2
