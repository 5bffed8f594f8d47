"""Numbers, clocks and states in the reader's words."""

import hashlib
from datetime import date, datetime, timedelta

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from app.alerts.clocks import NO_BREAK, clock_of, clock_words, duration, until
from app.alerts.rules import AlertState
from app.contacts.rules import ContactKind
from app.insight.queries.now import Card
from app.insight.rules import (
    LEAST_FOR_NPS,
    Group,
    Nps,
    Standing,
    Tally,
)
from app.invitations.rules import Kind

MINUS = "−"


def signed(number: float) -> str:
    """A whole number with a real minus."""
    whole = round(number)
    return f"{MINUS}{-whole}" if whole < 0 else str(whole)


def whole(number: float) -> str:
    """A whole number as the reader's language groups its digits."""
    return str(format_decimal(round(number)))


def percent(number: float) -> str:
    """A whole percentage, in one piece."""
    return f"{whole(number)}{NO_BREAK}%"


def clock(card: Card, *, now: datetime) -> dict[str, str]:
    """A card's clock: how it looks, and in words."""
    return clock_of(card.deadline, card.opens_at, card.zone, now=now)


def holder(card: Card) -> str:
    """Who has the alert, and how fast."""
    words = clock_words()
    if card.answered_at:
        return _("Answered in %(time)s", time=duration(card.answered_at - card.opened_at, words))
    if card.acknowledged_at and card.owner:
        time = duration(card.acknowledged_at - card.opened_at, words)
        return _("Taken by %(name)s in %(time)s", name=card.owner, time=time)
    if card.owner:
        return _("Passed to %(name)s", name=card.owner)
    return _("Nobody has it yet")


def wish(card: Card) -> tuple[str, str]:
    """How the shopper can be answered: the icon's name, and words."""
    if not card.is_reachable:
        return "", _("No comment and no contact: nobody to answer")
    if card.contact_kind == ContactKind.PHONE:
        return "phone", _("Wants a reply by phone")
    if card.contact_kind == ContactKind.EMAIL:
        return "email", _("Wants a reply by e-mail")
    return "return_page", _("Can read a reply on the return page")


def mark(card: Card) -> str:
    """A mark that changes when the card does."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:8]


def nothing_new(last_at: datetime | None, zone: str, *, now: datetime) -> str:
    """What an empty list says: why it is empty, and since when."""
    if last_at is None:
        return _("No complaints yet. A rating from 0 to 6 appears here within a second.")
    return _("No open complaints. The last one came %(time)s.", time=until(last_at, zone, now=now))


def live_words() -> dict[str, str]:
    """What the script of the Now page says."""
    return {
        **clock_words(),
        "fresh": _("%(n)s new"),
        "changed": _("The list has changed. Show it"),
        "arrived": _("New alert. %(card)s"),
        "updated": _("Updated %(time)s"),
        "pause": _("Pause"),
        "resume": _("Resume"),
        "paused": _("Paused at %(time)s"),
        "lost": _("No connection since %(time)s. What you see may be old."),
    }


def score_sentence(score: Nps, pool: Nps | None) -> str:
    """A score in one sentence, with n and interval."""
    words = _(
        "NPS %(score)s from %(count)s answers, 95 %% interval %(low)s to %(high)s.",
        score=signed(score.score),
        count=whole(score.n),
        low=signed(score.low),
        high=signed(score.high),
    )
    if pool is None:
        return words
    return f"{words} " + _("All your stores together: %(score)s.", score=signed(pool.score))


def span(score: Nps) -> str:
    """The ends of an interval."""
    return _("%(low)s to %(high)s", low=signed(score.low), high=signed(score.high))


def too_few(tally: Tally) -> str:
    """Why there is no score."""
    if not tally.n:
        return _("No answers in 28 days")
    return _("Too few answers: %(count)s of %(least)s", count=tally.n, least=LEAST_FOR_NPS)


def is_apart(answered_at: datetime, received_at: datetime) -> bool:
    """Whether an answer waited on a phone long enough to say so: over two minutes."""
    return received_at - answered_at > timedelta(minutes=2)


def state_words() -> dict[str, str]:
    """States of an alert."""
    return {
        AlertState.NEW: _("new"),
        AlertState.ACKNOWLEDGED: _("taken"),
        AlertState.ANSWERED: _("answered"),
        AlertState.RESOLVED: _("resolved"),
        AlertState.CLOSED: _("closed"),
        AlertState.DISMISSED: _("no complaint"),
    }


def group_words() -> dict[str, str]:
    """The three groups of NPS."""
    return {
        Group.DETRACTOR: _("Detractors, 0 to 6"),
        Group.PASSIVE: _("Passives, 7 and 8"),
        Group.PROMOTER: _("Promoters, 9 and 10"),
    }


def quoted(text: str) -> str:
    """The chip of the words that are searched for."""
    return _("“%(words)s”", words=text)


def only_with_comment() -> str:
    """The chip of responses that say something."""
    return _("With a comment")


def only_verified() -> str:
    """The chip of responses that a receipt stands behind."""
    return _("Verified by a receipt")


def from_day(day: str) -> str:
    """The chip of the first day."""
    return _("From %(day)s", day=format_date(date.fromisoformat(day), "medium"))


def to_day(day: str) -> str:
    """The chip of the last day."""
    return _("To %(day)s", day=format_date(date.fromisoformat(day), "medium"))


def channel_words() -> dict[str, str]:
    """Channels."""
    return {
        "qr": _("QR code"),
        "receipt": _("Receipt"),
        "viber": "Viber",
        "sms": "SMS",
        "email": _("E-mail"),
        "call": _("Call"),
        "kiosk": _("Kiosk"),
        "web": _("Web site"),
        "messenger": _("Messenger"),
        "staff": _("Staff"),
        "api": "API",
    }


def invitation_words() -> dict[str, str]:
    """What an invitation is about."""
    return {Kind.RECEIPT: _("Receipt"), Kind.CALL: _("Call"), Kind.ORDER: _("Order")}


def standing_words() -> dict[str, str]:
    """How a store stands to all together; nothing where nobody can tell."""
    return {
        Standing.BELOW: _("Clearly below all"),
        Standing.ABOVE: _("Clearly above all"),
        Standing.ALIKE: "",
    }


def standing_badge(standing: str) -> str:
    """The badge of a standing."""
    return "neg" if standing == Standing.BELOW else "pos"
