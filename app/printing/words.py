"""The words of printing: what a card says in each language, and what formats and states are called."""

from functools import lru_cache

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from app.printing.cards import Voice
from app.printing.rules import Failure, Format, RunState


@lru_cache(maxsize=256)
def voice(language: str, team: str) -> Voice:
    """What a card says in a language. Without a `team` there is a store manager, who reads it."""
    with force_locale(language):
        return Voice(
            language,
            _("How was it today?"),
            _("Point your camera. One tap, 20 seconds, no sign-up."),
            _("The team of %(name)s reads it.", name=team) if team else _("The store manager reads it."),
        )


def format_words(own: Format) -> tuple[str, str]:
    """The name of a format and what it is for."""
    names = {
        "a5": (_("A5 stand"), _("For the counter, in a holder of acrylic glass.")),
        "a4": (_("A4 for the wall"), _("Where people wait after paying.")),
        "a3": (_("A3 for the window"), _("Large, to be read from further away.")),
        "a6": (_("A6 cards, four on A4"), _("Cut along the marks.")),
        "tent": (_("A6 tent cards, two on A4"), _("Cut along the marks, fold at the dashed line.")),
        "sticker": (_("Sticker 60 × 80 mm"), _("For a table or a terminal; each on a page of its own.")),
        "labels": (_("Sheet of 24 labels, A4"), _("For label paper of 70 × 37 mm, three by eight.")),
    }
    return names[own.name]


def file_title(own: Format, place: str, language: str) -> str:
    """What a file is called inside."""
    with force_locale(language):
        return f"{format_words(own)[0]} · {place}"


def distance_words(own: Format) -> str:
    """From how far a code is read."""
    centimetres = own.reads_to_mm / 10
    if centimetres < 100:
        return _("%(number)s cm", number=f"{centimetres:.0f}")
    return _("%(number)s m", number=format_decimal(centimetres / 100, "0.#"))


def size_words(count: int) -> str:
    """The size of a file."""
    if count < 100_000:
        return _("%(number)s kB", number=max(1, round(count / 1000)))
    return _("%(number)s MB", number=format_decimal(count / 1_000_000, "0.#"))


def state_badge(state: RunState) -> tuple[str, str]:
    """The kind of badge and the word for a state."""
    return {
        RunState.WAITING: ("muted", _("Being made")),
        RunState.MADE: ("pos", _("Ready")),
        RunState.FAILED: ("warn", _("Failed")),
        RunState.EXPIRED: ("muted", _("Expired")),
    }[state]


def failure_words(failure: str) -> str:
    """Why a run came to nothing, and what to do."""
    words = {
        Failure.LONG_ADDRESS: _(
            "The address is too long for a code that phones read well. The operator can set a shorter "
            "BASE_URL."
        ),
        Failure.NOTHING_LEFT: _("Every code of this order has been retired meanwhile."),
        Failure.GIVEN_UP: _("It was tried three times and never came to an end. Order fewer codes at once."),
    }
    return words[Failure(failure)]
