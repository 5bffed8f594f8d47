"""Amounts on receipts: exact, in the smallest coin of their currency."""

from decimal import Decimal

from babel.numbers import get_currency_precision

from app.errors import Invalid
from app.invitations.rules import MOST_MINOR


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount in the currency's smallest coin; raises `Invalid` (``too_precise``, ``out_of_range``)."""
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise Invalid(faults={"total": "too_precise"})
    if not 0 <= minor <= MOST_MINOR:
        raise Invalid(faults={"total": "out_of_range"})
    return int(minor)


def amount_text(minor: int, currency: str) -> str:
    """The amount with all its decimals: ``249.90``."""
    return f"{Decimal(minor).scaleb(-get_currency_precision(currency)):f}"
