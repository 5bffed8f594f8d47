"""Setting text: lines of a given width, balanced, shrunk to a floor, and cut with an ellipsis at last."""

from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from app.printing.type.faces import Weight, face, printable, weight_for

ELLIPSIS = "…"
_SHRINK_STEP = 0.94
_BALANCE_STEPS = 12
_TAILS = 0.25  # how far letters reach below the baseline, in ems
_BASELINE = 0.38  # below the middle of a line, in ems: capitals then stand in the middle


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text to set. It takes `most_lines` at most: first it shrinks to `floor` of its size, then it is cut.

    Lengths are in ems of its own size, `size` in any unit of length. A `whole` text is never cut, but broken
    anywhere.
    """

    text: str
    size: float
    weight: Weight = Weight.REGULAR
    language: str = ""
    leading: float = 1.3
    before: float = 0.0
    most_lines: int = 4
    floor: float = 0.7
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was set: its width and the place of its baseline below the top, in the unit of `size`."""

    text: str
    width: float
    baseline: float
    size: float
    weight: Weight
    language: str


@dataclass(frozen=True, slots=True)
class Column:
    """Lines one below another."""

    lines: tuple[Line, ...]
    height: float


def set_column(paragraphs: tuple[Paragraph, ...], width: float) -> Column:
    """Paragraphs one below another; the space before the first one is left out."""
    lines: list[Line] = []
    top = 0.0
    for paragraph in paragraphs:
        fitted, texts = _fitted(replace(paragraph, text=printable(paragraph.text)), round(width, 3))
        top += fitted.before * fitted.size if lines else 0.0
        for text in texts:
            lines.append(_line(text, fitted, top))
            top += fitted.leading * fitted.size
    lowest = lines[-1].baseline + _TAILS * lines[-1].size if lines else 0.0
    return Column(tuple(lines), max(top, lowest))


def fit_column(paragraphs: tuple[Paragraph, ...], width: float, height: float) -> Column:
    """As `set_column`, all of it smaller where it would be higher than `height`; to a half at most."""
    scale = 1.0
    column = set_column(paragraphs, width)
    while column.height > height and scale > 0.5:
        scale *= _SHRINK_STEP
        smaller = tuple(replace(paragraph, size=paragraph.size * scale) for paragraph in paragraphs)
        column = set_column(smaller, width)
    return column


def _line(text: str, paragraph: Paragraph, top: float) -> Line:
    size = paragraph.size
    return Line(
        text,
        face(paragraph.weight).width(text) * size,
        top + (paragraph.leading / 2 + _BASELINE) * size,
        size,
        paragraph.weight,
        paragraph.language,
    )


@lru_cache(maxsize=4096)
def _fitted(paragraph: Paragraph, width: float) -> tuple[Paragraph, tuple[str, ...]]:
    """The paragraph in the size and weight that it gets, and the texts of its lines."""
    wished = replace(paragraph, weight=weight_for(paragraph.text, paragraph.weight))
    least = wished.size * wished.floor
    fitted = wished
    lines = _broken(fitted, width)
    while (len(lines) > wished.most_lines or _is_torn(fitted, width)) and fitted.size > least:
        fitted = replace(fitted, size=max(fitted.size * _SHRINK_STEP, least))
        lines = _broken(fitted, width)
    if len(lines) > fitted.most_lines and not fitted.is_whole:
        lines = [
            *lines[: fitted.most_lines - 1],
            _cut(" ".join(lines[fitted.most_lines - 1 :]), fitted, width),
        ]
    elif 1 < len(lines) <= fitted.most_lines:
        lines = _by_sentence(fitted, width, len(lines)) or _balanced(fitted, width, len(lines))
    return fitted, tuple(lines)


def _broken(paragraph: Paragraph, width: float) -> list[str]:
    """Lines as full as they can be; a word that is longer than a line is broken anywhere."""
    room = width / paragraph.size
    measure = face(paragraph.weight).width
    lines: list[str] = []
    for word in paragraph.text.split(" "):
        if lines and measure(f"{lines[-1]} {word}") <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.extend(_pieces(word, paragraph.weight, room))
    return lines


def _pieces(word: str, weight: Weight, room: float) -> list[str]:
    measure = face(weight).width
    if measure(word) <= room:
        return [word]
    pieces = [""]
    for grapheme in regex.findall(r"\X", word):
        if pieces[-1] and measure(pieces[-1] + grapheme) > room:
            pieces.append("")
        pieces[-1] += grapheme
    return pieces


def _is_torn(paragraph: Paragraph, width: float) -> bool:
    """Whether a word is longer than a line."""
    measure = face(paragraph.weight).width
    return any(measure(word) * paragraph.size > width for word in paragraph.text.split(" "))


def _by_sentence(paragraph: Paragraph, width: float, count: int) -> list[str]:
    """Two lines of which the first ends a sentence, where that is possible."""
    begin, _end, rest = paragraph.text.partition(". ")
    measure = face(paragraph.weight).width
    lines = [f"{begin}.", rest]
    fits = all(measure(line) * paragraph.size <= width for line in lines)
    return lines if count == 2 and rest and fits else []


def _balanced(paragraph: Paragraph, width: float, count: int) -> list[str]:
    """The same number of lines, as equally long as words allow: no word stands alone on the last one."""
    low, high = width / count, width
    for _ in range(_BALANCE_STEPS):
        middle = (low + high) / 2
        fits = len(_broken(paragraph, middle)) <= count and not _is_torn(paragraph, middle)
        low, high = (low, middle) if fits else (middle, high)
    return _broken(paragraph, high)


def _cut(text: str, paragraph: Paragraph, width: float) -> str:
    """As much as fits in one line, with an ellipsis."""
    measure = face(paragraph.weight).width
    seen = regex.findall(r"\X", text)
    while seen and measure("".join(seen).rstrip() + ELLIPSIS) * paragraph.size > width:
        seen.pop()
    return "".join(seen).rstrip() + ELLIPSIS
