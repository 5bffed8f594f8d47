"""A card as marks on paper: lines of text and the code, in millimetres from its upper left corner."""

from dataclasses import dataclass, replace
from functools import lru_cache

from app.printing.cards import Card, Voice
from app.printing.rules import MM, Format
from app.printing.type.faces import Weight
from app.printing.type.setting import Column, Line, Paragraph, fit_column
from app.touchpoints.qr import QUIET_ZONE, QrImage

_LOUD_LEADING = 1.12
_SMALL_LEADING = 1.25


@dataclass(frozen=True, slots=True)
class TextMark:
    """A line of text: where it begins on its baseline, its size and width."""

    across: float
    down: float
    text: str
    size: float
    width: float
    weight: Weight
    language: str


@dataclass(frozen=True, slots=True)
class CodeMark:
    """A code: the upper left corner of its modules (the quiet zone lies around it) and their side."""

    across: float
    down: float
    side: float
    image: QrImage


@dataclass(frozen=True, slots=True)
class LineMark:
    """A straight hairline: to cut, to fold (dashed), to measure."""

    begin: tuple[float, float]
    end: tuple[float, float]
    is_dashed: bool = False
    thickness: float = 0.15


Mark = TextMark | CodeMark | LineMark


def lay_card(card: Card, own: Format) -> list[Mark]:
    """The marks of a card in its format, in as many languages as it has room for."""
    card = replace(card, voices=card.voices[: own.most_languages])
    return _beside(card, own) if own.is_beside else _stacked(card, own)


def quiet_mm(image: QrImage, own: Format) -> float:
    """The width of the white that a code needs around it."""
    return QUIET_ZONE * own.code_side / len(image.rows)


def _stacked(card: Card, own: Format) -> list[Mark]:
    """Above the code the question and what it costs, below it the address and who reads it; the place last.

    The air that is left goes in equal parts above and below the middle.
    """
    width, height = (side - 2 * own.margin for side in own.card)
    quiet = quiet_mm(card.image, own)
    code = own.code_side + 2 * quiet
    foot = fit_column(_foot(card, own), width, height / 6)
    texts = height - code - foot.height - own.margin / 4
    below = fit_column(_below(card, own), width, texts / 2)
    above = fit_column(_above(card.voices, own), width, texts - below.height)
    air = max(0.0, texts - above.height - below.height) / 3
    top = own.margin
    middle = top + above.height + air
    left = (own.card[0] - own.code_side) / 2
    return [
        *_centred(above, own, top),
        CodeMark(left, middle + quiet, own.code_side, card.image),
        *_centred(below, own, middle + code),
        *_centred(foot, own, own.card[1] - own.margin - foot.height),
    ]


def _beside(card: Card, own: Format) -> list[Mark]:
    """The code on the left, all words on its right, in the same order from top to bottom."""
    quiet = quiet_mm(card.image, own)
    left = own.margin + 2 * quiet + own.code_side
    width = own.card[0] - left - own.margin
    height = own.card[1] - 2 * own.margin
    foot = fit_column(_foot(card, own), width, height / 3)
    words = (*_above(card.voices, own), *_below(card, own))
    above = fit_column(words, width, height - foot.height - own.margin / 2)
    return [
        CodeMark(own.margin + quiet, (own.card[1] - own.code_side) / 2, own.code_side, card.image),
        *_flush(above, left, own.margin),
        *_flush(foot, left, own.card[1] - own.margin - foot.height),
    ]


@lru_cache(maxsize=256)
def _above(voices: tuple[Voice, ...], own: Format) -> tuple[Paragraph, ...]:
    first, *others = voices
    sizes = own.sizes
    said = [
        _loud(first.question, sizes.question, first),
        replace(_plain(first.promise, sizes.promise, first), before=0.35),
    ]
    for other in others:
        question = _loud(other.question, sizes.further_question, other)
        said.append(replace(question, before=0.55))
        if own.has_further_promise:
            said.append(_plain(other.promise, sizes.further, other))
    return tuple(said)


def _below(card: Card, own: Format) -> tuple[Paragraph, ...]:
    sizes = own.sizes
    address = Paragraph(
        card.address, sizes.address / MM, Weight.BOLD, most_lines=1, floor=0.62, is_whole=True, before=0.5
    )
    readers = [
        _plain(voice.reader, sizes.further if number else sizes.reader, voice)
        for number, voice in enumerate(card.voices if own.has_reader else ())
    ]
    return (address, *readers)


def _foot(card: Card, own: Format) -> tuple[Paragraph, ...]:
    """Where it hangs and which edition it is, for the staff."""
    place = Paragraph(card.place, own.sizes.place / MM, most_lines=2, leading=_SMALL_LEADING)
    edition = Paragraph(card.edition, own.sizes.edition / MM, most_lines=1, leading=_SMALL_LEADING)
    return (place, edition)


def _loud(text: str, points: float, voice: Voice) -> Paragraph:
    return Paragraph(text, points / MM, Weight.BOLD, voice.language, leading=_LOUD_LEADING)


def _plain(text: str, points: float, voice: Voice) -> Paragraph:
    return Paragraph(text, points / MM, Weight.REGULAR, voice.language)


def _centred(column: Column, own: Format, top: float) -> list[Mark]:
    return [_mark(line, (own.card[0] - line.width) / 2, top) for line in column.lines]


def _flush(column: Column, left: float, top: float) -> list[Mark]:
    return [_mark(line, left, top) for line in column.lines]


def _mark(line: Line, left: float, top: float) -> TextMark:
    return TextMark(left, top + line.baseline, line.text, line.size, line.width, line.weight, line.language)
