"""Makes the demo whole or not at all: the chain, its month, its scans, and silence about the past."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.classification.actions import Verdict
from app.classification.fallback import FALLBACK_VERSION, judge_by_words
from app.classification.rules import Classifier, Source, Thresholds
from app.contacts.actions import Keeping
from app.db import OrganisationSession, transaction
from app.demo.chain import plan_stores
from app.demo.comments import Band, corpus
from app.demo.founding import Chain, found_chain
from app.demo.history import History
from app.demo.live import live_visits
from app.demo.receipts import with_receipts
from app.demo.visits import Month, Visit, plan_visits
from app.events.queries import mark_dispatched, undispatched
from app.notifications.actions import suppress_history
from app.touchpoints.actions import Scans, add_scans

_SEED = "ясен"
_SCANS_PER_ANSWER = (1.6, 3.4)
_TYPICAL = {Band.LOW: 2, Band.MIDDLE: 7, Band.HIGH: 10}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demo."""

    stores: int
    days: int
    responses: int


def make_demo(
    size: Size,
    password: str,
    classifier: Classifier | None,
    keeping: Keeping,
    *,
    now: datetime,
    tell: Callable[[datetime], None],
) -> str:
    """The demo, in one transaction; the path of a code that takes answers around the clock."""
    verdicts = judge_corpus(classifier)
    chance = Random(_SEED)
    plans = plan_stores(size.stores)
    with transaction(None) as session:
        chain = found_chain(session, plans, password, now=now - timedelta(days=size.days + 1))
        live = live_visits(chain.stores, now, chance, most=size.responses)
        month = Month(now - timedelta(days=size.days), now, size.responses - len(live))
        planned = plan_visits(plans, [store.calendar for store in chain.stores], month, chance)
        visits = with_receipts(planned, plans)
        history = History(session, chain, verdicts, keeping=keeping, chance=chance)
        history.play(visits, live, now, tell)
        add_scans(session, count_scans(chain, (*visits, *live), chance))
        keep_silent(session, now=now)
    return f"/q/{chain.stores[0].doors[0].code}"


def judge_corpus(classifier: Classifier | None) -> dict[str, Verdict]:
    """Each comment's verdict by the model; by the word list when there is no model."""
    comments = corpus()
    if classifier is None:
        judged = [judge_by_words(comment.text, _TYPICAL[comment.band]) for comment in comments]
        source, version, thresholds = Source.FALLBACK, FALLBACK_VERSION, Thresholds()
    else:
        judged = classifier.classify([comment.text for comment in comments])
        source, version, thresholds = Source.MODEL, classifier.version, classifier.thresholds
    pairs = zip(comments, judged, strict=True)
    return {comment.text: Verdict(judgement, source, version, thresholds) for comment, judgement in pairs}


def count_scans(chain: Chain, visits: Iterable[Visit], chance: Random) -> Scans:
    """Codes are opened more often than answered: so many scans for each code and day with an answer."""
    answers: dict[tuple[UUID, date], list[datetime]] = defaultdict(list)
    for visit in visits:
        if visit.cashier is not None:
            continue
        code_id = chain.stores[visit.store].doors[visit.place].code_id
        answers[code_id, visit.at.date()].append(visit.at)
    return {
        place: (round(len(instants) * chance.uniform(*_SCANS_PER_ANSWER)), max(instants))
        for place, instants in answers.items()
    }


def keep_silent(session: OrganisationSession, *, now: datetime) -> None:
    """Nobody is told of the past: neither people by notifications, nor workers by events."""
    suppress_history(session)
    while events := undispatched(session, _AT_ONCE):
        mark_dispatched(session, [key for key, _ in events], now=now)
