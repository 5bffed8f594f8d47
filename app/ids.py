"""Names for things: time-ordered ids, unguessable keys, printed codes and signed links."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time  # only for the order of ids; deadlines come from clock.py
from typing import NewType
from uuid import UUID

OrganisationId = NewType("OrganisationId", UUID)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6
KEY_ID_LENGTH = 8
_FOLD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_ID_BYTES = 16
_MAC_BYTES = 12


class _Ticks:
    """Instants of 1/4096 ms since 1970, each later than the one before, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        """The instant of now, or the next one that nobody has got."""
        with self._lock:
            self._last = max(time.time_ns() * 4096 // 1_000_000, self._last + 1)
            return self._last


_ticks = _Ticks()


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, method 3): 48 bits of milliseconds, 12 of their fraction, 62 random.

    Those that one process makes sort in the order in which they were made.
    """
    ticks = _ticks.next()
    value = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0x2 << 62 | secrets.randbits(62)
    return UUID(int=value)


def new_key() -> str:
    """An unguessable key of 128 bits, 22 letters, digits, ``-`` and ``_``."""
    return secrets.token_urlsafe(16)


def is_key(text: str) -> bool:
    """Whether the text is a key spelt in its one canonical way."""
    try:
        return len(text) == 22 and _encode(_decode(text)) == text
    except (ValueError, binascii.Error):
        return False


def new_printed_code() -> str:
    """Six random symbols of Crockford's alphabet and their check symbol, as printed under a QR code."""
    return _random_code(CODE_LENGTH)


def new_key_id() -> str:
    """The public name of a secret key that tills sign with: eight symbols and their check symbol."""
    return _random_code(KEY_ID_LENGTH)


def is_key_id(text: str) -> bool:
    """Whether the text is such a name in its one spelling."""
    is_spelt = len(text) == KEY_ID_LENGTH + 1 and all(symbol in CROCKFORD for symbol in text)
    return is_spelt and check_symbol(text[:-1]) == text[-1]


def check_symbol(body: str) -> str:
    """The Luhn check symbol modulo 32: it tells any one wrong symbol and most swaps of neighbours."""
    total = 0
    for place, symbol in enumerate(reversed(body)):
        value = CROCKFORD.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return CROCKFORD[-total % 32]


def fold_printed_code(text: str) -> str | None:
    """The code that somebody meant (any case, O for 0, I or L for 1); ``None`` if it cannot be one."""
    folded = text.upper().translate(_FOLD)
    if len(folded) != CODE_LENGTH + 1 or any(symbol not in CROCKFORD for symbol in folded):
        return None
    return folded if check_symbol(folded[:-1]) == folded[-1] else None


def sign(secret: str, purpose: str, organisation_id: UUID, subject_id: UUID) -> str:
    """A link token for one row and one purpose: both ids and 96 bits of HMAC-SHA256, canonically spelt."""
    return _token(secret, purpose, organisation_id.bytes + subject_id.bytes)


def sign_row(secret: str, purpose: str, row_id: UUID) -> str:
    """A short link token, 38 signs: the row's id alone with its MAC, for messages that are paid by length."""
    return _token(secret, purpose, row_id.bytes)


def read_signed(secret: str, purpose: str, token: str) -> tuple[OrganisationId, UUID] | None:
    """The organisation and row that `sign` named for the same purpose, or ``None`` for anything else."""
    subject = _subject(secret, purpose, token, 2 * _ID_BYTES)
    if subject is None:
        return None
    return OrganisationId(UUID(bytes=subject[:_ID_BYTES])), UUID(bytes=subject[_ID_BYTES:])


def read_signed_row(secret: str, purpose: str, token: str) -> UUID | None:
    """The row that `sign_row` named for the same purpose, or ``None`` for anything else."""
    subject = _subject(secret, purpose, token, _ID_BYTES)
    return None if subject is None else UUID(bytes=subject)


def purpose_key(secret: str, purpose: str) -> bytes:
    """A 32-byte key of its own for each purpose, so that no token serves two."""
    return hmac.digest(secret.encode(), f"vidhuk/{purpose}".encode(), hashlib.sha256)


def digest(text: str) -> str:
    """SHA-256 in hexadecimal, for secrets that are compared and never shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def _token(secret: str, purpose: str, subject: bytes) -> str:
    return _encode(subject + _mac(secret, purpose, subject))


def _subject(secret: str, purpose: str, token: str, size: int) -> bytes | None:
    """What a token of that size stands for, if it is ours and canonically spelt."""
    try:
        raw = _decode(token)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != size + _MAC_BYTES or _encode(raw) != token:
        return None
    subject, mac = raw[:size], raw[size:]
    return subject if hmac.compare_digest(mac, _mac(secret, purpose, subject)) else None


def _random_code(length: int) -> str:
    body = "".join(secrets.choice(CROCKFORD) for _ in range(length))
    return body + check_symbol(body)


def _mac(secret: str, purpose: str, subject: bytes) -> bytes:
    return hmac.digest(purpose_key(secret, purpose), subject, hashlib.sha256)[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if not text.isascii() or any(not (sign.isalnum() or sign in "-_") for sign in text):
        raise ValueError("not in the alphabet")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
