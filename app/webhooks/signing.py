"""Secrets and signatures in the form of Standard Webhooks 1.0 (github.com/standard-webhooks)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as receivers keep it: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def message_id(event_id: UUID) -> str:
    """The id by which a receiver knows a repeat: the same for every attempt and every replay."""
    return f"evt_{event_id.hex}"


def signed_headers(event_id: UUID, body: bytes, keys: Iterable[str], *, at: datetime) -> dict[str, str]:
    """The three headers of an attempt, with one signature for each live secret, newest first."""
    name, stamp = message_id(event_id), str(int(at.timestamp()))
    signed = f"{name}.{stamp}.".encode() + body
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
