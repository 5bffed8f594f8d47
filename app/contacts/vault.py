"""Encryption of what identifies a shopper, under a key of its own."""

import hmac

from app.ids import purpose_key
from app.vault import seal, unseal

_PURPOSE = "contact"


def encrypt(secret: str, value: str) -> str:
    """The value as it is stored."""
    return seal(secret, _PURPOSE, value)


def decrypt(secret: str, stored: str) -> str:
    """The value again; raises ``InvalidToken`` when the secret key is another one."""
    return unseal(secret, _PURPOSE, stored)


def fingerprint(secret: str, value: str) -> str:
    """A keyed digest by which the same contact is recognised without being read."""
    return hmac.digest(purpose_key(secret, "contact-fingerprint"), value.encode(), "sha256").hex()
