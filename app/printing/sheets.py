"""Cards on sheets of paper: which one lies where, and the marks that help to cut and to fold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from app.printing.cards import Card
from app.printing.layout import LineMark, Mark, TextMark, lay_card
from app.printing.rules import MM, Format
from app.printing.type.faces import Weight, face

BAR_MM = 50
_MARK_FROM, _MARK_TO = 4.0, 10.0  # from the edge of the paper: most printers leave 4 mm white
_CROSS = 3.0
_TICK = 2.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Marks in a rectangle of the sheet: its upper left corner, its size, and whether it is upside down."""

    across: float
    down: float
    size: tuple[float, float]
    marks: tuple[Mark, ...]
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, ready to be drawn."""

    page: tuple[float, float]
    placed: tuple[Placed, ...]


def sheets(cards: Iterable[Card], own: Format) -> Iterator[Sheet]:
    """The cards on as many sheets as they need."""
    waiting = iter(cards)
    while together := list(islice(waiting, own.cards_on_page)):
        yield sheet_of(together, own)


def sheet_of(cards: list[Card], own: Format) -> Sheet:
    """As many cards as fit on one sheet, row by row."""
    placed = [part for number, card in enumerate(cards) for part in _in_cell(card, own, number)]
    return Sheet(own.page, (*placed, Placed(0, 0, own.page, tuple(_helping_marks(own)))))


def trial_sheet(own: Format, words: str) -> Sheet:
    """A sheet to try the printer with: bars of 50 mm in both directions, and the outlines of all cells."""
    width, height = own.page
    left, top = (width - BAR_MM) / 2, (height - BAR_MM) / 2
    below = top + 2 * _TICK
    bars = [
        *_bar((left, top), (left + BAR_MM, top)),
        *_bar((width / 2, below), (width / 2, below + BAR_MM)),
    ]
    size = min(12 / MM, 0.92 * width / max(face(Weight.REGULAR).width(words), 1))
    length = face(Weight.REGULAR).width(words) * size
    text = TextMark((width - length) / 2, top - 4, words, size, length, Weight.REGULAR, "")
    marks: tuple[Mark, ...] = (*bars, text, *_outlines(own), *_helping_marks(own))
    return Sheet(own.page, (Placed(0, 0, own.page, marks),))


def _in_cell(card: Card, own: Format, number: int) -> Iterator[Placed]:
    row, column = divmod(number, own.columns)
    across = own.origin[0] + column * own.cell[0]
    down = own.origin[1] + row * own.cell[1]
    marks = tuple(lay_card(card, own))
    for side in own.faces:
        yield Placed(across + side.across, down + side.down, own.card, marks, side.is_turned)


def _helping_marks(own: Format) -> Iterator[LineMark]:
    """Ticks at the edges and crosses inside, along the lines to cut; dashed along the line to fold."""
    width, height = own.page
    cuts_across = [own.origin[0] + n * own.cell[0] for n in range(1, own.columns)] if own.has_cuts else []
    cuts_down = [own.origin[1] + n * own.cell[1] for n in range(1, own.rows)] if own.has_cuts else []
    folds = [own.card[1]] if own.has_fold else []
    for across in cuts_across:
        yield from _upright(across, [(_MARK_FROM, _MARK_TO), (height - _MARK_TO, height - _MARK_FROM)])
        yield from _upright(across, [(down - _CROSS, down + _CROSS) for down in (*cuts_down, *folds)])
    for down in (*cuts_down, *folds):
        spans = [(_MARK_FROM, _MARK_TO), (width - _MARK_TO, width - _MARK_FROM)]
        spans += [(across - _CROSS, across + _CROSS) for across in cuts_across]
        yield from (LineMark((begin, down), (end, down), is_dashed=down in folds) for begin, end in spans)


def _upright(across: float, spans: list[tuple[float, float]]) -> Iterator[LineMark]:
    return (LineMark((across, begin), (across, end)) for begin, end in spans)


def _bar(begin: tuple[float, float], end: tuple[float, float]) -> Iterator[LineMark]:
    """A line with a tick at both ends."""
    yield LineMark(begin, end, thickness=0.35)
    for across, down in (begin, end):
        if begin[1] == end[1]:
            yield LineMark((across, down - _TICK), (across, down + _TICK), thickness=0.35)
        else:
            yield LineMark((across - _TICK, down), (across + _TICK, down), thickness=0.35)


def _outlines(own: Format) -> Iterator[LineMark]:
    """The rectangle of every card, where there are several."""
    if own.cards_on_page == 1:
        return
    left, top = own.origin
    right, bottom = left + own.columns * own.card[0], top + own.rows * len(own.faces) * own.card[1]
    for column in range(own.columns + 1):
        yield LineMark((left + column * own.card[0], top), (left + column * own.card[0], bottom))
    for row in range(own.rows * len(own.faces) + 1):
        yield LineMark((left, top + row * own.card[1]), (right, top + row * own.card[1]))
