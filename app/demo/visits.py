"""When shoppers answer, what they tap and whether they write: chance with the shape of real days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from app.contacts.rules import Address, ContactKind
from app.demo.chain import Mood, StorePlan
from app.demo.comments import Pool
from app.responses.rules import is_negative
from app.stores.calendar import Calendar

# How busy each hour of the day is, by the store's clock: lunch and the way home.
_BUSY = (
    *(0.04, 0.03, 0.02, 0.02, 0.03, 0.05, 0.10, 0.20, 0.35, 0.50, 0.65, 0.80),
    *(1.00, 0.95, 0.75, 0.70, 0.80, 0.95, 1.00, 0.90, 0.65, 0.45, 0.25, 0.10),
)
_WEEKDAYS = (0.70, 0.65, 0.70, 0.75, 0.90, 1.00, 0.85)
_AT_HOME = 0.03  # of the answers come from home, when the store may be closed
_COMMENTED = {True: 0.78, False: 0.53}
_CONTACT = {True: 0.24, False: 0.04}
_MISTAKEN = 0.012
_PROMOTER = (9, 10, 10)
_PASSIVE = (7, 8, 8)
_DETRACTOR = (0, 1, 2, 3, 3, 4, 5, 5, 6, 6)


@dataclass(frozen=True, slots=True)
class Visit:
    """One shopper's answer. `meant` is the rating that a mis-tap was corrected to.

    One that came through a link on a receipt names the `cashier`, by the number in the store.
    """

    at: datetime
    store: int
    place: int
    rating: int
    comment: str | None = None
    about: str = "vague"
    contact: Address | None = None
    language: str = "uk"
    typing_seconds: int = 30
    meant: int | None = None
    cashier: int | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """The span of the history, and how many answers fall into it."""

    start: datetime
    end: datetime
    responses: int


def plan_visits(
    stores: Sequence[StorePlan], calendars: Sequence[Calendar], month: Month, chance: Random
) -> list[Visit]:
    """The whole history's answers, oldest first."""
    pool = Pool(chance)
    traffic = [store.traffic for store in stores]
    chosen = chance.choices(range(len(stores)), weights=traffic, k=month.responses)
    instants = sorted((_instant(calendars[store], month, chance), store) for store in chosen)
    return [_visit(at, store, stores[store], pool=pool, chance=chance) for at, store in instants]


def write(visit: Visit, plan: StorePlan, pool: Pool, chance: Random) -> Visit:
    """The same visit with the words and perhaps the contact that its shopper adds."""
    comment = pool.draw(visit.rating, plan.places[visit.place][1], plan.land.languages[0])
    return replace(
        visit,
        comment=comment.text,
        about=comment.about,
        language=comment.language if comment.language in plan.land.languages else plan.land.languages[0],
        typing_seconds=10 + len(comment.text) // 3 + chance.randrange(20),
    )


def contact(chance: Random) -> Address:
    """An address that cannot be anybody's: the domain and the telephone range are kept for fiction."""
    if chance.random() < 0.6:
        return Address(ContactKind.EMAIL, f"shopper{chance.randrange(10_000)}@example.com")
    return Address(ContactKind.PHONE, f"+447700900{chance.randrange(1000):03}")


def _instant(calendar: Calendar, month: Month, chance: Random) -> datetime:
    """An instant of the month, likelier in busy hours and on busy days, nearly always while it is open."""
    while True:
        at = month.start + (month.end - month.start) * chance.random()
        local = at.astimezone(calendar.zone)
        if chance.random() > _BUSY[local.hour] * _WEEKDAYS[local.weekday()]:
            continue
        if calendar.next_opening(at) == at or chance.random() < _AT_HOME:
            return at.replace(microsecond=0)


def _visit(at: datetime, store: int, plan: StorePlan, *, pool: Pool, chance: Random) -> Visit:
    place = chance.randrange(len(plan.places))
    rating = _rating(plan.mood, chance)
    language = "en" if chance.random() < 0.08 else plan.land.languages[0]
    visit = Visit(at, store, place, rating, language=language)
    if is_negative(rating) and chance.random() < _MISTAKEN:
        return replace(visit, meant=10)
    if chance.random() < _COMMENTED[is_negative(rating)]:
        visit = write(visit, plan, pool, chance)
    if chance.random() < _CONTACT[is_negative(rating)]:
        visit = replace(visit, contact=contact(chance))
    return visit


def _rating(mood: Mood, chance: Random) -> int:
    lot = chance.random()
    if lot < mood.promoters:
        return chance.choice(_PROMOTER)
    return chance.choice(_DETRACTOR if lot > 1 - mood.detractors else _PASSIVE)
