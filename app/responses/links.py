"""The private link that a shopper may keep: it leads back to what became of the feedback."""

from uuid import UUID

from app.errors import NotFound
from app.ids import OrganisationId, read_signed, sign
from app.responses.models import Response

_PURPOSE = "return"


def return_path(secret: str, response: Response) -> str:
    """The path of the return page, with its token."""
    return f"/f/{sign(secret, _PURPOSE, response.organisation_id, response.id)}"


def read_return_token(secret: str, token: str) -> tuple[OrganisationId, UUID]:
    """Whose response the token names; raises `NotFound` for anything that we did not sign for this."""
    found = read_signed(secret, _PURPOSE, token)
    if found is None:
        raise NotFound()
    return found
