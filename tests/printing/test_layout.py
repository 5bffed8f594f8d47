"""Whatever a store is called, its card keeps its order, its margins and the white around its code."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.printing.layout import CodeMark, TextMark, lay_card, quiet_mm
from app.printing.rules import FORMATS, MM, Format
from app.printing.type.faces import CAP_HEIGHT, face
from tests.printing.paper import BASES, HOSTILE_NAMES, VOICES, card, languages_of

EVERY_FORMAT = pytest.mark.parametrize("own", FORMATS.values(), ids=FORMATS.keys())
LANGUAGES = [("uk", "en", "pl"), ("en",), ("pl", "uk", "en")]
ASCENT, DESCENT = 0.74, 0.24  # of capitals and of tails, in ems
HAIR = 0.01


def texts(own: Format, **about: object) -> list[TextMark]:
    """The lines of text of a card."""
    return [mark for mark in lay_card(card(**about), own) if isinstance(mark, TextMark)]  # type: ignore[arg-type]


def check(own: Format, **about: object) -> None:
    """The layout's promises hold."""
    marks = lay_card(card(**about), own)  # type: ignore[arg-type]
    lines = [mark for mark in marks if isinstance(mark, TextMark)]
    (code,) = [mark for mark in marks if isinstance(mark, CodeMark)]
    assert code.side == own.code_side
    quiet = quiet_mm(code.image, own)
    assert quiet * len(code.image.rows) / code.side == pytest.approx(4)
    for line in lines:
        assert_inside(line, own)
        assert_off_the_code(line, code, quiet)
    for upper, lower in pairwise(sorted(lines, key=lambda line: line.down)):
        assert upper.down + DESCENT * upper.size <= lower.down - ASCENT * lower.size + HAIR, (upper, lower)


def assert_inside(line: TextMark, own: Format) -> None:
    """A line keeps the margins."""
    assert line.width == pytest.approx(face(line.weight).width(line.text) * line.size)
    assert line.across >= own.margin - HAIR, line
    assert line.across + line.width <= own.card[0] - own.margin + HAIR, line
    assert line.down - ASCENT * line.size >= own.margin - HAIR, line
    assert line.down + DESCENT * line.size <= own.card[1] - own.margin + HAIR, line


def assert_off_the_code(line: TextMark, code: CodeMark, quiet: float) -> None:
    """Nothing is printed in the white around a code."""
    is_beside = line.across >= code.across + code.side + quiet - HAIR
    is_above = line.down + DESCENT * line.size <= code.down - quiet + HAIR
    is_below = line.down - ASCENT * line.size >= code.down + code.side + quiet - HAIR
    assert is_beside or is_above or is_below, line


@EVERY_FORMAT
@pytest.mark.parametrize("base_url", BASES)
@pytest.mark.parametrize("place", HOSTILE_NAMES)
def test_no_name_and_no_address_breaks_a_card(own: Format, place: str, base_url: str) -> None:
    for languages in LANGUAGES:
        check(own, place=place, base_url=base_url, languages=languages_of(own, *languages))


@EVERY_FORMAT
@settings(max_examples=60, deadline=None)
@given(place=st.text(max_size=250))
def test_no_text_at_all_breaks_a_card(own: Format, place: str) -> None:
    check(own, place=place, languages=languages_of(own, "uk", "en", "pl"))


@EVERY_FORMAT
@pytest.mark.parametrize("languages", LANGUAGES)
def test_a_card_is_read_from_the_question_to_who_reads_it(own: Format, languages: tuple[str, ...]) -> None:
    shown = languages_of(own, *languages)
    lines = texts(own, languages=shown)
    said = " ".join(line.text for line in lines)
    first = VOICES[shown[0]]
    parts = [first.question, first.promise, "q.nova.ua/q/7K3M9PX"]
    parts += [first.reader] if own.has_reader else []
    parts += ["Нова на Хрещатику · Каса 2", "7K3M9PX · A5 · 2026-11"]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert [line.down for line in lines] == sorted(line.down for line in lines)


@EVERY_FORMAT
def test_the_first_language_is_the_largest(own: Format) -> None:
    lines = texts(own, languages=languages_of(own, "uk", "en", "pl"))
    largest = max(lines, key=lambda line: line.size)
    assert largest.text in VOICES["uk"].question
    assert all(line.size < largest.size for line in lines if line.language in ("en", "pl"))


@pytest.mark.parametrize("name", ["a4", "a3"])
@pytest.mark.parametrize("first", VOICES)
def test_the_headline_of_the_wall_has_capitals_of_18_millimetres(name: str, first: str) -> None:
    own = FORMATS[name]
    others = tuple(language for language in VOICES if language != first)
    headline = texts(own, languages=languages_of(own, first, *others))[0]
    assert headline.size * CAP_HEIGHT >= 18


@EVERY_FORMAT
def test_usual_texts_are_printed_in_their_full_size(own: Format) -> None:
    sizes = {round(line.size * MM, 2) for line in texts(own, languages=("uk",))}
    assert {own.sizes.promise, own.sizes.place, own.sizes.edition} <= sizes
    assert min(sizes) >= 5.5
