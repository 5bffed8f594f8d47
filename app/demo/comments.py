"""What shoppers of the demo write: our own texts, as people type them on a phone."""

import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from app.demo.chain import Place
from app.responses.rules import DETRACTOR_MOST, PROMOTER_LEAST

_FILE = Path(__file__).with_name("comments.jsonl")
_ANYWHERE = "any"
_POLISH = "pl"
# What may be said in a place beside what concerns it alone.
_ALSO = {
    Place.TILL: (Place.SHOP,),
    Place.FITTING: (Place.SHOP,),
    Place.DESK: (Place.SHOP,),
    Place.SHOP: (Place.TILL,),
}


class Band(StrEnum):
    """Which ratings a comment goes with: 0 to 6, 7 and 8, 9 and 10."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Comment:
    """A text, the ratings and place it fits, its language (`mixed` is Ukrainian and Russian), its subject."""

    text: str
    band: Band
    language: str
    place: str
    about: str


def band_of(rating: int) -> Band:
    """The band of a rating."""
    if rating <= DETRACTOR_MOST:
        return Band.LOW
    return Band.HIGH if rating >= PROMOTER_LEAST else Band.MIDDLE


@cache
def corpus() -> tuple[Comment, ...]:
    """Every comment of the demo."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_comment(**json.loads(line)) for line in lines)


class Pool:
    """Comments drawn by chance, always among those used least: a text returns only after all its like."""

    def __init__(self, chance: Random) -> None:
        """Nothing is used yet."""
        self._chance = chance
        self._uses: Counter[str] = Counter()

    def draw(self, rating: int, place: Place, language: str) -> Comment:
        """A comment that fits the rating, the place, and the first language of the store."""
        fitting = _fitting(band_of(rating), place, language)
        chosen = min(fitting, key=lambda comment: (self._uses[comment.text], self._chance.random()))
        self._uses[chosen.text] += 1
        return chosen


@cache
def _fitting(band: Band, place: Place, language: str) -> tuple[Comment, ...]:
    """Polish is written in a Polish store, and only there; elsewhere every other language is."""
    places = {_ANYWHERE, place, *_ALSO.get(place, ())}
    written = [one for one in corpus() if (one.language == _POLISH) == (language == _POLISH)]
    return tuple(one for one in written if one.band == band and one.place in places)


def _comment(*, text: str, band: str, language: str, place: str, about: str) -> Comment:
    return Comment(text, Band(band), language, place, about)
