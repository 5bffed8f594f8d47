"""The QR code of a link, for a receipt printer or an e-mail. Whoever asks has the link already."""

from flask import Blueprint, Response

from app.db import organisation_of
from app.errors import Invalid, NotFound
from app.ids import is_key
from app.invitations.models import Invitation
from app.invitations.tickets import invitation_path
from app.touchpoints.qr import QrImage, png, qr_image, svg
from app.web.access import public
from app.web.settings import settings

pictures = Blueprint("invitation_pictures", __name__)
_REASON = "a receipt printer has no key; it has the link"
# An e-receipt on the chain's own site may show the picture.
_HEADERS = {"Cache-Control": "private, max-age=86400", "Cross-Origin-Resource-Policy": "cross-origin"}


@pictures.get("/i/<token>.svg")
@public(_REASON)
def link_svg(token: str) -> Response:
    """The code alone, to be scaled to any size."""
    return _picture(svg(_image(token)).encode(), "image/svg+xml")


@pictures.get("/i/<token>.png")
@public(_REASON)
def link_png(token: str) -> Response:
    """The code alone, in whole pixels."""
    return _picture(png(_image(token)), "image/png")


def _image(token: str) -> QrImage:
    """Raises `NotFound` for what was never minted, and where BASE_URL is too long for a small code."""
    if not is_key(token) or organisation_of(Invitation.token, token) is None:
        raise NotFound()
    try:
        return qr_image(settings().base_url + invitation_path(token))
    except Invalid:
        raise NotFound() from None


def _picture(body: bytes, mimetype: str) -> Response:
    return Response(body, mimetype=mimetype, headers=_HEADERS)
