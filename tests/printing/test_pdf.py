"""Every format, as it comes out of a printer: pages of the right size, codes that read, text that is text."""

import re
from xml.etree import ElementTree as ET

import pytest

from app.ids import new_printed_code
from app.printing.layout import CodeMark
from app.printing.press import print_sheet
from app.printing.rules import FORMATS, Format
from app.printing.sheets import BAR_MM, Sheet, sheet_of, trial_sheet
from app.printing.svg import draw_sheet
from tests.printing.paper import BASES, DPI, HOSTILE_NAMES, card, languages_of, pages, printed

EVERY_FORMAT = pytest.mark.parametrize("own", FORMATS.values(), ids=FORMATS.keys())
SVG = "{http://www.w3.org/2000/svg}"
PAPER = {
    "a5": (148, 210),
    "a4": (210, 297),
    "a3": (297, 420),
    "a6": (210, 297),
    "tent": (210, 297),
    "sticker": (60, 80),
    "labels": (210, 297),
}


@EVERY_FORMAT
@pytest.mark.parametrize("place", HOSTILE_NAMES)
def test_a_page_reads_whatever_the_place_is_called(own: Format, place: str) -> None:
    one = card(place=place, languages=languages_of(own, "uk", "en", "pl"))
    (page,) = pages(printed([one], own))
    assert page.codes() == [one.image.address] * len(own.faces)
    assert (page.width_mm, page.height_mm) == pytest.approx(PAPER[own.name], abs=0.1)


@EVERY_FORMAT
@pytest.mark.parametrize("base_url", BASES)
def test_each_code_of_a_full_sheet_reads_to_its_own_address(own: Format, base_url: str) -> None:
    cards = [card(new_printed_code(), base_url=base_url, languages=("en",)) for _ in range(own.cards_on_page)]
    (page,) = pages(printed(cards, own))
    assert sorted(page.codes()) == sorted([one.image.address for one in cards] * len(own.faces))


@EVERY_FORMAT
@pytest.mark.parametrize("languages", [("uk", "en"), ("en", "pl"), ("pl", "uk")])
def test_the_text_can_be_searched_and_copied(own: Format, languages: tuple[str, ...]) -> None:
    one = card(languages=languages_of(own, *languages))
    (page,) = pages(printed([one], own))
    text = re.sub(r"\s+", " ", page.text)
    for voice in one.voices[:1]:
        assert voice.question in text
        assert voice.promise in text
    assert one.address in text
    assert one.edition in text


@EVERY_FORMAT
def test_the_code_is_printed_at_the_side_that_the_table_says(own: Format) -> None:
    sheet = sheet_of([card()], own)
    (page,) = pages(print_sheet(sheet, title="", language="uk"))
    dark = page.image.point(lambda grey: 255 if grey < 128 else 0)
    code = next(mark for mark in sheet.placed[0].marks if isinstance(mark, CodeMark))
    left, top = (round(length / 25.4 * DPI) for length in _place_on_page(sheet, code))
    side = round(own.code_side / 25.4 * DPI)
    quiet = round(3.8 * side / len(code.image.rows))
    around = dark.crop((left - quiet, top - quiet, left + side + quiet, top + side + quiet))
    inked = around.getbbox()
    assert inked is not None
    assert inked == pytest.approx((quiet, quiet, quiet + side, quiet + side), abs=2)


def _place_on_page(sheet: Sheet, code: CodeMark) -> tuple[float, float]:
    """The upper left corner of the first code; on a tent it is the face that stands upright."""
    placed = sheet.placed[0]
    assert not placed.is_turned
    return placed.across + code.across, placed.down + code.down


def test_a_tent_can_be_read_from_both_sides() -> None:
    sheet = sheet_of([card()], FORMATS["tent"])
    upright, turned = sheet.placed[0], sheet.placed[1]
    assert (upright.is_turned, turned.is_turned) == (False, True)
    assert (upright.down, turned.down) == (148.5, 0)
    dashed = [mark for mark in sheet.placed[-1].marks if getattr(mark, "is_dashed", False)]
    assert {mark.begin[1] for mark in dashed} == {148.5}  # type: ignore[union-attr]


@EVERY_FORMAT
def test_marks_to_cut_are_where_cards_meet_and_off_every_card(own: Format) -> None:
    marks = sheet_of([card()], own).placed[-1].marks
    assert bool(marks) == own.has_cuts
    for mark in marks:
        (x1, y1), (x2, y2) = mark.begin, mark.end  # type: ignore[union-attr]
        assert (x1 == x2 == 105) or (y1 == y2 == 148.5)


def test_fonts_are_embedded_as_small_subsets_and_no_other_is_named() -> None:
    file = printed([card()] * 2, FORMATS["a5"])
    assert len(file) < 40_000
    assert set(re.findall(rb"/BaseFont /([\w+-]+)", file)) == {
        b"AAAAAA+NotoSans-Regular",
        b"AAAAAA+NotoSans-Bold",
    }
    assert file.count(b"/FontFile2") == 2


def test_the_file_says_what_it_is_in_which_language_and_not_to_be_scaled() -> None:
    file = printed([card()], FORMATS["a5"])
    assert b"/Lang (uk)" in file
    assert b"/PrintScaling /None" in file
    assert "Усі магазини".encode("utf-16-be") in _unescaped(file)


def test_the_same_order_makes_the_same_bytes() -> None:
    assert printed([card()] * 5, FORMATS["a6"]) == printed([card()] * 5, FORMATS["a6"])


def test_copies_follow_each_other() -> None:
    codes = [new_printed_code() for _ in range(2)]
    file = printed([card(code) for code in codes], FORMATS["labels"], copies=13)
    first, second = (page.codes() for page in pages(file))
    assert [code[-7:] for code in (*first, *second)] == [codes[0]] * 13 + [codes[1]] * 13


@EVERY_FORMAT
def test_the_bar_of_the_test_page_is_50_millimetres(own: Format) -> None:
    sheet = trial_sheet(own, "This bar must be 50 mm long.")
    (page,) = pages(print_sheet(sheet, title="", language="en"))
    assert "50 mm" in page.text
    middle = round(page.image.height / 2 - BAR_MM / 2 / 25.4 * DPI)
    row = page.image.crop((0, middle, page.image.width, middle + 1)).point(lambda grey: 255 * (grey < 128))
    longest = max(len(run) for run in row.tobytes().split(b"\0"))
    assert longest / DPI * 25.4 == pytest.approx(BAR_MM, abs=0.8)


@EVERY_FORMAT
@pytest.mark.parametrize("place", HOSTILE_NAMES)
def test_the_preview_shows_the_same_marks(own: Format, place: str) -> None:
    one = card(place=place, languages=("en",))
    root = ET.fromstring(draw_sheet(sheet_of([one], own)))  # noqa: S314 - our own
    assert root.get("viewBox") == "0 0 {:g} {:g}".format(*own.page)
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert one.address in texts
    assert one.edition in texts
    codes = [path for path in root.iter(f"{SVG}path") if "scale" in (path.get("transform") or "")]
    assert len(codes) == len(own.faces)


def _unescaped(file: bytes) -> bytes:
    """PDF strings without their backslashes."""
    octal = re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), file)
    return re.sub(rb"\\(.)", rb"\1", octal)
