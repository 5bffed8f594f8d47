"""Whatever a receiver does, a request ends in time, in bounds, and with a reason."""

import socket
import tracemalloc

import pytest

from app.channels import ChannelFailure
from app.channels.http import Guard, HttpFault, HttpRequest, Limits, send_http
from tests.channels.http import zoo
from tests.channels.http.zoo import AT_HOME, PATIENT, Behaviour, Receiver, answers, post

OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = OK + b"Content-Length: 999999999\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def reason_of(request: HttpRequest, guard: Guard = AT_HOME) -> str:
    """Why the request failed, which it must."""
    with pytest.raises(ChannelFailure) as failed:
        send_http(request, guard)
    assert not failed.value.is_permanent
    return failed.value.reason


def test_a_receiver_hears_what_was_sent_and_is_heard() -> None:
    with Receiver(answers(201, "прийнято".encode(), X_Request_Id="7")) as receiver:
        reply = send_http(post(receiver, b"\x00body", webhook_id="evt_1"), PATIENT)
    assert (reply.status, reply.headers["x-request-id"], reply.snippet) == (201, "7", "прийнято")
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook HTTP/1.1"
    assert body == b"\x00body"
    assert sorted(line.lower() for line in lines[1:]) == [
        "accept-encoding: identity",
        "connection: close",
        "content-length: 5",
        f"host: 127.0.0.1:{receiver.port}",
        "user-agent: vidhuk",
        "webhook_id: evt_1",
    ]


@pytest.mark.parametrize("status", [200, 204, 301, 404, 410, 429, 500, 599])
def test_every_status_is_an_answer(status: int) -> None:
    with Receiver(answers(status, b"")) as receiver:
        assert send_http(post(receiver), PATIENT).status == status


HANGING: dict[str, Behaviour] = {
    "says nothing": zoo.hangs,
    "drips its head": zoo.drips(OK, b"X-Slow: 1\r\n"),
    "drips a status line": zoo.drips(b"", b"H"),
    "drips its body": zoo.drips(ENDLESS, b"."),
    "drips chunks": zoo.drips(CHUNKED, b"1\r\n.\r\n"),
    "drips interim answers": zoo.drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
}


@pytest.mark.parametrize("habit", HANGING)
def test_a_receiver_that_takes_for_ever_is_left_at_the_deadline(habit: str) -> None:
    with Receiver(HANGING[habit]) as receiver, zoo.within(1.5):
        assert reason_of(post(receiver)) == HttpFault.TIMEOUT


def test_one_that_never_reads_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, zoo.within(1.5):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = HttpRequest(f"http://127.0.0.1:{deaf.getsockname()[1]}/", body=bytes(30_000_000))
        assert reason_of(request) == HttpFault.TIMEOUT


def test_one_that_does_not_take_the_connection_is_left_sooner() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for caller in crowd:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        guard = Guard(allowed=zoo.LOOPBACK, limits=Limits(total_seconds=10, connect_seconds=0.3))
        with zoo.within(1.5):
            request = HttpRequest(f"http://127.0.0.1:{full.getsockname()[1]}/")
            assert reason_of(request, guard) == HttpFault.TIMEOUT
        for caller in crowd:
            caller.close()


NONSENSE: dict[str, Behaviour] = {
    "noise": zoo.says(bytes(range(256)) * 8),
    "HTTP/0.9": zoo.says(b"<html>hello</html>"),
    "an impossible status": zoo.says(b"HTTP/1.1 9999 No\r\n\r\n"),
    "two lengths": zoo.says(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    "a bad length": zoo.says(OK + b"Content-Length: -1\r\n\r\n"),
    "a bad chunk": zoo.says(CHUNKED + b"zz\r\n"),
    "a header without a name": zoo.says(OK + b": x\r\n\r\n"),
    "half a head": zoo.says(OK + b"X: y"),
    "half a body": zoo.says(OK + b"Content-Length: 10\r\n\r\nhalf"),
    "nothing": zoo.says(b""),
    "another protocol": zoo.says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    "a flood of interim answers": zoo.pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a head without end": zoo.pours(OK, b"X-More: " + b"y" * 1000 + b"\r\n"),
    "a status line without end": zoo.pours(b"HTTP/1.1 200 ", b"O" * 1000),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_a_failure_with_its_reason(nonsense: str) -> None:
    with Receiver(NONSENSE[nonsense]) as receiver, zoo.within(5):
        assert reason_of(post(receiver), PATIENT) == HttpFault.GARBAGE


def test_a_connection_that_is_slammed_is_a_failure() -> None:
    with Receiver(zoo.resets) as receiver:
        assert reason_of(post(receiver)) == HttpFault.RESET


def test_a_door_that_is_closed_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert reason_of(HttpRequest(f"http://127.0.0.1:{port}/")) == HttpFault.CONNECT


@pytest.mark.parametrize("head", [ENDLESS, OK + b"\r\n"], ids=["of a stated length", "until it ends"])
def test_an_endless_answer_is_read_for_16_kib(head: bytes) -> None:
    with Receiver(zoo.pours(head, b"z" * 65536)) as receiver, zoo.within(5):
        reply = send_http(post(receiver), PATIENT)
    assert reply.status == 200
    assert 15_000 < len(reply.body) <= 16 * 1024
    assert len(reply.snippet) == 1024


def test_a_packed_bomb_stays_packed() -> None:
    body = zoo.bomb()
    with Receiver(answers(200, body, Content_Encoding="gzip")) as receiver:
        tracemalloc.start()
        reply = send_http(post(receiver), PATIENT)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert reply.body == body[: len(reply.body)]
    assert peak < 2_000_000


def test_a_redirect_is_not_followed() -> None:
    with Receiver(answers(200)) as trap, Receiver(answers(302, Location=trap.url)) as receiver:
        assert send_http(post(receiver), PATIENT).status == 302
    assert trap.connects == 0


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver(answers(200)) as proxy, Receiver(answers(204)) as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert send_http(post(receiver), PATIENT).status == 204
    assert proxy.connects == 0


def test_an_answer_that_came_before_all_was_sent_counts() -> None:
    def refuses(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 413 Too much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        caller.shutdown(socket.SHUT_WR)
        while caller.recv(65536):
            pass

    with Receiver(refuses) as receiver:
        assert send_http(post(receiver, bytes(5_000_000)), PATIENT).status == 413


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b"])
def test_no_header_can_be_smuggled_in(value: str) -> None:
    with Receiver(answers(200)) as receiver, pytest.raises(ChannelFailure) as failed:
        send_http(post(receiver, static=value), PATIENT)
    assert receiver.requests == []
    assert (failed.value.reason, failed.value.is_permanent) == (HttpFault.BAD_REQUEST, True)
