"""Every text for people is in every catalogue: translated, in whole sentences, in good typography."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.web.languages import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE, catalogue
from tests.architecture.source import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ANYWHERE = {
    "a straight quotation mark": r'"',
    "a per cent sign that formatting trips over": r"(?<!%)%(?![%(])",
    "a space at its end or two in a row": r"(?<!:) $| {2}",
}


@dataclass(frozen=True, slots=True)
class Language:
    """What a catalogue is held to: how many forms a number asks for, and the typography that is wrong."""

    forms: int
    faults: Mapping[str, str]


# A further language is an entry here and in `LANGUAGES`: see docs/languages.md.
TRANSLATED = {
    "uk": Language(
        3,
        {
            "an apostrophe other than ʼ": r"[а-щьюяєіїґ]['’`][а-щьюяєіїґ]",
            "№ without a no-break space": r"№(?!\u00a0)",
            "a dash that may begin a line": r"[^\u00a0]—",
            "an exclamation mark that is not thanks": r"(?<!Дякуємо)!",
        },
    ),
    "pl": Language(
        3,
        {
            "an apostrophe": r"['`’ʼ]",
            "foreign quotation marks": r"[«»“]",
            "nr without a no-break space": r"\bnr(?!\u00a0)\b",
            "a dash that is not the short one": r"—",
            "a dash that may begin a line": r"[^\u00a0\d]–",
            "a word of one letter that may end a line": r"(?<![\w%])[aiouwz] ",
            "an exclamation mark that is not thanks": r"(?<!Dziękujemy)!",
        },
    ),
}
FAULTS = [
    (language, fault, pattern)
    for language, held in TRANSLATED.items()
    for fault, pattern in {**ANYWHERE, **held.faults}.items()
]
in_each_language = pytest.mark.parametrize("language", TRANSLATED)


@cache
def extracted() -> Catalog:
    """Every text marked in code and pages, as `make messages` would find it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog()
    for _place, _line, text, _comments, context in extract_from_dir(ROOT, methods, options):
        found.add(text, context=context)
    return found


@cache
def written(language: str) -> Catalog:
    """The catalogue as it is written."""
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(texts: Catalog) -> list[Message]:
    """The messages of a catalogue, without its header."""
    return [message for message in texts if message.id]


def forms(message: Message) -> list[str]:
    """The translations of a message: one, or one for each kind of number."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Each English text beside its translation; every form of a plural beside the English one."""
    for message in messages(written(language)):
        english = message.id if isinstance(message.id, str) else message.id[-1]
        yield from ((english, translation) for translation in forms(message))


def test_every_language_but_the_source_has_a_catalogue() -> None:
    assert set(TRANSLATED) == set(LANGUAGES) - {SOURCE_LANGUAGE}
    assert {folder.name for folder in CATALOGUES.iterdir()} == set(TRANSLATED)


@in_each_language
def test_every_text_is_in_the_catalogue_and_nothing_else_is(language: str) -> None:
    catalogues = (extracted(), written(language))
    marked, known = ({(one.id, one.context) for one in messages(texts)} for texts in catalogues)
    assert len(marked) > 300
    assert marked - known == set(), "run `make messages`, then translate"
    assert known - marked == set(), "run `make messages`"


@in_each_language
def test_every_text_is_translated_in_all_its_forms(language: str) -> None:
    assert [english for english, translation in pairs(language) if not translation.strip()] == []
    plurals = [message for message in messages(written(language)) if message.pluralizable]
    assert {len(forms(message)) for message in plurals} == {TRANSLATED[language].forms}


@in_each_language
def test_nothing_in_the_catalogue_is_a_guess_or_a_leftover(language: str) -> None:
    assert [message.id for message in messages(written(language)) if message.fuzzy] == []
    assert list(written(language).obsolete) == []


@in_each_language
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    differing = [
        (english, translation)
        for english, translation in pairs(language)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(translation))
    ]
    assert differing == []


@in_each_language
def test_a_translation_keeps_the_space_that_its_text_ends_with(language: str) -> None:
    assert [
        english
        for english, translation in pairs(language)
        if english[-1:].isspace() != translation[-1:].isspace()
    ] == []


def test_the_texts_in_the_source_are_english() -> None:
    assert [message.id for message in messages(extracted()) if CYRILLIC.search(str(message.id))] == []


@pytest.mark.parametrize(("language", "fault", "pattern"), FAULTS)
def test_no_translation_has(language: str, fault: str, pattern: str) -> None:
    found = re.compile(pattern, re.IGNORECASE)
    assert [translation for _english, translation in pairs(language) if found.search(translation)] == []


@pytest.mark.parametrize(
    ("language", "number", "responses", "stores"),
    [
        ("uk", 0, "0 відгуків", "0 магазинів"),
        ("uk", 1, "1 відгук", "1 магазин"),
        ("uk", 2, "2 відгуки", "2 магазини"),
        ("uk", 5, "5 відгуків", "5 магазинів"),
        ("uk", 11, "11 відгуків", "11 магазинів"),
        ("uk", 21, "21 відгук", "21 магазин"),
        ("uk", 22, "22 відгуки", "22 магазини"),
        ("uk", 101, "101 відгук", "101 магазин"),
        ("uk", 111, "111 відгуків", "111 магазинів"),
        ("pl", 0, "0 opinii", "0 sklepów"),
        ("pl", 1, "1 opinia", "1 sklep"),
        ("pl", 2, "2 opinie", "2 sklepy"),
        ("pl", 5, "5 opinii", "5 sklepów"),
        ("pl", 11, "11 opinii", "11 sklepów"),
        ("pl", 21, "21 opinii", "21 sklepów"),
        ("pl", 22, "22 opinie", "22 sklepy"),
        ("pl", 101, "101 opinii", "101 sklepów"),
        ("pl", 111, "111 opinii", "111 sklepów"),
    ],
)
def test_numbers_decline_their_nouns(language: str, number: int, responses: str, stores: str) -> None:
    speak = catalogue(language).ngettext
    assert speak("%(num)s response", "%(num)s responses", number) % {"num": number} == responses
    assert speak("%(num)s store", "%(num)s stores", number) % {"num": number} == stores


def test_english_is_said_as_it_is_written() -> None:
    assert catalogue(SOURCE_LANGUAGE).gettext("Alerts") == "Alerts"
