"""The language of a comment by its letters: those that only one language has decide."""

import regex

from app.classification.rules import Language

_LETTER = regex.compile(r"\p{L}")
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_LATIN = regex.compile(r"\p{Latin}")
_UKRAINIAN = regex.compile(r"[іїєґІЇЄҐ]")
_RUSSIAN = regex.compile(r"[ыэъёЫЭЪЁ]")
_POLISH = regex.compile(r"[ąćęłńśźżĄĆĘŁŃŚŹŻ]")


def language_of(text: str, guess: Language | None = None) -> Language | None:
    """The language of a comment, ``None`` where it holds no letters.

    Letters come first; `guess` is what a model makes of the words, and decides where letters leave it open.
    Without one, Cyrillic counts as Ukrainian and Latin as English.
    """
    letters = len(_LETTER.findall(text))
    if not letters:
        return None
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if (cyrillic + latin) * 2 < letters:
        return Language.OTHER
    return _cyrillic(text, guess) if cyrillic >= latin else _latin(text, guess)


def _cyrillic(text: str, guess: Language | None) -> Language:
    """Words of mixed speech are spelt with Ukrainian letters: these alone do not rule it out."""
    is_ukrainian, is_russian = bool(_UKRAINIAN.search(text)), bool(_RUSSIAN.search(text))
    if is_ukrainian and is_russian:
        return Language.MIXED
    if is_russian:
        return Language.RUSSIAN
    if is_ukrainian:
        return Language.MIXED if guess is Language.MIXED else Language.UKRAINIAN
    known = (Language.UKRAINIAN, Language.RUSSIAN, Language.MIXED)
    return guess if guess in known else Language.UKRAINIAN


def _latin(text: str, guess: Language | None) -> Language:
    """Ukrainian and Russian typed in Latin letters are mixed speech too."""
    if _POLISH.search(text):
        return Language.POLISH
    known = (Language.ENGLISH, Language.POLISH, Language.MIXED, Language.OTHER)
    return guess if guess in known else Language.ENGLISH
