"""Store comments written for this project: the service words (tills, queues, staff) that goods reviews lack.

`store_phrases.tsv` holds comments: language, label (n, z, p), text. Composing them multiplies their number.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training.augment import in_latin_letters, praise_and_blame
from training.data import LABELS, Example

PHRASES = Path(__file__).with_name("store_phrases.tsv")
_CODES = {"n": "negative", "z": "neutral", "p": "positive"}
_ENDS = ("", "", ".", "!", "!!!", "...", ")")
_JOINTS = (", ", ". ", " ", "! ", ", і ")
_ALONE = 8
_PAIRS = 2_000
_MIXED = 800
_CARELESS_SHARE = 0.25
_LATIN_SHARE = 0.15


def read_phrases(path: Path = PHRASES) -> list[Example]:
    """The written comments, as they stand; raises `ValueError` on a line without three columns."""
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Example(text, LABELS.index(_CODES[code]), lang, "store") for lang, code, text in lines]


def dressed(text: str, pick: random.Random) -> str:
    """The comment with a shopper's own punctuation, or none."""
    bare = text.rstrip(".!") if text[-1] != "?" else text
    if pick.random() < _CARELESS_SHARE:
        bare = bare.replace(",", "").replace("'", "")
    return bare + ("" if bare.endswith("?") else pick.choice(_ENDS))


def pairs(phrases: Sequence[Example], count: int, pick: random.Random) -> list[Example]:
    """Two complaints, or two praises, of one language in one comment."""
    clear = [row for row in phrases if LABELS[row.label] != "neutral"]
    made: list[Example] = []
    for first in pick.choices(clear, k=count):
        alike = [row for row in clear if row.lang == first.lang and row.label == first.label]
        text = first.text.rstrip(".!") + pick.choice(_JOINTS) + pick.choice(alike).text
        made.append(replace(first, text=dressed(text, pick)))
    return made


def store_examples(phrases: Sequence[Example], seed: int) -> list[Example]:
    """Every comment alone several times, in pairs, as praise with blame, and partly in Latin letters."""
    pick = random.Random(seed)
    alone = [replace(row, text=dressed(row.text, pick)) for row in phrases for _ in range(_ALONE)]
    mixed = praise_and_blame(phrases, _MIXED, seed)
    found = alone + pairs(phrases, _PAIRS, pick) + mixed
    return found + in_latin_letters(found, _LATIN_SHARE, seed)
