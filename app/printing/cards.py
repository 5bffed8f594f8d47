"""A card: all that is printed for one code, before anybody has laid it out."""

from dataclasses import dataclass

from app.touchpoints.qr import QrImage


@dataclass(frozen=True, slots=True)
class Voice:
    """What a card says in one language: the question, what an answer costs, and who reads it."""

    language: str
    question: str
    promise: str
    reader: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed for one code; the first voice is the loud one."""

    code: str
    image: QrImage
    voices: tuple[Voice, ...]
    place: str
    edition: str

    @property
    def address(self) -> str:
        """The address in words: as somebody without a camera types it."""
        return self.image.address.partition("://")[2]
