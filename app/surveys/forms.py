"""The forms of a survey: its name, and its wording in each language."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from flask_babel import gettext as _

from app.db import OrganisationSession
from app.errors import Invalid
from app.surveys.queries import surveys
from app.surveys.rules import BOUNDS, Wording, survey_text
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count, search_form
from app.web.languages import LANGUAGES

FIELDS = tuple(BOUNDS)


@dataclass(slots=True)
class WordingForm:
    """A form as it was typed; `faults` has a text for each field that was refused."""

    typed: dict[str, str]
    based_on: int
    faults: dict[str, str] = field(default_factory=dict)
    wording: dict[str, Wording] = field(default_factory=dict)


def form_of(wording: Mapping[str, Wording], number: int) -> WordingForm:
    """The form of a version as it is."""
    texts = {language: asdict(words) for language, words in wording.items()}
    typed = {
        f"{name}_{language}": texts.get(language, {}).get(name, "")
        for language in LANGUAGES
        for name in FIELDS
    }
    return WordingForm(typed, number)


def read_wording(raw: Mapping[str, str], newest: int) -> WordingForm:
    """Read what was sent, for the version after the newest. A language left wholly empty is left out."""
    typed = {
        f"{name}_{language}": raw.get(f"{name}_{language}", "") for language in LANGUAGES for name in FIELDS
    }
    form = WordingForm(typed, newest)
    for language in LANGUAGES:
        if any(clean_line(typed[f"{name}_{language}"]) for name in FIELDS):
            _read_language(form, language)
    if not form.wording and not form.faults:
        form.faults[f"question_{next(iter(LANGUAGES))}"] = _("Write the texts in one language at least.")
    if raw.get("based_on") != str(newest):
        form.faults["based_on"] = _(
            "Version %(number)s was published meanwhile. Compare it with your texts, then publish again.",
            number=newest,
        )
    return form


def read_name(session: OrganisationSession, raw: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The name of a new survey, and what is wrong with it."""
    name = clean_line(raw.get("name", ""))
    if not name:
        return name, {"name": _("Write a name.")}
    if grapheme_count(name) > NAME_GRAPHEMES:
        return name, {"name": _("Shorten the name to %(most)s characters.", most=NAME_GRAPHEMES)}
    if any(search_form(survey.name) == search_form(name) for survey in surveys(session)):
        return name, {"name": _("There is a survey of that name.")}
    return name, {}


def _read_language(form: WordingForm, language: str) -> None:
    texts = {}
    for name in FIELDS:
        key = f"{name}_{language}"
        try:
            texts[name] = survey_text(name, form.typed[key])
        except Invalid as refusal:
            form.faults[key] = _words(name, refusal.faults[name])
    if len(texts) == len(FIELDS):
        form.wording[language] = Wording(**texts)


def _words(name: str, code: str) -> str:
    texts = {
        "missing": _("Write this text too, or leave the whole language empty."),
        "too_long": _("Shorten this text to %(most)s characters.", most=BOUNDS[name]),
        "braces": _("Braces are only for {store}, in the question: there the store's name will stand."),
    }
    return texts[code]
