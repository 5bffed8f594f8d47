"""What callers say of a receipt, and what it means for the store that it is of."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.api.v1.bodies import Body, Moment, Name, fault, obeying, text_within
from app.contacts.rules import CONTACT_CHARACTERS, Address, read_contact
from app.errors import Conflict, Invalid
from app.invitations.actions import InvitationDraft
from app.invitations.money import minor_units
from app.invitations.rules import Kind, check_issue_time, number_of
from app.people.rules import Cashier, employee_code, employee_name
from app.stores.models import Store
from app.stores.places import currency_code
from app.web.languages import LANGUAGES

BATCH_ROWS = 1000
BATCH_BYTES = 1024 * 1024
INLINE_ROWS = 100
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,4})?", re.ASCII)


def _amount(value: Any) -> Decimal:
    """An amount as text, which is exact, or as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fault("wrong_type")
    text = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    if not _AMOUNT.fullmatch(text):
        raise fault("bad_amount")
    return Decimal(text)


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise fault("unknown_value")
    return text


# Told as text, which is exact; a number is understood too.
_AMOUNT_SCHEMA = {"type": "string", "pattern": r"^\d{1,13}(\.\d{1,4})?$"}
Amount = Annotated[Decimal, BeforeValidator(_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
Number = Annotated[str, AfterValidator(obeying(number_of))]
Contact = Annotated[str, AfterValidator(text_within(CONTACT_CHARACTERS))]
Language = Annotated[str, AfterValidator(_language)]


class ReceiptOf(Body):
    """What stands on the receipt."""

    number: Number = Field(
        description="As printed, at most 64 characters. It must never repeat within the store.",
        examples=["2026-11-25/3/0042"],
    )
    issued_at: Moment
    total: Amount | None = Field(
        None, description='In the currency\'s own decimals, best as text: "249.90".', examples=["249.90"]
    )
    currency: Annotated[str, AfterValidator(obeying(currency_code))] | None = Field(
        None, description="ISO 4217; the store's own where it is left out.", examples=["UAH"]
    )


class CashierOf(Body):
    """Who rang up."""

    code: Annotated[str, AfterValidator(obeying(employee_code))] = Field(
        description="As the till knows the cashier; unique in the store.", examples=["07"]
    )
    name: Annotated[str, AfterValidator(obeying(employee_name))] = Field(
        "", description="Taken for a cashier whose name nobody has written yet."
    )


class NewInvitation(Body):
    """A receipt (or call, or order) that its shopper may be asked about, once."""

    store: Name = Field(description="The code or the id of its store.", examples=["S1"])
    receipt: ReceiptOf
    kind: Kind = Field(
        Kind.RECEIPT, description="For a call or an order `receipt` holds its number and time."
    )
    cashier: CashierOf | None = None
    contact: Contact | None = Field(
        None,
        description="Phone or e-mail of the shopper, to answer a complaint; kept encrypted, erased in time.",
    )
    language: Language | None = Field(
        None, description="The language of the page, unless the shopper chooses another.", examples=["uk"]
    )


class InvitationBatch(Body):
    """Up to 1,000 receipts at once; each is judged on its own."""

    items: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=BATCH_ROWS,
        description="Each as the body of `POST /invitations`. A row that is refused harms no other.",
    )
    inline_qr: bool = Field(
        default=False,
        description="Whether to answer the pictures too, and not only their addresses: up to 100 rows.",
    )


class RefundedReceipt(Body):
    """What a refund says of the receipt."""

    number: Number = Field(description="In any spelling.", examples=["2026-11-25/3/0042"])


class Refund(Body):
    """A receipt that nobody may answer about any more."""

    store: Name = Field(description="The code or the id of its store.", examples=["S1"])
    receipt: RefundedReceipt
    kind: Kind = Kind.RECEIPT


def draft_of(body: NewInvitation, store: Store, life: timedelta, *, now: datetime) -> InvitationDraft:
    """What the body means in its store; raises `Invalid` naming each fault, `Conflict` (``store_closed``)."""
    if store.retired_at:
        raise Conflict("store_closed")
    faults: dict[str, str] = {}
    currency = body.receipt.currency or store.currency
    total = None
    try:
        check_issue_time(body.receipt.issued_at, life, now=now)
    except Invalid as refusal:
        faults |= _inside("receipt.", refusal.faults)
    try:
        total = minor_units(body.receipt.total, currency) if body.receipt.total is not None else None
    except Invalid as refusal:
        faults |= _inside("receipt.", refusal.faults)
    contact = _address(body, store, faults)
    if faults:
        raise Invalid(faults=faults)
    return InvitationDraft(
        store_id=store.id,
        number=body.receipt.number,
        issued_at=body.receipt.issued_at,
        kind=body.kind,
        total_minor=total,
        currency=currency if total is not None else None,
        cashier=Cashier(body.cashier.code, body.cashier.name) if body.cashier else None,
        contact=contact,
        language=body.language,
    )


def _address(body: NewInvitation, store: Store, faults: dict[str, str]) -> Address | None:
    try:
        return read_contact(body.contact, store.country) if body.contact else None
    except Invalid as refusal:
        faults.update(refusal.faults)
        return None


def _inside(place: str, faults: Mapping[str, str]) -> dict[str, str]:
    return {f"{place}{name}": code for name, code in faults.items()}
