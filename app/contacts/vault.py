"""Encryption of what identifies a shopper, under a key of its own."""

import base64
import hmac

from cryptography.fernet import Fernet

from app.ids import purpose_key


def encrypt(secret: str, value: str) -> str:
    """The value as it is stored (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _vault(secret).encrypt(value.encode()).decode()


def decrypt(secret: str, stored: str) -> str:
    """The value again; raises ``InvalidToken`` when the secret key is another one."""
    return _vault(secret).decrypt(stored.encode()).decode()


def fingerprint(secret: str, value: str) -> str:
    """A keyed digest by which the same contact is recognised without being read."""
    return hmac.digest(purpose_key(secret, "contact-fingerprint"), value.encode(), "sha256").hex()


def _vault(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(purpose_key(secret, "contact")))
