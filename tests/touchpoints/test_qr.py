"""The picture of a code: small enough, robust enough, and readable back."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from qrcode import QRCode

from app.errors import Invalid
from app.ids import new_printed_code
from app.touchpoints.qr import (
    _LEVELS,
    ADDRESS_MOST,
    MOST_VERSION,
    PIXELS_PER_MODULE,
    QUIET_ZONE,
    code_address,
    png,
    qr_image,
    svg,
)

SVG = "{http://www.w3.org/2000/svg}"


def address_of(length: int) -> str:
    """An address of so many bytes."""
    return code_address(f"https://{'x' * (length - 18)}", "7K3M9PX")


@pytest.mark.parametrize(
    ("length", "version", "level"),
    [
        (22, 3, "H"),
        (24, 3, "H"),
        (25, 4, "H"),
        (34, 4, "H"),
        (35, 4, "Q"),
        (46, 4, "Q"),
        (47, 4, "M"),
        (78, 4, "L"),
    ],
)
def test_the_highest_correction_within_version_four_is_taken(length: int, version: int, level: str) -> None:
    image = qr_image(address_of(length))
    assert (len(image.address), image.version, image.level) == (length, version, level)


def test_no_higher_correction_would_fit() -> None:
    levels = list(_LEVELS)
    for length in range(19, ADDRESS_MOST + 1):
        image = qr_image(address_of(length))
        assert image.version <= MOST_VERSION
        for higher in levels[: levels.index(image.level)]:
            code = QRCode(error_correction=_LEVELS[higher])
            code.add_data(image.address)
            assert code.best_fit(start=1) > MOST_VERSION


@pytest.mark.parametrize("length", [79, 200, 5000])
def test_a_base_address_that_is_too_long_is_said_to_be_so(length: int) -> None:
    with pytest.raises(Invalid) as caught:
        qr_image(address_of(length))
    assert caught.value.faults == {"base_url": "too_long"}


def test_an_address_has_no_query_and_its_host_stays_small() -> None:
    code = new_printed_code()
    assert code_address("https://q.example.ua", code) == f"https://q.example.ua/q/{code}"


def test_the_svg_draws_exactly_the_modules_inside_four_of_quiet() -> None:
    image = qr_image(address_of(31))
    root = ET.fromstring(svg(image))  # noqa: S314 - our own
    side = len(image.rows) + 2 * QUIET_ZONE
    assert root.get("viewBox") == f"0 0 {side} {side}"
    ground, modules = root.findall(f"{SVG}path")
    assert ground.get("fill") == "#fff"
    assert drawn(str(modules.get("d"))) == dark_modules(image.rows)


def test_the_png_shows_exactly_the_modules_in_whole_pixels() -> None:
    image = qr_image(address_of(31))
    picture = Image.open(BytesIO(png(image))).convert("1")
    assert picture.size == (image.side * PIXELS_PER_MODULE,) * 2
    middle = PIXELS_PER_MODULE // 2
    seen = {
        (x, y)
        for x in range(image.side)
        for y in range(image.side)
        if picture.getpixel((x * PIXELS_PER_MODULE + middle, y * PIXELS_PER_MODULE + middle)) == 0
    }
    assert seen == dark_modules(image.rows)


def drawn(path: str) -> set[tuple[int, int]]:
    """The squares that a path of horizontal bars covers."""
    squares = set()
    for bar in path.removeprefix("M").removesuffix("z").split("zM"):
        start, length, *_ = bar.replace("v", "h").split("h")
        x, y = (int(part) for part in start.split())
        squares |= {(x + n, y) for n in range(int(length))}
    return squares


def dark_modules(rows: tuple[tuple[bool, ...], ...]) -> set[tuple[int, int]]:
    """Where modules are dark, the quiet zone counted."""
    return {
        (x + QUIET_ZONE, y + QUIET_ZONE)
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    }
