"""One way for human text to come in: decoded strictly, cleaned, and measured as people count."""

import unicodedata

import regex

from app.errors import Invalid

COMMENT_GRAPHEMES = 5_000
NAME_GRAPHEMES = 120
_MARKS_PER_LETTER = 8

_CONTROLS = regex.compile(r"[\p{Cc}\uFFFE\uFFFF--[\n\t]]", regex.V1)
_BIDI_OVERRIDES = regex.compile("[\u202a-\u202e\u2066-\u2069]")
_STACKED_MARKS = regex.compile(rf"(\p{{M}}{{{_MARKS_PER_LETTER}}})\p{{M}}+")
_EDGES = regex.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
# Where Ukrainian and Polish letters stand that Unicode puts elsewhere: after the letter on the right.
_AFTER = {
    "ґ": "г", "є": "е", "і": "и", "ї": "и\uffff",
    "ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z\uffff",
}  # fmt: skip
_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`", "ʼ"))


def clean_text(raw: str) -> str:
    """Human text as it is stored: NFC, one kind of line break, no controls or bidi overrides, trimmed.

    Raises `Invalid` (``bad_encoding``) for lone surrogates, which no database can hold.
    """
    if any("\ud800" <= sign <= "\udfff" for sign in raw):
        raise Invalid(faults={"text": "bad_encoding"})
    text = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n")
    text = _BIDI_OVERRIDES.sub("", _CONTROLS.sub("", text))
    return str(_EDGES.sub("", _STACKED_MARKS.sub(r"\1", text)))


def clean_line(raw: str) -> str:
    """As `clean_text`, for names and other single lines: all white space becomes one space."""
    return str(regex.sub(r"\s+", " ", clean_text(raw)))


def grapheme_count(text: str) -> int:
    """How many characters a person sees: a family emoji is one."""
    return len(regex.findall(r"\X", text))


def first_graphemes(text: str, count: int) -> str:
    """The first `count` characters a person sees, with an ellipsis when more follow."""
    seen = regex.findall(r"\X", text)
    return text if len(seen) <= count else "".join(seen[: count - 1]).rstrip() + "…"


def search_form(text: str) -> str:
    """Text as search compares it: case-folded, with the four apostrophes of Ukrainian as one."""
    return unicodedata.normalize("NFC", text).casefold().translate(_APOSTROPHES)


def sort_key(name: str) -> str:
    """A key that puts names in the order of the Ukrainian or Polish alphabet, without regard to case."""
    return "".join(f"{_AFTER[sign]}\uffff" if sign in _AFTER else sign for sign in name.casefold())
