"""Encryption of what must be read again but never found in a dump: contacts, secrets of connections."""

import base64

from cryptography.fernet import Fernet

from app.ids import purpose_key


def seal(secret: str, purpose: str, value: str) -> str:
    """The value as it is stored (Fernet: AES-128-CBC with HMAC-SHA256), under a key of that purpose.

    A purpose that names the row (``webhook/<id>``) makes what was moved to another row unreadable.
    """
    return _fernet(secret, purpose).encrypt(value.encode()).decode()


def unseal(secret: str, purpose: str, stored: str) -> str:
    """The value again; raises ``InvalidToken`` for another secret key or another purpose."""
    return _fernet(secret, purpose).decrypt(stored.encode()).decode()


def _fernet(secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(purpose_key(secret, purpose)))
