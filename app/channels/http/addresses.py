"""Which addresses of the internet may be spoken to. Our own table: ``is_global`` says yes to too many."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from app.settings import Network

Address = IPv4Address | IPv6Address

_REFUSED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata of some clouds
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the host's own services in Azure
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Only what is handed out as global unicast is public; everything else of IPv6 is refused by not being named:
# loopback, mapped and compatible IPv4, unique-local, link-local, site-local, multicast, segment routing.
_GLOBAL_6 = IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which may lead to any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could be behind this address, and nothing of ours."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_4)
    if address in _NAT64:  # a network with IPv6 only reaches an IPv4 address this way: the last 32 bits
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_6 and not any(address in network for network in _REFUSED_6)


def is_inside(address: Address, networks: Sequence[Network]) -> bool:
    """Whether the address is in one of the networks that the operator opened."""
    return any(address in network for network in networks)
