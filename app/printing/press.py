"""Cards printed into one PDF, a batch at a time."""

from collections.abc import Iterable
from itertools import chain, repeat

from app.printing.cards import Card
from app.printing.rules import Format
from app.printing.sheets import Sheet, sheet_of


class Press:
    """Takes cards as they come, and prints a sheet whenever there are enough for one."""

    def __init__(self, own: Format, *, title: str, language: str, copies: int = 1) -> None:
        """`title` and `language` describe the file; each card is printed `copies` times."""
        from app.printing.pdf import PdfFile  # noqa: PLC0415 - 10 MiB that only a process that prints needs

        self._own = own
        self._copies = copies
        self._file = PdfFile(title, language)
        self._waiting: list[Card] = []

    def print(self, cards: Iterable[Card]) -> None:
        """Print these after those that were given before."""
        room = self._own.cards_on_page
        self._waiting.extend(chain.from_iterable(repeat(card, self._copies) for card in cards))
        while len(self._waiting) >= room:
            self._file.add(sheet_of(self._waiting[:room], self._own))
            del self._waiting[:room]

    def finish(self) -> bytes:
        """The file, its last sheet perhaps not full."""
        if self._waiting:
            self._file.add(sheet_of(self._waiting, self._own))
        return self._file.finish()


def print_sheet(sheet: Sheet, *, title: str, language: str) -> bytes:
    """A file of that one sheet."""
    from app.printing.pdf import PdfFile  # noqa: PLC0415 - see above

    file = PdfFile(title, language)
    file.add(sheet)
    return file.finish()
