"""The formats of printed codes, and what a print run may ask for."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

MM = 72 / 25.4  # points in a millimetre

MOST_CARDS = 5_000
MOST_AT_ONCE = 24
MOST_COPIES = 240
MOST_WAITING = 3
KEPT = timedelta(hours=24)
REMEMBERED = timedelta(days=30)


class RunState(StrEnum):
    """How far a print run is."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"
    EXPIRED = "expired"


class Failure(StrEnum):
    """Why a print run came to nothing."""

    LONG_ADDRESS = "long_address"
    NOTHING_LEFT = "nothing_left"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type sizes of a card in points: of the first language, and of those below it (`further_…`)."""

    question: float
    promise: float
    address: float
    reader: float
    place: float
    edition: float
    further_question: float = 0
    further: float = 0


@dataclass(frozen=True, slots=True)
class CardFace:
    """Where one side of a card lies in its cell, and whether it stands on its head there."""

    across: float = 0
    down: float = 0
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """One way to print a code: lengths in millimetres.

    A page holds `columns` by `rows` cells, the first at `origin`; a card fills a cell, or shows in it on
    several `faces`. `short` is what the card itself says of its format. `code_side` is that of the printed
    modules, without the quiet zone.
    """

    name: str
    short: str
    page: tuple[float, float]
    code_side: float
    margin: float
    sizes: Sizes
    card: tuple[float, float]
    columns: int = 1
    rows: int = 1
    origin: tuple[float, float] = (0, 0)
    faces: tuple[CardFace, ...] = field(default=(CardFace(),))
    is_beside: bool = False
    has_reader: bool = True
    has_further_promise: bool = True
    has_cuts: bool = False
    has_fold: bool = False
    most_languages: int = 3

    @property
    def cell(self) -> tuple[float, float]:
        """The room of one card, all its faces together."""
        return self.card[0], self.card[1] * len(self.faces)

    @property
    def cards_on_page(self) -> int:
        """How many cards fit on one page."""
        return self.columns * self.rows

    @property
    def reads_to_mm(self) -> float:
        """From how far the code is read: ten times its side."""
        return self.code_side * 10

    def page_count(self, cards: int) -> int:
        """How many pages so many cards take."""
        return -(-cards // self.cards_on_page)


_A6 = Sizes(23, 10.5, 14, 10, 8.5, 7, further_question=13, further=8.5)
FORMATS = {
    row.name: row
    for row in (
        Format(
            "a5",
            "A5",
            page=(148, 210),
            card=(148, 210),
            code_side=80,
            margin=11,
            sizes=Sizes(34, 14.5, 19, 13, 11, 8, further_question=17, further=11),
        ),
        Format(
            "a4",
            "A4",
            page=(210, 297),
            card=(210, 297),
            code_side=120,
            margin=11,
            sizes=Sizes(72, 18, 24, 15, 12, 9, further_question=20, further=12),
            has_further_promise=False,
            most_languages=2,
        ),
        Format(
            "a3",
            "A3",
            page=(297, 420),
            card=(297, 420),
            code_side=180,
            margin=16,
            sizes=Sizes(104, 29, 40, 24, 19, 12, further_question=34, further=20),
            has_further_promise=False,
            most_languages=2,
        ),
        Format(
            "a6",
            "A6",
            page=(210, 297),
            card=(105, 148.5),
            columns=2,
            rows=2,
            code_side=60,
            margin=8,
            sizes=_A6,
            has_cuts=True,
            most_languages=2,
        ),
        Format(
            "tent",
            "A6",
            page=(210, 297),
            card=(105, 148.5),
            columns=2,
            faces=(CardFace(down=148.5), CardFace(is_turned=True)),
            code_side=60,
            margin=8,
            sizes=_A6,
            has_cuts=True,
            has_fold=True,
            most_languages=2,
        ),
        Format(
            "sticker",
            "60×80",
            page=(60, 80),
            card=(60, 80),
            code_side=40,
            margin=3,
            sizes=Sizes(12, 7, 9.5, 7, 7, 6),
            has_reader=False,
            most_languages=1,
        ),
        Format(
            "labels",
            "70×37",
            page=(210, 297),
            card=(70, 37),
            columns=3,
            rows=8,
            origin=(0, 0.5),
            code_side=24,
            margin=3,
            sizes=Sizes(11, 6.5, 8, 6.5, 6.5, 6),
            is_beside=True,
            has_reader=False,
            most_languages=1,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a run: `first` on every card, or as each store speaks; then the `further` ones."""

    first: str | None = None
    further: tuple[str, ...] = ()

    def of_store(self, spoken: list[str], known: list[str], most: int) -> tuple[str, ...]:
        """What a card of that store says, the first language leading; always at least one."""
        wished = [*([self.first] if self.first else spoken), *self.further]
        ordered = [language for language in dict.fromkeys(wished) if language in known]
        return tuple(ordered[:most]) or tuple(known[:1])
