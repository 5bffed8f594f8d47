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
_JOINTS = regex.compile(r"([.:/@#])(?=[\w/@#])")
_WHITE = regex.compile(r"\s+")
_GRAPHEME = regex.compile(r"\X")
_EDGES = regex.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
# Where Ukrainian and Polish letters stand that Unicode puts elsewhere: after the letter on the right.
_AFTER = {
    "ґ": "г", "є": "е", "і": "и", "ї": "и\uffff",
    "ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z\uffff",
}  # fmt: skip
_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`", "ʼ"))
_UNSEEN = regex.compile(r"[\p{C}\p{M}]")
_SEPARATORS = regex.compile(r"[^\p{L}\p{N}]+")
_NOT_BETWEEN_DIGITS = regex.compile(r"(?<!\p{N})-|-(?!\p{N})")
_TWINS = str.maketrans("АВЕІКМНОРСТУХ", "ABEIKMHOPCTYX")


def clean_text(raw: str) -> str:
    """Human text as it is stored: NFC, one kind of line break, no controls or bidi overrides, trimmed.

    Raises `Invalid` (``bad_encoding``) for lone surrogates, which no database can hold.
    """
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise Invalid(faults={"text": "bad_encoding"}) from None
    text = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n")
    text = _BIDI_OVERRIDES.sub("", _CONTROLS.sub("", text))
    return str(_EDGES.sub("", _STACKED_MARKS.sub(r"\1", text)))


def clean_line(raw: str) -> str:
    """As `clean_text`, for names and other single lines: all white space becomes one space."""
    return str(_WHITE.sub(" ", clean_text(raw)))


def grapheme_count(text: str) -> int:
    """How many characters a person sees: a family emoji is one."""
    return len(_GRAPHEME.findall(text))


def first_graphemes(text: str, count: int) -> str:
    """The first `count` characters a person sees, with an ellipsis when more follow."""
    seen = _GRAPHEME.findall(text)
    return text if len(seen) <= count else "".join(seen[: count - 1]).rstrip() + "…"


def unlinked(text: str) -> str:
    """Somebody's words in which no program finds an address to make a link of, and people see no difference.

    A zero-width space follows each sign that joins the parts of an address, or begins a name or a command.
    """
    return str(_JOINTS.sub("\\1\u200b", text))


def masked_email(address: str) -> str:
    """An e-mail address that can be recognised, not read: ``o•••@example.com``."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}"


def search_form(text: str) -> str:
    """Text as search compares it: case-folded, with the four apostrophes of Ukrainian as one."""
    return unicodedata.normalize("NFC", text).casefold().translate(_APOSTROPHES)


def reference_key(text: str) -> str:
    """The one form of a number that machines print (a receipt's, a cashier's), however it is spelt.

    Compatibility forms as plain ones (NFKC), capitals, Cyrillic twins of Latin capitals as Latin. Whatever is
    no letter or digit goes, but between two digits it stays as one hyphen: 1-23 is not 12-3. Zeros stay.
    """
    numbered = text.replace("№", " ")  # NFKC would make letters of it
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", numbered).upper())
    joined = _SEPARATORS.sub("-", _UNSEEN.sub("", plain.translate(_TWINS)))
    return str(_NOT_BETWEEN_DIGITS.sub("", joined))


def sort_key(name: str) -> str:
    """A key that puts names in the order of the Ukrainian or Polish alphabet, without regard to case."""
    return "".join(f"{_AFTER[sign]}\uffff" if sign in _AFTER else sign for sign in name.casefold())
