"""The demo on paper: its texts, its stores and the shape of its days."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from random import Random

from app.demo.chain import Place, plan_stores
from app.demo.comments import Band, Pool, corpus
from app.demo.handling import Case, Move, plan_steps
from app.demo.texts import SUBJECTS
from app.demo.visits import Month, plan_visits
from app.stores.calendar import Calendar
from app.stores.rules import StoreKind
from app.web.languages import LANGUAGES
from tests.make import NOON

MONTH = Month(NOON - timedelta(days=28), NOON, 1000)


def _calendars(count: int) -> list[Calendar]:
    return [Calendar.from_hours(store.land.time_zone, store.hours, {}) for store in plan_stores(count)]


def test_there_are_many_comments_and_each_is_written_once() -> None:
    texts = [comment.text for comment in corpus()]
    assert len(texts) == len(set(texts)) >= 150


def test_comments_are_in_the_languages_that_shoppers_write() -> None:
    shares = Counter(comment.language for comment in corpus())
    share = {language: count / len(corpus()) for language, count in shares.items()}
    assert 0.5 < share["uk"] < 0.65
    assert 0.1 < share["ru"] < 0.2
    assert 0.07 < share["mixed"] < 0.15
    assert 0.1 < share["en"] < 0.2
    assert 0.05 < share["pl"] < 0.15


def test_every_place_has_comments_for_every_rating() -> None:
    pool = Pool(Random(1))
    for store in plan_stores(13):
        for _name, place in store.places:
            for rating in range(11):
                assert pool.draw(rating, place, store.land.languages[0]).text


def test_polish_is_written_in_the_polish_store_and_only_there() -> None:
    visits = plan_visits(plan_stores(12), _calendars(12), MONTH, Random(1))
    polish = {n for n, store in enumerate(plan_stores(12)) if store.land.country == "PL"}
    written = {comment.text: comment.language for comment in corpus()}
    assert {v.store for v in visits if v.comment and written[v.comment] == "pl"} == polish
    assert {written[v.comment] for v in visits if v.comment and v.store in polish} == {"pl"}
    assert {v.language for v in visits if v.store in polish} == {"pl", "en"}


def test_a_comment_returns_only_after_all_its_like() -> None:
    pool = Pool(Random(1))
    drawn = [pool.draw(0, Place.CALL, "uk").text for _ in range(12)]
    alike = {comment.text for comment in corpus() if comment.band == Band.LOW}
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= alike


def test_every_comment_has_its_answer() -> None:
    assert {comment.about for comment in corpus()} <= set(SUBJECTS)
    for subject in SUBJECTS.values():
        assert len({subject.reply(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_chain_has_a_store_that_never_closes_an_online_shop_and_a_contact_centre() -> None:
    stores = plan_stores(12)
    midnight = NOON.replace(hour=1)
    always = [calendar.is_open(midnight) for calendar in _calendars(12)]
    kinds = {store.kind for store in stores}
    assert any(always)
    assert {StoreKind.SHOP, StoreKind.ONLINE_SHOP, StoreKind.CONTACT_CENTRE} <= kinds
    assert {store.region for store in stores} == {0, 1, 2}


def test_a_larger_chain_has_no_code_or_name_twice() -> None:
    stores = plan_stores(300)
    assert len({store.code for store in stores}) == len({store.name for store in stores}) == 300


def test_shoppers_come_when_stores_are_open_and_mostly_by_day() -> None:
    calendars = _calendars(12)
    visits = plan_visits(plan_stores(12), calendars, MONTH, Random(1))
    is_open = [calendars[visit.store].is_open(visit.at) for visit in visits]
    hours = Counter(visit.at.astimezone(calendars[0].zone).hour for visit in visits)
    assert len(visits) == 1000
    assert 0.93 < sum(is_open) / len(visits) < 1.0
    assert hours[18] > 3 * hours[8]
    assert all(before.at <= after.at for before, after in pairwise(visits))
    assert all(MONTH.start <= visit.at < MONTH.end for visit in visits)


def test_stores_differ_in_mood_and_most_shoppers_write() -> None:
    stores = plan_stores(12)
    visits = plan_visits(stores, _calendars(12), MONTH, Random(1))
    commented = sum(visit.comment is not None for visit in visits) / len(visits)
    unhappy = {
        store.name: sum(v.rating <= 6 for v in visits if v.store == n) / sum(v.store == n for v in visits)
        for n, store in enumerate(stores)
    }
    assert 0.5 < commented < 0.7
    assert max(unhappy.values()) > 2 * min(unhappy.values())


def test_contacts_are_nobodys() -> None:
    visits = plan_visits(plan_stores(12), _calendars(12), MONTH, Random(1))
    contacts = {visit.contact.value for visit in visits if visit.contact}
    assert contacts
    assert all(value.endswith("@example.com") or value.startswith("+447700900") for value in contacts)


def test_a_bare_tap_is_taken_and_settled_but_never_answered() -> None:
    for seed in range(50):
        moves = {step.move for step in plan_steps(Case(False, False, False, 1.0), Random(seed))}
        assert {Move.ACKNOWLEDGE, Move.RESOLVE} <= moves
        assert not moves & {Move.CALL, Move.REPLY, Move.WRITE_BACK}


def test_a_shopper_is_called_only_where_there_is_a_contact() -> None:
    for seed in range(50):
        without = {step.move for step in plan_steps(Case(True, False, False, 1.0), Random(seed))}
        assert not without & {Move.CALL, Move.CALL_IN_VAIN}


def test_praise_that_was_taken_for_a_complaint_is_dismissed() -> None:
    for seed in range(20):
        steps = plan_steps(Case(True, False, True, 1.0), Random(seed))
        assert steps[-1].move == Move.DISMISS
