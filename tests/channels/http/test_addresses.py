"""Where a request may go: every kind of address that is not the public internet is refused."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from app.channels import ChannelFailure
from app.channels.http import Guard, HttpFault, HttpRequest, Limits, check_target, send_http
from app.channels.http.addresses import Address, is_public
from app.channels.http.resolver import look_up
from app.channels.http.targets import read_target
from app.errors import Invalid
from app.settings import SettingsError, load_settings
from tests.channels.http import zoo
from tests.channels.http.zoo import LOOPBACK, Receiver, answers

_REFUSED = """
0.0.0.0 0.0.0.1 0.1.2.3 0.255.255.255
10.0.0.0 10.0.0.1 10.128.0.1 10.255.255.255
100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.255.255.254 127.255.255.255
168.63.129.16
169.254.0.0 169.254.0.1 169.254.169.253 169.254.169.254 169.254.170.2 169.254.255.255
172.16.0.0 172.16.0.1 172.17.0.1 172.20.10.1 172.31.255.255
192.0.0.0 192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.192 192.0.0.255
192.0.2.0 192.0.2.1 192.0.2.255 192.31.196.1 192.52.193.1 192.88.99.0 192.88.99.1 192.175.48.1
192.168.0.0 192.168.0.1 192.168.1.1 192.168.255.255
198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.0 198.51.100.1 203.0.113.0 203.0.113.255
224.0.0.0 224.0.0.1 224.0.0.251 232.1.2.3 239.255.255.255
240.0.0.0 240.0.0.1 250.1.2.3 255.255.255.254 255.255.255.255
:: ::1 ::2 ::ffff ::127.0.0.1 ::10.0.0.1 ::8.8.8.8
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.0.1 ::ffff:8.8.8.8
::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::192.168.1.1 64:ff9b::0.0.0.0
64:ff9b:1::1 64:ff9b:1::8.8.8.8 64:ff9b:0:1::8.8.8.8
100::1 100:0:0:1::1 200::1 400::1 1000::1 1fff:ffff::1
2001:: 2001::1 2001:0:7f00:1:: 2001:1::1 2001:1::2 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1
2001:30::1 2001:1ff:ffff::1 2001:db8:: 2001:db8::1 2001:db8:ffff::1
2002:: 2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101:: 2002:a9fe:a9fe:: 2002:808:808::1
2620:4f:8000::1 3fff:: 3fff::1 3fff:fff:ffff::1
4000::1 5f00::1 6000::1 8000::1 a000::1 c000::1 e000::1 f000::1 f800::1
fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff:ffff::1 fe00::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1
feff::1 ff00::1 ff01::1 ff02::1 ff02::fb ff05::2 ff0e::1 ffff::1
"""
REFUSED = _REFUSED.split()
_PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255
198.20.0.0 203.0.112.255 223.255.255.255 2000::1 2001:200::1 2001:4860:4860::8888 2001:db7::1 2001:db9::1
2003::1 2a02:6b8::1 2606:4700:4700::1111 3ffe::1 64:ff9b::8.8.8.8
"""
PUBLIC = _PUBLIC.split()
# Loopback and metadata as a browser, a resolver or a C library would read them.
ODD_SPELLINGS = [
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
]
BAD_URLS = {
    "ftp://crm.example/": HttpFault.BAD_URL,
    "file:///etc/passwd": HttpFault.BAD_URL,
    "gopher://127.0.0.1:6379/_x": HttpFault.BAD_URL,
    "javascript:alert(1)": HttpFault.BAD_URL,
    "//crm.example/": HttpFault.BAD_URL,
    "crm.example": HttpFault.BAD_URL,
    "": HttpFault.BAD_URL,
    "https://": HttpFault.BAD_URL,
    "https:///path": HttpFault.BAD_URL,
    "https://crm..example/": HttpFault.BAD_URL,
    "https://.example/": HttpFault.BAD_URL,
    "https://crm example/": HttpFault.BAD_URL,
    "https://crm.example/a b": HttpFault.BAD_URL,
    "https://crm.example/\r\nHost: evil": HttpFault.BAD_URL,
    "https://crm.example/\x00": HttpFault.BAD_URL,
    "https://crm.example\\@evil.example/": HttpFault.BAD_URL,
    "https://crm.example:99999/": HttpFault.BAD_URL,
    "https://crm.example:0/": HttpFault.BAD_URL,
    "https://crm.example:x/": HttpFault.BAD_URL,
    "https://[::1/": HttpFault.BAD_URL,
    "https://[fe80::1%25eth0]/": HttpFault.BAD_URL,
    "https://crm%2eexample/": HttpFault.BAD_URL,
    "https://" + "a" * 64 + ".example/": HttpFault.BAD_URL,
    "https://crm.example/" + "a" * 2000: HttpFault.BAD_URL,
    "https://user:secret@crm.example/": HttpFault.CREDENTIALS_REFUSED,
    "https://user@crm.example/": HttpFault.CREDENTIALS_REFUSED,
    "https://@crm.example/": HttpFault.CREDENTIALS_REFUSED,
    "http://crm.example/": HttpFault.NEEDS_HTTPS,
    "http://crm.example:443/": HttpFault.NEEDS_HTTPS,
    "https://crm.example:80/": HttpFault.PORT_REFUSED,
    "https://crm.example:6379/": HttpFault.PORT_REFUSED,
}


def knowing(*addresses: str) -> Guard:
    """A guard that allows nothing special, in a world where every name has these addresses."""
    found = [ip_address(address) for address in addresses]
    return Guard(limits=zoo.QUICK, resolver=lambda _: list(found))


def reason_of(url: str, guard: Guard) -> str:
    """Why nothing was sent there."""
    with pytest.raises(ChannelFailure) as failed:
        send_http(HttpRequest(url), guard)
    return failed.value.reason


def fault_of(url: str, guard: Guard) -> str:
    """Why such an address is not even saved."""
    with pytest.raises(Invalid) as refused:
        check_target(url, guard)
    return refused.value.faults["url"]


@contextmanager
def traps() -> Iterator[list[Receiver]]:
    """Listeners on loopback that nobody may reach."""
    with ExitStack() as stack:
        yield [stack.enter_context(Receiver(answers(200), host=host)) for host in ("127.0.0.1", "127.0.0.2")]


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(REFUSED) + len(ODD_SPELLINGS) >= 120
    assert len(set(REFUSED)) == len(REFUSED)


@pytest.mark.parametrize("address", REFUSED)
def test_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("url", ODD_SPELLINGS)
def test_an_odd_spelling_is_resolved_before_it_is_judged(url: str) -> None:
    guard = Guard(limits=zoo.QUICK)
    assert reason_of(url, guard) == HttpFault.ADDRESS_REFUSED
    assert fault_of(url, guard) == HttpFault.ADDRESS_REFUSED


@pytest.mark.parametrize(("url", "fault"), BAD_URLS.items())
def test_an_address_is_written_properly_or_refused(url: str, fault: str) -> None:
    guard = knowing("8.8.8.8")
    assert reason_of(url, guard) == fault
    assert fault_of(url, guard) == fault


@pytest.mark.parametrize(
    "url", ["https://crm.example/a?b=c#d", "https://crm.example:8443", "https://8.8.8.8/"]
)
def test_a_public_address_may_be_saved(url: str) -> None:
    check_target(url, knowing("8.8.8.8"))


def test_names_are_sent_as_the_network_spells_them() -> None:
    target = read_target("https://Відгуки.УКР:8443/шлях?a=б%20c#кінець")
    assert target.host == "відгуки.укр".encode("idna").decode()
    assert target.authority == f"{target.host}:8443"
    assert target.path == "/%D1%88%D0%BB%D1%8F%D1%85?a=%D0%B1%20c"
    assert read_target("https://[2001:4860::1]").authority == "[2001:4860::1]"


@pytest.mark.parametrize("private", ["127.0.0.1", "::1", "10.0.0.1", "fd00::1", "169.254.169.254"])
def test_one_private_address_among_public_ones_is_enough(private: str) -> None:
    for addresses in (["8.8.8.8", private], [private, "2606:4700::1"]):
        assert reason_of("https://crm.example/", knowing(*addresses)) == HttpFault.ADDRESS_REFUSED


@pytest.mark.parametrize("url", [url for url in ODD_SPELLINGS if "[" not in url])
def test_nothing_connects_where_it_must_not(url: str) -> None:
    with traps() as listeners:
        for trap in listeners:
            guard = Guard(limits=zoo.QUICK)
            with pytest.raises(ChannelFailure):
                send_http(HttpRequest(f"{url.removesuffix('/')}:{trap.port}/"), guard)
    assert [trap.connects for trap in listeners] == [0, 0]


def test_a_name_that_changes_its_address_is_caught() -> None:
    """The resolver says public when the address is saved, private when it is spoken to, in turns."""
    with traps() as (trap, _):
        asked: list[str] = []

        def rebinding(host: str) -> list[Address]:
            asked.append(host)
            return [ip_address("8.8.8.8" if len(asked) % 2 else "127.0.0.1")]

        guard = Guard(limits=zoo.QUICK, resolver=rebinding)
        check_target("https://crm.example/", guard)
        assert reason_of("https://crm.example/", guard) == HttpFault.ADDRESS_REFUSED
        assert reason_of(f"http://crm.example:{trap.port}/", guard) == HttpFault.NEEDS_HTTPS
        assert reason_of(f"http://crm.example:{trap.port}/", guard) == HttpFault.ADDRESS_REFUSED
    assert trap.connects == 0
    assert len(asked) == 4


def test_a_name_is_asked_for_once_for_each_request_and_the_answer_is_pinned() -> None:
    asked: list[str] = []

    def answer(host: str) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1")] if len(asked) == 1 else [ip_address("127.0.0.2")]

    with Receiver(answers(200)) as receiver:
        guard = Guard(allowed=LOOPBACK, resolver=answer)
        assert send_http(HttpRequest(f"http://crm.example:{receiver.port}/"), guard).status == 200
    assert receiver.connects == len(asked) == 1


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with Receiver(answers(200)) as receiver:
        both = [ip_address("127.0.0.9"), ip_address("127.0.0.1")]
        guard = Guard(allowed=LOOPBACK, resolver=lambda _: both)
        assert send_http(HttpRequest(f"http://crm.example:{receiver.port}/"), guard).status == 200


def test_a_network_of_the_operator_may_be_spoken_to_plainly() -> None:
    with Receiver(answers(200)) as receiver:
        assert send_http(HttpRequest(receiver.url), zoo.PATIENT).status == 200
        check_target(receiver.url, zoo.PATIENT)


def test_its_neighbours_may_not() -> None:
    only_one = Guard(allowed=[ip_network("127.0.0.1/32")], limits=zoo.QUICK)
    with Receiver(answers(200), host="127.0.0.2") as trap:
        assert reason_of(f"http://127.0.0.2:{trap.port}/", only_one) == HttpFault.ADDRESS_REFUSED
        assert fault_of(f"http://127.0.0.2:{trap.port}/", only_one) == HttpFault.ADDRESS_REFUSED
    assert trap.connects == 0


def test_an_allowed_network_opens_no_plain_door_to_the_internet() -> None:
    guard = Guard(allowed=LOOPBACK, limits=zoo.QUICK, resolver=lambda _: [ip_address("8.8.8.8")])
    assert reason_of("http://crm.example/", guard) == HttpFault.NEEDS_HTTPS
    assert fault_of("https://crm.example:6379/", guard) == HttpFault.PORT_REFUSED


def test_a_name_without_addresses_fails_but_may_be_saved() -> None:
    for guard in (knowing(), knowing(*[f"8.8.{n // 250}.{n % 250}" for n in range(1000)])):
        assert reason_of("https://crm.example/", guard) == HttpFault.DNS
        check_target("https://crm.example/", guard)


def test_a_resolver_that_fails_is_a_failure_of_dns() -> None:
    def fail(_: str) -> list[Address]:
        raise OSError("no such name")

    assert reason_of("https://crm.example/", Guard(resolver=fail)) == HttpFault.DNS


def test_a_resolver_that_hangs_does_not_outlive_the_deadline() -> None:
    gone_on = Event()

    def hang(_: str) -> list[Address]:
        gone_on.wait(10)
        return []

    with zoo.within(1.5):
        assert (
            reason_of("https://crm.example/", Guard(limits=Limits(0.5, 0.2), resolver=hang)) == HttpFault.DNS
        )
    gone_on.set()


def test_the_system_resolver_knows_this_machine() -> None:
    assert ip_address("127.0.0.1") in look_up("localhost")


def test_the_product_allows_no_private_target_by_default(app: Flask) -> None:
    with Receiver(answers(200)) as trap, pytest.raises(ChannelFailure) as failed:
        send_http(HttpRequest(trap.url))
    assert (failed.value.reason, failed.value.is_permanent) == (HttpFault.ADDRESS_REFUSED, True)
    assert trap.connects == 0


def test_the_operator_lists_networks_with_commas(tmp_path: Path) -> None:
    own = load_settings(
        {"DATA_DIR": str(tmp_path), "ALLOW_PRIVATE_TARGETS": "127.0.0.0/8, fd00::/8,10.1.2.3"}
    )
    assert [str(network) for network in own.allow_private_targets] == [
        "127.0.0.0/8",
        "fd00::/8",
        "10.1.2.3/32",
    ]


@pytest.mark.parametrize("value", ["10.1.2.3/8", "localhost", "0.0.0.0/0", "::/0", "true", "10.0.0.0/33"])
def test_a_bad_network_stops_the_start(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="ALLOW_PRIVATE_TARGETS"):
        load_settings({"DATA_DIR": str(tmp_path), "ALLOW_PRIVATE_TARGETS": value})
