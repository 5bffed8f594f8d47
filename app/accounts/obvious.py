"""What everybody tries first: passwords made of known words, runs, years, repetition. Offline."""

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

_LEFT_MOST = 3
_WORD_LEAST = 3
_LIKE_LETTERS = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "0": "o", "$": "s", "5": "s", "1": "i", "7": "t"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_WORDS = re.compile(r"[\W_]+")

# What lists of leaked passwords begin with, in the languages of our users, and our own words.
WORDS = frozenset((Path(__file__).parent / "obvious.txt").read_text(encoding="utf-8").split())


def is_obvious(password: str, about: Collection[str] = ()) -> bool:
    """Whether hardly anything is left of it without known words, runs like 1234, years and repetition.

    `about` are further known words: the person's, the organisation's, the address's.
    """
    known = {*WORDS, *(word for text in about for word in _words(text))}
    plain = unicodedata.normalize("NFKC", password).casefold()
    return any(_left(spelling, known) <= _LEFT_MOST for spelling in {plain, plain.translate(_LIKE_LETTERS)})


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in _NOT_WORDS.split(folded) if len(word) >= _WORD_LEAST]


def _left(text: str, known: Collection[str]) -> int:
    """How many different signs are left: a repeated one guesses itself."""
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, " ")
    rest = _NOT_WORDS.sub(" ", _YEAR.sub(" ", text))
    return len({sign for part in rest.split() for sign in _without_runs(part)})


def _without_runs(text: str) -> str:
    """The text without signs that follow from the two before them: the same step again, as in 1234 or aaa."""
    codes = [ord(sign) for sign in text]
    steps = [after - before for before, after in pairwise(codes)]
    follows = {
        place
        for place in range(len(steps) - 1)
        if steps[place] == steps[place + 1] and abs(steps[place]) <= 1
    }
    gone = {place + shift for place in follows for shift in range(3)}
    return "".join(sign for place, sign in enumerate(text) if place not in gone)
