"""The two weights of Noto Sans that cards are printed in: what they can say, and how wide it is."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import fontpkg_noto_sans
import regex

from app.printing.type.bold import embolden
from app.printing.type.sfnt import metrics, read_tables

MISSING = "\N{REPLACEMENT CHARACTER}"
CAP_HEIGHT = 0.714  # of an em
_FILE = Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf"
# Latin with its accents, Cyrillic, and the signs of our texts. What else there is, is printed regular.
_BOLD_RANGES = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x400, 0x460), 0x490, 0x491)
_BOLD_SIGNS = "ʼ–—‘’“”„•…₴€№" + MISSING


class Weight(StrEnum):
    """How heavy letters are."""

    REGULAR = "regular"
    BOLD = "bold"


@dataclass(frozen=True, slots=True)
class Face:
    """The widths of one weight's characters, in ems."""

    widths: dict[str, float]

    def has(self, text: str) -> bool:
        """Whether every character can be printed."""
        return all(sign in self.widths for sign in text)

    def width(self, text: str) -> float:
        """How wide a text is, in ems."""
        return sum(self.widths[sign] for sign in text)


@cache
def font_file(weight: Weight) -> bytes:
    """The font as a file; the regular one is the variable font, which is regular unless told otherwise."""
    whole = _FILE.read_bytes()
    if weight is Weight.REGULAR:
        return whole
    return embolden(whole, map(chr, (*_BOLD_RANGES, *map(ord, _BOLD_SIGNS))), "NotoSans-Bold")


@cache
def face(weight: Weight) -> Face:
    """The widths of a weight; the file is not kept for them."""
    found = metrics(read_tables(font_file(weight)))
    return Face({chr(code): found.advance(glyph) / found.units for code, glyph in found.glyphs.items()})


def weight_for(text: str, wish: Weight) -> Weight:
    """The weight that has every character of the text: the wish, or regular."""
    return wish if face(wish).has(text) else Weight.REGULAR


@cache
def _drawn(grapheme: str) -> str:
    """A character without the signs that nobody sees; `MISSING` where the font does not have it."""
    seen = "".join(sign for sign in grapheme if unicodedata.category(sign) not in {"Cf", "Mn", "Cc"})
    whole = "".join(sign for sign in grapheme if unicodedata.category(sign) not in {"Cf", "Cc"})
    known = face(Weight.REGULAR)
    if not seen or not known.has(seen):
        return MISSING if seen else ""
    return whole if known.has(whole) else seen


def printable(text: str) -> str:
    """The text as it can be printed, with `MISSING` for each character (as people count) that is lacking."""
    return "".join(map(_drawn, regex.findall(r"\X", unicodedata.normalize("NFC", text))))
