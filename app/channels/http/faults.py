"""Everything that can go wrong before there is an HTTP answer, and how each fault is recognised."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from httpcore2 import LocalProtocolError, RemoteProtocolError, WriteError

from app.channels import ChannelFailure


class HttpFault(StrEnum):
    """The reason of a `ChannelFailure`. The first six are refused by our own rules, before any connection."""

    BAD_URL = "bad_url"
    NEEDS_HTTPS = "needs_https"
    PORT_REFUSED = "port_refused"
    CREDENTIALS_REFUSED = "credentials_refused"
    ADDRESS_REFUSED = "address_refused"
    BAD_REQUEST = "bad_request"
    DNS = "dns"
    CONNECT = "connect"
    TLS_EXPIRED = "tls_expired"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_UNKNOWN_ISSUER = "tls_unknown_issuer"
    TLS_VERSION = "tls_version"
    TLS_FAILED = "tls_failed"
    RESET = "reset"
    TIMEOUT = "timeout"
    GARBAGE = "garbage"


REFUSED_BY_US = frozenset(list(HttpFault)[:6])
# X509_V_ERR_* of OpenSSL's x509_vfy.h
_CERTIFICATE = {
    9: HttpFault.TLS_EXPIRED,  # not yet valid
    10: HttpFault.TLS_EXPIRED,
    18: HttpFault.TLS_SELF_SIGNED,
    19: HttpFault.TLS_UNKNOWN_ISSUER,  # a chain that ends in a root which nobody here trusts
    20: HttpFault.TLS_UNKNOWN_ISSUER,
    21: HttpFault.TLS_UNKNOWN_ISSUER,
    62: HttpFault.TLS_WRONG_HOST,
    64: HttpFault.TLS_WRONG_HOST,
}
_VERSION = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "WRONG_SSL_VERSION")


class Cut(Exception):
    """The receiver sent more than we read."""


def failure(fault: HttpFault) -> ChannelFailure:
    """The failure to raise. What our own rules refuse stays refused, however often it is tried."""
    return ChannelFailure(fault, is_permanent=fault in REFUSED_BY_US)


@contextmanager
def connecting() -> Iterator[None]:
    """Name what goes wrong while the connection is made."""
    try:
        yield
    except TimeoutError as error:
        raise failure(HttpFault.TIMEOUT) from error
    except OSError as error:
        raise failure(HttpFault.CONNECT) from error


@contextmanager
def shaking_hands() -> Iterator[None]:
    """Name what goes wrong while TLS begins."""
    try:
        yield
    except TimeoutError as error:
        raise failure(HttpFault.TIMEOUT) from error
    except ssl.SSLCertVerificationError as error:
        raise failure(_CERTIFICATE.get(error.verify_code, HttpFault.TLS_FAILED)) from error
    except (OSError, ValueError) as error:
        is_version = any(word in (getattr(error, "reason", None) or "") for word in _VERSION)
        raise failure(HttpFault.TLS_VERSION if is_version else HttpFault.TLS_FAILED) from error


@contextmanager
def talking() -> Iterator[None]:
    """Name what goes wrong while the request and its answer travel."""
    try:
        yield
    except TimeoutError as error:
        raise failure(HttpFault.TIMEOUT) from error
    except LocalProtocolError as error:
        raise failure(HttpFault.BAD_REQUEST) from error
    except (RemoteProtocolError, Cut) as error:
        raise failure(HttpFault.GARBAGE) from error
    except (OSError, WriteError) as error:
        raise failure(HttpFault.RESET) from error
