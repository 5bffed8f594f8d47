"""Interface languages: which one to speak, and the catalogues, read straight from their .po files."""

from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"uk": "Українська", "en": "English", "pl": "Polski"}
SOURCE_LANGUAGE = "en"
COOKIE = "lang"
COOKIE_LASTS = 365 * 24 * 3600
CATALOGUES = Path(__file__).parents[1] / "translations"


class PoDomain(Domain):
    """The catalogue of the request's language; English is the source and needs none."""

    def get_translations(self) -> NullTranslations:
        """Translations for the current language, ready at any time, inside a request or not."""
        return catalogue(str(get_locale() or SOURCE_LANGUAGE))


class PoBabel(Babel):
    """Flask-Babel over `PoDomain`."""

    domain_instance = PoDomain()  # type: ignore[no-untyped-call]


@cache
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language, made once in each process."""
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def speak_languages(app: Flask) -> None:
    """Choose the language of each request and translate templates and code."""
    babel: Any = PoBabel()  # type: ignore[no-untyped-call]
    babel.init_app(app, default_locale="uk", locale_selector=request_language)


def speak_only(languages: Sequence[str], default: str) -> None:
    """For the rest of this request: the reader's first wish among a place's languages, or its default."""
    g.default_language = default
    g.spoken_languages = [language for language in languages if language in LANGUAGES] or LANGUAGES


def request_language() -> str:
    """``?lang``, then the cookie, the member's own, the browser's, and last the place's default."""
    wishes = (request.args.get("lang"), request.cookies.get(COOKIE), _members_own(), *_browsers_own())
    spoken = g.get("spoken_languages", LANGUAGES)
    return next((wish for wish in wishes if wish and wish in spoken), str(g.get("default_language", "uk")))


def _members_own() -> str | None:
    person = g.get("person")
    return person.language if person else None


def _browsers_own() -> Iterable[str]:
    return (wish.partition("-")[0].lower() for wish in request.accept_languages.values())
