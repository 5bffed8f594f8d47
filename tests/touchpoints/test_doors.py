"""What stands behind a printed code, and for how long it is believed."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import memory
from app.db import get_row, transaction
from app.ids import new_printed_code
from app.stores.models import Store
from app.surveys.actions import publish_version
from app.surveys.rules import DEFAULT_WORDING
from app.touchpoints import doors
from app.touchpoints.actions import create_touchpoint, repoint_code, retire_code, retire_touchpoint
from app.touchpoints.doors import find_door, forget_doors
from app.touchpoints.models import QrCode
from tests.make import NOON, Chain
from tests.statements import asked


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the test asks of the database."""
    with asked() as seen:
        yield seen


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    forget_doors()
    yield
    forget_doors()


def test_a_code_opens_its_touchpoint_and_store(chain: Chain) -> None:
    door = find_door(chain.code)

    assert door is not None
    assert (door.organisation_id, door.store_id, door.touchpoint_id) == (
        chain.organisation_id,
        chain.store_id,
        chain.touchpoint_id,
    )
    assert (door.code, door.store_name, door.touchpoint_name) == (chain.code, "Store 1", "Till 1")
    assert door.languages == ("uk", "en")
    assert door.default_language == "uk"
    assert door.wording == DEFAULT_WORDING
    assert door.is_open
    assert door.calendar.is_open(NOON)


def test_a_code_may_be_typed_in_any_case_and_with_look_alikes(chain: Chain) -> None:
    typed = chain.code.lower().replace("0", "o").replace("1", "l")

    assert find_door(typed) == find_door(chain.code)


@pytest.mark.parametrize(
    "text", ["", "x", "ABC", "ÄÖÜ1234", "A" * 10_000, "ab\0cdef", "AAAAAAA'--", "🙂" * 7]
)
def test_what_cannot_be_a_code_is_refused_without_asking_the_database(
    chain: Chain, statements: list[str], text: str
) -> None:
    assert find_door(text) is None
    assert statements == []


def test_a_cold_look_costs_two_statements_and_a_warm_one_none(chain: Chain, statements: list[str]) -> None:
    find_door(chain.code)
    assert len(statements) == 2

    find_door(chain.code)
    assert len(statements) == 2


def test_an_unknown_code_is_remembered_too(chain: Chain, statements: list[str]) -> None:
    code = new_printed_code()
    assert find_door(code) is None
    assert find_door(code) is None
    assert len(statements) == 1


def test_a_door_is_believed_for_five_seconds(
    chain: Chain, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = 1000.0
    monkeypatch.setattr(memory, "monotonic", lambda: at)
    find_door(chain.code)
    at += 4.9
    find_door(chain.code)
    assert len(statements) == 2

    at += 0.2
    find_door(chain.code)
    assert len(statements) == 4


def test_guessed_codes_do_not_push_real_ones_out(
    chain: Chain, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors._unknown, "_most", 3)
    find_door(chain.code)
    for _ in range(5):
        find_door(new_printed_code())
    assert len(doors._unknown._kept) == 3

    statements.clear()
    find_door(chain.code)
    assert statements == []


def test_retired_codes_touchpoints_and_stores_are_closed(chain: Chain) -> None:
    door = find_door(chain.code)
    assert door is not None
    with transaction(chain.organisation_id) as session:
        retire_code(session, door.qr_code_id, now=NOON)
    forget_doors()
    assert not _is_open(chain.code)

    with transaction(chain.organisation_id) as session:
        get_row(session, QrCode, door.qr_code_id).retired_at = None
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
        get_row(session, Store, chain.other_store_id).retired_at = NOON
    forget_doors()
    assert not _is_open(chain.code)
    assert not _is_open(chain.other_code)


def test_a_repointed_code_leads_elsewhere(chain: Chain) -> None:
    door = find_door(chain.code)
    assert door is not None
    with transaction(chain.organisation_id) as session:
        elsewhere = create_touchpoint(session, chain.other_store_id, chain.survey_id, "Door", now=NOON)
        repoint_code(session, door.qr_code_id, elsewhere)
    forget_doors()

    moved = find_door(chain.code)
    assert moved is not None
    assert (moved.store_id, moved.touchpoint_name) == (chain.other_store_id, "Door")


def test_the_newest_wording_is_shown(chain: Chain) -> None:
    wording = {"uk": replace(DEFAULT_WORDING["uk"], question="Як вам у «{store}»?")}
    with transaction(chain.organisation_id) as session:
        version_id = publish_version(session, chain.survey_id, wording, now=NOON)

    door = find_door(chain.code)
    assert door is not None
    assert door.survey_version_id == version_id
    assert door.wording == wording
    assert door.languages == ("uk",)


def test_a_store_whose_languages_the_survey_lacks_gets_the_surveys_own(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).languages = ["de"]

    door = find_door(chain.code)
    assert door is not None
    assert door.languages == ("uk", "en", "pl")


def test_codes_of_two_chains_open_their_own_doors(chain: Chain, foreign_chain: Chain) -> None:
    ours, theirs = find_door(chain.code), find_door(foreign_chain.code)
    assert ours is not None
    assert theirs is not None
    assert ours.organisation_id == chain.organisation_id
    assert theirs.organisation_id == foreign_chain.organisation_id


def test_many_threads_may_ask_at_once(app: Flask, chain: Chain) -> None:
    seen: list[object] = []

    def ask() -> None:
        with app.app_context():
            for _ in range(50):
                seen.append(find_door(chain.code))
                seen.append(find_door(new_printed_code()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 800
    assert {door.code for door in seen if isinstance(door, doors.CodeDoor)} == {chain.code}


def _is_open(code: str) -> bool:
    door = find_door(code)
    assert door is not None
    return door.is_open
