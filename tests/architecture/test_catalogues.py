"""Every text for people is in the Ukrainian catalogue: translated, in whole sentences, in good typography."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.web.languages import CATALOGUES, SOURCE_LANGUAGE, catalogue
from tests.architecture.source import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
BAD_TYPOGRAPHY = {
    "an apostrophe other than ʼ": r"[а-щьюяєіїґ]['’`][а-щьюяєіїґ]",
    "a straight quotation mark": r'"',
    "№ without a no-break space": r"№(?!\u00a0)",
    "a dash that may begin a line": r"[^\u00a0]—",
    "an exclamation mark that is not thanks": r"(?<!Дякуємо)!",
    "a per cent sign that formatting trips over": r"(?<!%)%(?![%(])",
    "a space at its end or two in a row": r"(?<!:) $| {2}",
}


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
def ukrainian() -> Catalog:
    """The catalogue as it is written."""
    with (CATALOGUES / "uk" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="uk")


def messages(texts: Catalog) -> list[Message]:
    """The messages of a catalogue, without its header."""
    return [message for message in texts if message.id]


def forms(message: Message) -> list[str]:
    """The translations of a message: one, or one for each kind of number."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def pairs() -> Iterator[tuple[str, str]]:
    """Each English text beside its translation; every Ukrainian plural beside the English one."""
    for message in messages(ukrainian()):
        english = message.id if isinstance(message.id, str) else message.id[-1]
        yield from ((english, translation) for translation in forms(message))


def test_every_text_is_in_the_catalogue_and_nothing_else_is() -> None:
    marked, known = ({message.id for message in messages(texts)} for texts in (extracted(), ukrainian()))
    assert len(marked) > 300
    assert marked - known == set(), "run `make messages`, then translate"
    assert known - marked == set(), "run `make messages`"


def test_every_text_is_translated_in_all_its_forms() -> None:
    assert [english for english, translation in pairs() if not translation.strip()] == []
    assert {len(forms(message)) for message in messages(ukrainian()) if message.pluralizable} == {3}


def test_nothing_in_the_catalogue_is_a_guess_or_a_leftover() -> None:
    assert [message.id for message in messages(ukrainian()) if message.fuzzy] == []
    assert list(ukrainian().obsolete) == []


def test_a_translation_has_the_placeholders_of_its_text() -> None:
    differing = [
        (english, translation)
        for english, translation in pairs()
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(translation))
    ]
    assert differing == []


def test_a_translation_keeps_the_space_that_its_text_ends_with() -> None:
    assert [
        english for english, translation in pairs() if english[-1:].isspace() != translation[-1:].isspace()
    ] == []


def test_the_texts_in_the_source_are_english() -> None:
    assert [message.id for message in messages(extracted()) if CYRILLIC.search(str(message.id))] == []


@pytest.mark.parametrize("fault", BAD_TYPOGRAPHY)
def test_no_translation_has(fault: str) -> None:
    found = re.compile(BAD_TYPOGRAPHY[fault], re.IGNORECASE)
    assert [translation for _english, translation in pairs() if found.search(translation)] == []


@pytest.mark.parametrize(
    ("number", "responses", "stores"),
    [
        (0, "0 відгуків", "0 магазинів"),
        (1, "1 відгук", "1 магазин"),
        (2, "2 відгуки", "2 магазини"),
        (5, "5 відгуків", "5 магазинів"),
        (11, "11 відгуків", "11 магазинів"),
        (21, "21 відгук", "21 магазин"),
        (22, "22 відгуки", "22 магазини"),
        (101, "101 відгук", "101 магазин"),
        (111, "111 відгуків", "111 магазинів"),
    ],
)
def test_numbers_decline_their_nouns(number: int, responses: str, stores: str) -> None:
    speak = catalogue("uk").ngettext
    assert speak("%(num)s response", "%(num)s responses", number) % {"num": number} == responses
    assert speak("%(num)s store", "%(num)s stores", number) % {"num": number} == stores


def test_english_is_said_as_it_is_written() -> None:
    assert catalogue(SOURCE_LANGUAGE).gettext("Alerts") == "Alerts"
