"""How many SMS a text costs."""

import pytest

from app.channels.sms.segments import segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each of these takes two places
        ("€" * 81, 2),
        ("{" * 80 + "a", 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("a" * 70 + "я", 2),
        ("😀" * 35, 1),  # each is two units of UTF-16
        ("😀" * 36, 2),
        ("№ 1", 1),
        ("`" * 71, 2),  # not in the alphabet of GSM
    ],
)
def test_a_text_costs(text: str, parts: int) -> None:
    assert segments(text) == parts
