"""Examples made from examples: typed in Latin letters, or praising and blaming at once."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.data import LABELS, Example

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
    "и": "y", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ь": "", "ю": "yu", "я": "ya", "ё": "yo", "ъ": "", "ы": "y", "э": "e", "ʼ": "", "'": "", "’": "",
}  # fmt: skip
_RUSSIAN = {"г": "g", "и": "i", "х": "h"}
_CASUAL = {
    "х": "h",
    "и": "i",
    "ш": "sh",
    "щ": "sch",
    "є": "e",
    "ї": "i",
    "й": "i",
    "ц": "c",
    "ж": "j",
    "я": "ia",
}
_BUT = {"uk": (", але ", ", проте ", ". ", ", а ", ", тільки "), "ru": (", но ", ", а ", ". ", ", только ")}
_SHORT = 160
_FEWEST_SIGNS = 8
_HABIT_SHARE = 0.5
_PRAISE_FIRST_SHARE = 0.6
_BARE_SHARE = 0.3
_PUNCTUATION = re.compile(r"[,.!;:'’ʼ]")


def transliterate(text: str, lang: str, pick: random.Random) -> str:
    """Cyrillic as people type it in Latin letters, each comment with its own habits."""
    table = _LATIN | (_RUSSIAN if lang == "ru" else {})
    table = table | {letter: _CASUAL[letter] for letter in _CASUAL if pick.random() < _HABIT_SHARE}
    return "".join(table.get(letter, letter) for letter in text.lower())


def in_latin_letters(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Transliterated copies of a share of the short Ukrainian and Russian comments."""
    pick = random.Random(seed)
    short = [row for row in examples if row.lang in {"uk", "ru"} and len(row.text) <= _SHORT]
    chosen = pick.sample(short, int(len(short) * share))
    return [replace(row, text=transliterate(row.text, row.lang, pick), lang="translit") for row in chosen]


def _joined(good: str, bad: str, lang: str, pick: random.Random) -> str:
    """Two halves in either order, tied by the language's own "but"."""
    first, second = (good, bad) if pick.random() < _PRAISE_FIRST_SHARE else (bad, good)
    return first.rstrip(".!,; ") + pick.choice(_BUT[lang]) + second[:1].lower() + second[1:]


def praise_and_blame(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Neutral (mixed) comments: one short praise and one short complaint of the same language, joined."""
    pick = random.Random(seed)
    made: list[Example] = []
    for lang in _BUT:
        short = [
            row for row in examples if row.lang == lang and _FEWEST_SIGNS <= len(row.text) <= _SHORT // 2
        ]
        good = [row.text for row in short if LABELS[row.label] == "positive"]
        bad = [row.text for row in short if LABELS[row.label] == "negative"]
        for _ in range(count // len(_BUT) if good and bad else 0):
            text = _joined(pick.choice(good), pick.choice(bad), lang, pick)
            made.append(Example(text, LABELS.index("neutral"), lang, "mixed", of_shop=True))
    return made


def careless(text: str, pick: random.Random) -> str:
    """The comment as it is typed in a hurry: perhaps without punctuation, perhaps with one or two slips."""
    if pick.random() < _BARE_SHARE:
        text = _PUNCTUATION.sub("", text)
    slips = pick.choices((0, 1, 2), weights=(5, 3, 2))[0] if len(text) > _FEWEST_SIGNS else 0
    for _ in range(slips):
        text = _slip(text, pick)
    return text


def _slip(text: str, pick: random.Random) -> str:
    """One letter dropped, doubled, or changed for its neighbour's place."""
    at = pick.randrange(1, len(text) - 1)
    here, after = text[at], text[at + 1]
    return text[:at] + pick.choice((after, here + here + after, after + here)) + text[at + 2 :]
