"""The receipt link that a till signs without network: its canonical text, its signature, its one spelling.

docs/receipt-links.md tells the same to those who program tills, with test vectors.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from app.errors import Invalid
from app.ids import is_key, is_key_id
from app.invitations.rules import number_of
from app.people.rules import employee_code

FORMAT = "vidhuk-receipt-1"
SIGNATURE_BYTES = 16
# What the page itself adds to its address; nothing hangs on them.
PAGE_FIELDS = ("lang", "key", "rating", "score")
_FIELDS = ("t", "s", "c", "l", "sig")
_TIME = re.compile(r"[1-9]\d{8,10}", re.ASCII)
_TOTAL = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a till says of a receipt; `total_minor` in the store's smallest coin, times in whole seconds."""

    number: str
    issued_at: datetime
    total_minor: int | None = None
    cashier: str = ""
    language: str = ""

    def fields(self) -> dict[str, str]:
        """The link's fields in their order; what is not said is empty."""
        total = "" if self.total_minor is None else str(self.total_minor)
        seconds = str(int(self.issued_at.timestamp()))
        return {"t": seconds, "s": total, "c": self.cashier, "l": self.language}


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A link in its one spelling; whether the signature is right is not said yet."""

    key_id: str
    receipt: Receipt
    signature: str

    @property
    def path(self) -> str:
        """The path and the query, as `read_link` takes it."""
        return _path(self.key_id, self.receipt, self.signature)

    def is_signed_with(self, secret: str) -> bool:
        """Whether the till that holds the secret made the link."""
        return hmac.compare_digest(self.signature, signature(secret, self.key_id, self.receipt))


def canonical_text(key_id: str, receipt: Receipt) -> str:
    """What is signed: seven lines, an empty one for what is not said. No field can hold a line break."""
    return "\n".join((FORMAT, key_id, receipt.number, *receipt.fields().values()))


def signature(secret: str, key_id: str, receipt: Receipt) -> str:
    """The first 128 bits of HMAC-SHA256 under the secret's own characters, as 22 signs of base64url."""
    text = canonical_text(key_id, receipt)
    mac = hmac.digest(secret.encode(), text.encode(), "sha256")[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def signed_path(secret: str, key_id: str, receipt: Receipt) -> str:
    """The path and the query of a link, to be put behind the address of this installation."""
    return _path(key_id, receipt, signature(secret, key_id, receipt))


def read_link(key_id: str, number: str, query: bytes) -> SignedLink:
    """A link in its one spelling; raises `Invalid` naming the field that is missing, unknown or misspelt."""
    fields = _single(_pairs(query))
    if not is_key_id(key_id):
        raise Invalid(faults={"key_id": "malformed"})
    if not is_key(fields.get("sig", "")):  # 22 signs, the spare bits empty
        raise Invalid(faults={"sig": "malformed"})
    receipt = Receipt(
        number=_number(number),
        issued_at=_instant(fields.get("t", "")),
        total_minor=int(_spelt("s", _TOTAL, fields)) if "s" in fields else None,
        cashier=_cashier(fields["c"]) if "c" in fields else "",
        language=_spelt("l", _LANGUAGE, fields) if "l" in fields else "",
    )
    return SignedLink(key_id, receipt, fields["sig"])


def _path(key_id: str, receipt: Receipt, sig: str) -> str:
    said = [f"{name}={quote(value, safe='')}" for name, value in receipt.fields().items() if value]
    return f"/r/{key_id}/{quote(receipt.number, safe='')}?{'&'.join([*said, f'sig={sig}'])}"


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Invalid(faults={"query": "malformed"}) from None


def _single(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = [name for name, _ in pairs]
    for name in names:
        if name not in _FIELDS and name not in PAGE_FIELDS:
            raise Invalid(faults={name: "unknown"})
        if names.count(name) > 1:
            raise Invalid(faults={name: "repeated"})
    return dict(pairs)


def _number(number: str) -> str:
    if "\ufffd" in number or number_of(number) != number:
        raise Invalid(faults={"number": "malformed"})
    return number


def _cashier(code: str) -> str:
    if employee_code(code) != code:
        raise Invalid(faults={"c": "malformed"})
    return code


def _instant(text: str) -> datetime:
    if _TIME.fullmatch(text):
        with suppress(ValueError, OverflowError):
            return datetime.fromtimestamp(int(text), UTC)
    raise Invalid(faults={"t": "malformed"})


def _spelt(name: str, pattern: re.Pattern[str], fields: dict[str, str]) -> str:
    if not pattern.fullmatch(fields[name]):
        raise Invalid(faults={name: "malformed"})
    return fields[name]
