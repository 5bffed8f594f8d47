"""The bold font made here is the one that the variable font means, and text is set as it fits."""

from functools import cache
from io import BytesIO

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.printing.type.faces import MISSING, Weight, face, font_file, printable, weight_for
from app.printing.type.setting import ELLIPSIS, Paragraph, fit_column, set_column
from app.printing.type.sfnt import metrics, read_tables, write_tables

SIZE = 1000
ALPHABETS = "AaBbGgQqWw0189@&%?Ææßłźęąé№₴€«»“”ʼ—…АаБбҐґЄєЇїЙйЩщЮюЯя"
QUESTION = "Як вам у нас сьогодні?"


@cache
def own_bold() -> ImageFont.FreeTypeFont:
    """The font that was made here, as FreeType sees it."""
    return ImageFont.truetype(BytesIO(font_file(Weight.BOLD)), SIZE)


@cache
def true_bold() -> ImageFont.FreeTypeFont:
    """FreeType's own reading of the variable font at weight 700."""
    font = ImageFont.truetype(BytesIO(font_file(Weight.REGULAR)), SIZE)
    font.set_variation_by_axes([700, 100])
    return font


def drawn(font: ImageFont.FreeTypeFont, text: str) -> Image.Image:
    """The text in black on white, large."""
    image = Image.new("L", (1600, 1600), 255)
    ImageDraw.Draw(image).text((200, 100), text, font=font, fill=0)
    return image


@pytest.mark.parametrize("letter", ALPHABETS)
def test_a_bold_letter_has_the_width_and_shape_that_freetype_gives_it(letter: str) -> None:
    assert own_bold().getlength(letter) == pytest.approx(true_bold().getlength(letter), abs=1.5)
    assert face(Weight.BOLD).width(letter) * SIZE == pytest.approx(own_bold().getlength(letter), abs=1.5)
    difference = ImageChops.difference(drawn(own_bold(), letter), drawn(true_bold(), letter))
    ink = 255 * 1600 * 1600 - sum(drawn(true_bold(), letter).tobytes())
    assert sum(difference.tobytes()) < 0.01 * ink


def test_regular_letters_are_measured_as_freetype_measures_them() -> None:
    font = ImageFont.truetype(BytesIO(font_file(Weight.REGULAR)), SIZE)
    for letter in ALPHABETS:
        assert face(Weight.REGULAR).width(letter) * SIZE == pytest.approx(font.getlength(letter), abs=1)


def test_a_font_file_that_is_written_reads_back() -> None:
    tables = read_tables(font_file(Weight.BOLD))
    again = write_tables(tables)
    assert again == font_file(Weight.BOLD)
    assert read_tables(again).keys() == tables.keys()
    assert metrics(tables).units == 1000


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Каса 2", "Каса 2"),
        ("Łódź ґ Ґ єїі ʼ", "Łódź ґ Ґ єїі ʼ"),
        ("🛒 Каса", f"{MISSING} Каса"),
        ("👨‍👩‍👧‍👦!", f"{MISSING}!"),
        ("חנות", MISSING * 4),
        ("a\u200bb\u200dc\ufeff", "abc"),
        ("й" + "\u0301", "й\u0301"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_what_the_font_lacks_is_shown_to_be_lacking(text: str, seen: str) -> None:
    assert printable(text) == seen


@given(text=st.text(max_size=60))
def test_everything_printable_can_be_measured(text: str) -> None:
    assert face(Weight.REGULAR).has(printable(text))


def test_what_is_not_there_in_bold_is_printed_regular() -> None:
    assert weight_for(QUESTION, Weight.BOLD) is Weight.BOLD
    assert weight_for("Ở đây", Weight.BOLD) is Weight.REGULAR


@settings(deadline=None)
@given(text=st.text(alphabet="аб вгґ W.ю", max_size=200), width=st.floats(8, 200), most=st.integers(1, 4))
def test_no_line_is_wider_than_its_column(text: str, width: float, most: int) -> None:
    column = set_column((Paragraph(text, 5, most_lines=most),), width)
    assert all(line.width <= width + 0.01 for line in column.lines)
    assert len(column.lines) <= most


@settings(deadline=None)
@given(words=st.lists(st.text("абвгд", min_size=1, max_size=9), max_size=30), width=st.floats(30, 200))
def test_a_text_that_fits_loses_nothing(words: list[str], width: float) -> None:
    text = " ".join(words)
    column = set_column((Paragraph(text, 4, most_lines=99),), width)
    assert " ".join(line.text for line in column.lines) == text


def test_a_text_shrinks_before_it_is_cut() -> None:
    width = face(Weight.REGULAR).width(QUESTION) * 10
    (whole,) = set_column((Paragraph(QUESTION, 12, most_lines=1),), width).lines
    assert (whole.text, whole.size < 12) == (QUESTION, True)
    (cut,) = set_column((Paragraph(QUESTION, 30, most_lines=1),), width).lines
    assert cut.size == pytest.approx(21)
    assert cut.text.endswith(ELLIPSIS)
    assert QUESTION.startswith(cut.text.rstrip(ELLIPSIS))


def test_an_address_is_broken_but_never_cut() -> None:
    address = "feedback." + "w" * 60 + ".ua/q/7K3M9PX"
    column = set_column((Paragraph(address, 20, most_lines=1, is_whole=True),), 120)
    assert "".join(line.text for line in column.lines) == address


def test_lines_are_balanced_and_a_sentence_begins_one_where_it_can() -> None:
    width = face(Weight.BOLD).width(QUESTION) * 10 * 0.9
    first, second = set_column((Paragraph(QUESTION, 10, Weight.BOLD),), width).lines
    assert (first.text, second.text) == ("Як вам у нас", "сьогодні?")
    promise = "Point your camera. One tap, 20 seconds, no sign-up."
    lines = set_column((Paragraph(promise, 3),), 60).lines
    assert [line.text for line in lines] == ["Point your camera.", "One tap, 20 seconds, no sign-up."]


def test_a_column_that_is_too_high_is_set_smaller() -> None:
    paragraphs = tuple(Paragraph(QUESTION, 10) for _ in range(4))
    high = set_column(paragraphs, 200).height
    fitted = fit_column(paragraphs, 200, high * 0.8)
    assert high * 0.7 < fitted.height <= high * 0.8


def test_every_grapheme_is_whole_where_a_word_is_broken() -> None:
    text = "й\u0301" * 60
    lines = set_column((Paragraph(text, 5, most_lines=9),), 50).lines
    assert len(lines) > 1
    assert all(len(regex.findall(r"\X", line.text)) * 2 == len(line.text) for line in lines)
