"""What the API shows of invitations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.api.v1.schemas import EmployeeName, Fault, Shown, StoreName
from app.invitations.rules import Kind, State


class Receipt(Shown):
    """What stands on the receipt."""

    number: str
    issued_at: datetime | None = Field(description="Null for one that was refunded before it was known.")
    total: str | None = Field(description="With the decimals of its currency.")
    currency: str | None


class Invitation(Shown):
    """Permission to answer once, about one receipt."""

    id: UUID
    kind: Kind
    state: State
    store: StoreName
    receipt: Receipt
    employee: EmployeeName | None = Field(description="Who rang up.")
    has_contact: bool = Field(description="Whether the shopper can be answered through a contact you gave.")
    language: str | None
    url: str = Field(description="The link to print on the receipt, or to send.")
    qr_svg_url: str = Field(description="Its QR code as SVG, for anybody who has the link.")
    qr_png_url: str = Field(description="The same as PNG.")
    created_at: datetime
    expires_at: datetime
    cancelled_at: datetime | None
    answered_at: datetime | None
    response: UUID | None = Field(description="The response, once there is one.")


class MintedInvitation(Invitation):
    """An invitation with its QR code."""

    qr_svg: str | None = Field(description="SVG text; null when not asked for, or too long an address.")
    qr_png: str | None = Field(description="PNG in Base64; null likewise.")


class RowResult(StrEnum):
    """What became of a row of a batch."""

    CREATED = "created"
    EXISTING = "existing"
    REFUSED = "refused"


class BatchRow(Shown):
    """One row of a batch, in the place of the row that was sent."""

    result: RowResult
    invitation: MintedInvitation | None = Field(description="Null for a row that was refused.")
    errors: list[Fault]


class BatchResult(Shown):
    """What became of each row."""

    items: list[BatchRow]
    created: int
    existing: int
    refused: int


class InvitationList(Shown):
    """A page of invitations, newest first."""

    items: list[Invitation]
    next_cursor: str | None = Field(description="Null on the last page.")
