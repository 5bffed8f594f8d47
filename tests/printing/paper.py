"""Cards for tests, and how a printed page is looked at: as pixels, codes and text."""

from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image

from app.printing.cards import Card, Voice
from app.printing.press import Press
from app.printing.rules import FORMATS, Format
from app.touchpoints.qr import code_address, qr_image

DPI = 300
POINTS_PER_INCH = 72
VOICES = {
    "uk": Voice(
        "uk",
        "Як вам у нас сьогодні?",
        "Наведіть камеру. Один дотик, 20 секунд, без реєстрації.",
        "Читає керівник магазину.",
    ),
    "en": Voice(
        "en",
        "How was it today?",
        "Point your camera. One tap, 20 seconds, no sign-up.",
        "The store manager reads it.",
    ),
    "pl": Voice(
        "pl",
        "Jak było dzisiaj?",
        "Skieruj aparat. Jedno dotknięcie, 20 sekund, bez rejestracji.",
        "Czyta to kierownik sklepu.",
    ),
}
HOSTILE_NAMES = (
    "Нова на Хрещатику · Каса 2",
    "Ґ" * 120,
    "слово " * 40,
    '<b>Nova</b> & "Sons" \'; DROP TABLE stores;--',
    "متجر الأمل · חנות",
    "🛒👨‍👩‍👧‍👦 Каса №2 ✨",
    "Łódź · Kasa ęąćńóśźż",
    "ᅟ\u200b\u200d\ufeff",
    "W" * 60 + " · " + "W" * 60,
    "a\u0301\u0302\u0303" * 30,
)
BASES = ("https://q.nova.ua", "http://192.168.100.200:8000", f"https://{'w' * 57}.ua")


@dataclass(frozen=True)
class Page:
    """A page of a PDF as it comes out of a printer, and the text that a reader finds in it."""

    image: Image.Image
    width_mm: float
    height_mm: float
    text: str

    def codes(self) -> list[str]:
        """What the codes on it say, from the upper left to the lower right."""
        found = zxingcpp.read_barcodes(
            self.image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        return [code.text for code in sorted(found, key=lambda one: _place(one.position))]


def card(
    code: str = "7K3M9PX",
    *,
    languages: tuple[str, ...] = ("uk", "en"),
    place: str = HOSTILE_NAMES[0],
    base_url: str = BASES[0],
) -> Card:
    """A card as queries would make it."""
    voices = tuple(VOICES[language] for language in languages)
    return Card(code, qr_image(code_address(base_url, code)), voices, place, f"{code} · A5 · 2026-11")


def printed(cards: list[Card], own: Format, copies: int = 1) -> bytes:
    """The file of these cards."""
    press = Press(own, title="Усі магазини", language="uk", copies=copies)
    press.print(cards)
    return press.finish()


def pages(file: bytes) -> list[Page]:
    """The pages of a PDF."""
    document = pypdfium2.PdfDocument(file)
    try:
        return [_page(document, number) for number in range(len(document))]
    finally:
        document.close()


def languages_of(own: Format, *wished: str) -> tuple[str, ...]:
    """As many of the languages as a format has room for."""
    return wished[: own.most_languages]


def _page(document: pypdfium2.PdfDocument, number: int) -> Page:
    page = document[number]
    width, height = page.get_size()
    image = page.render(scale=DPI / POINTS_PER_INCH).to_pil().convert("L")
    text = page.get_textpage().get_text_bounded()
    return Page(image, width * 25.4 / 72, height * 25.4 / 72, text)


def _place(position: zxingcpp.Position) -> tuple[int, int]:
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    return round(sum(corner.y for corner in corners) / 400), sum(corner.x for corner in corners)


__all__ = [
    "BASES",
    "FORMATS",
    "HOSTILE_NAMES",
    "VOICES",
    "Page",
    "card",
    "languages_of",
    "pages",
    "printed",
]
