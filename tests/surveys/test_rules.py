"""What the texts of a survey may be."""

import pytest

from app.errors import Invalid
from app.surveys.rules import BOUNDS, DEFAULT_WORDING, Wording, survey_text


def test_every_text_of_a_wording_has_a_bound() -> None:
    assert set(BOUNDS) == set(Wording.__dataclass_fields__)


def test_the_texts_that_a_survey_starts_with_are_within_bounds() -> None:
    for words in DEFAULT_WORDING.values():
        for name in BOUNDS:
            assert survey_text(name, getattr(words, name)) == getattr(words, name)


def test_texts_become_one_clean_line() -> None:
    assert survey_text("lowest", " not \n at\t all\0 ") == "not at all"
    assert survey_text("question", "How was {store}?") == "How was {store}?"
    assert survey_text("question", "How was it?") == "How was it?"


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("question", "", "missing"),
        ("question", " \u200b\n", "missing"),
        ("question", "x" * 161, "too_long"),
        ("lowest", "x" * 41, "too_long"),
        ("question", "How was {name}?", "braces"),
        ("question", "How was {store?", "braces"),
        ("question", "How was {{store}}?", "braces"),
        ("comment_low", "What went wrong at {store}?", "braces"),
    ],
)
def test_other_texts_are_refused(name: str, raw: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        survey_text(name, raw)
    assert caught.value.faults == {name: code}


def test_an_emoji_of_many_parts_is_one_character() -> None:
    assert survey_text("lowest", "👨‍👩‍👧‍👦" * 40)


@pytest.mark.parametrize(
    ("rating", "name"),
    [
        (0, "comment_low"),
        (6, "comment_low"),
        (7, "comment_middle"),
        (8, "comment_middle"),
        (9, "comment_high"),
        (10, "comment_high"),
    ],
)
def test_the_comment_question_fits_the_rating(rating: int, name: str) -> None:
    words = DEFAULT_WORDING["uk"]
    assert words.comment_question(rating) == getattr(words, name)
