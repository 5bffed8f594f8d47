"""The link by which whoever was told takes the alert: signed for one notification to one person."""

from uuid import UUID

from app.errors import NotFound
from app.ids import read_signed_row, sign_row

_PURPOSE = "take-alert"


def take_path(secret: str, notification_id: UUID) -> str:
    """The path of the confirm page, with its token."""
    return f"/a/{sign_row(secret, _PURPOSE, notification_id)}"


def read_take_token(secret: str, token: str) -> UUID:
    """The notification that the token names; raises `NotFound` for anything that we did not sign for this."""
    found = read_signed_row(secret, _PURPOSE, token)
    if found is None:
        raise NotFound()
    return found
