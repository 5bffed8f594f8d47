"""Print runs: made piece by piece, whatever dies in between, and forgotten in time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.audit.models import AuditEntry
from app.db import Claim, get_row, reading, transaction
from app.events import Event
from app.printing import actions
from app.printing.actions import LEASE, MOST_ATTEMPTS, RETRY, make_due_runs
from app.printing.models import PrintRun
from app.printing.queries import Edition, Where, cards, printable
from app.printing.rules import FORMATS, KEPT, REMEMBERED, Languages
from app.stores.models import Store
from app.touchpoints.actions import create_code, retire_code, retire_touchpoint
from app.touchpoints.models import QrCode
from tests.architecture.source import ROOT
from tests.fakes import Hands
from tests.make import NOON, SECRET, Chain, order_print_run, rows_of
from tests.printing.paper import pages
from worker.sweep import keep_house

BASE = "https://q.nova.ua"
SECOND = timedelta(seconds=1)


@pytest.fixture
def many(chain: Chain) -> list[str]:
    """Forty more codes at the chain's first till; all codes in their order."""
    with transaction(chain.organisation_id) as session:
        for number in range(40):
            create_code(session, chain.touchpoint_id, now=NOON + number * SECOND)
    with reading(chain.organisation_id) as session:
        return [row.code for row in printable(session, None, Where())]


def the_run(chain: Chain) -> PrintRun:
    """The one run as it is stored, with all that is usually left out."""
    everything = [undefer(column) for column in (PrintRun.file, PrintRun.codes, PrintRun.store_ids)]
    with reading(chain.organisation_id) as session:
        return session.scalars(select(PrintRun).options(*everything)).one()


def printed_codes(chain: Chain) -> list[str]:
    """What stands on the pages of the run's file."""
    file = the_run(chain).file
    assert file is not None
    return [code.removeprefix(f"{BASE}/q/") for page in pages(file) for code in page.codes()]


def test_a_run_is_frozen_when_it_is_ordered(chain: Chain, many: list[str]) -> None:
    order_print_run(chain)
    with transaction(chain.organisation_id) as session:
        create_code(session, chain.touchpoint_id, now=NOON)
    run = the_run(chain)
    assert run.codes.split() == many
    assert (run.state, run.total_count, run.done_count, run.file) == ("waiting", 42, 0, None)
    assert set(run.store_ids) == {str(chain.store_id), str(chain.other_store_id)}
    assert make_due_runs(BASE, Hands(NOON)) == 1
    assert printed_codes(chain) == many


def test_an_order_is_told_to_workers_and_remembered(chain: Chain) -> None:
    run_id = order_print_run(chain, copies=3)
    (event,) = [event for event in rows_of(chain, Event) if event.name == "print_run.ordered"]
    assert (event.subject_id, event.dispatched_at) == (run_id, None)
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject_id) == ("print_run.ordered", "Owner", run_id)
    assert entry.data == {"format": "labels", "codes": 2, "copies": 3}


def test_what_was_retired_since_is_left_out(chain: Chain) -> None:
    order_print_run(chain)
    with transaction(chain.organisation_id) as session:
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
    make_due_runs(BASE, Hands(NOON))
    assert printed_codes(chain) == [chain.other_code]


def test_a_run_of_nothing_says_why(chain: Chain) -> None:
    order_print_run(chain)
    with transaction(chain.organisation_id) as session:
        for code in session.scalars(select(QrCode)):
            retire_code(session, code.id, now=NOON)
    make_due_runs(BASE, Hands(NOON))
    run = the_run(chain)
    assert (run.state, run.failure, run.due_at) == ("failed", "nothing_left", None)


def test_an_address_that_is_too_long_is_not_tried_again(chain: Chain) -> None:
    order_print_run(chain)
    make_due_runs(f"https://{'x' * 80}.ua", Hands(NOON))
    assert (the_run(chain).state, the_run(chain).failure) == ("failed", "long_address")
    assert make_due_runs(BASE, Hands(NOON + timedelta(hours=1))) == 0


def test_progress_is_told_between_batches_and_the_lease_renewed(
    chain: Chain, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order_print_run(chain)
    monkeypatch.setattr(actions, "BATCH", 20)
    hands = Hands(NOON)
    seen: list[tuple[int, datetime | None]] = []

    def note(*given: Any, **named: Any) -> bool:
        hands.move(seconds=50)  # three batches take longer than one lease
        going_on = go_on(*given, **{**named, "now": hands.at})
        seen.append((the_run(chain).done_count, the_run(chain).lease_until))
        return going_on

    go_on = actions._go_on
    monkeypatch.setattr(actions, "_go_on", note)
    make_due_runs(BASE, hands)
    assert [done for done, _lease in seen] == [20, 40, 42]
    assert seen[-1][1] == NOON + 150 * SECOND + LEASE
    assert the_run(chain).state == "made"


def test_a_run_that_somebody_else_took_is_left_to_them(
    chain: Chain, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order_print_run(chain)
    monkeypatch.setattr(actions, "BATCH", 20)
    hands = Hands(NOON)

    def sleep_through(claimed: Claim, done: int, *, now: datetime) -> bool:
        if done == 20 and not slept:
            slept.append(True)
            hands.at = NOON + LEASE + SECOND
            assert make_due_runs(BASE, hands) == 1
        return go_on(claimed, done, now=now)

    go_on, slept = actions._go_on, list[bool]()
    monkeypatch.setattr(actions, "_go_on", sleep_through)
    make_due_runs(BASE, hands)
    run = the_run(chain)
    assert (run.state, run.attempts, run.lease_no) == ("made", 2, 2)
    assert printed_codes(chain) == many


def test_trouble_is_tried_three_times_and_then_told(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    order_print_run(chain)
    monkeypatch.setattr(actions, "cards", lambda *_: 1 / 0)
    hands = Hands(NOON)
    for _attempt in range(MOST_ATTEMPTS):
        assert the_run(chain).state == "waiting"
        assert make_due_runs(BASE, hands) == 1
        assert make_due_runs(BASE, hands) == 0
        hands.at += RETRY
    assert (the_run(chain).state, the_run(chain).failure) == ("failed", "given_up")


def test_a_run_that_kills_its_maker_each_time_is_given_up(chain: Chain) -> None:
    run_id = order_print_run(chain)
    with transaction(chain.organisation_id) as session:
        get_row(session, PrintRun, run_id).attempts = MOST_ATTEMPTS
    make_due_runs(BASE, Hands(NOON))
    assert the_run(chain).failure == "given_up"


def test_the_oldest_order_comes_first(chain: Chain, foreign_chain: Chain) -> None:
    order_print_run(chain, now=NOON + SECOND)
    order_print_run(foreign_chain, now=NOON)
    make_due_runs(BASE, Hands(NOON + 2 * SECOND))
    assert (the_run(chain).state, the_run(foreign_chain).state) == ("waiting", "made")


def test_a_file_is_erased_after_its_day_and_the_order_after_a_month(chain: Chain) -> None:
    order_print_run(chain)
    make_due_runs(BASE, Hands(NOON))
    assert the_run(chain).expires_at == NOON + KEPT
    keep_house(now=NOON + KEPT - SECOND)
    assert the_run(chain).file
    keep_house(now=NOON + KEPT)
    run = the_run(chain)
    assert (run.state, run.file, run.codes, run.store_ids) == ("expired", None, "", [])
    keep_house(now=NOON + REMEMBERED)
    assert rows_of(chain, PrintRun) == []


def test_an_order_that_waits_is_not_forgotten(chain: Chain) -> None:
    order_print_run(chain)
    keep_house(now=NOON + REMEMBERED)
    assert the_run(chain).state == "waiting"


def test_the_manager_is_promised_only_where_there_is_one(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.other_store_id).kind = "contact_centre"
    edition = Edition(FORMATS["a5"], Languages("en"), BASE, NOON)
    with reading(chain.organisation_id) as session:
        made = cards(session, printable(session, None, Where()), edition)
    assert {card.code: card.voices[0].reader for card in made} == {
        chain.code: "The store manager reads it.",
        chain.other_code: "The team of Nova reads it.",
    }


MAKER = """
import sys, time
from app import clock
from app.factory import create_app
from app.printing import actions
from app.settings import load_settings

go_on = actions._go_on
def slowly(*given, **named):
    going_on = go_on(*given, **named)
    print("batch", flush=True)
    time.sleep(30)
    return going_on

actions.BATCH, actions._go_on = 10, slowly
create_app(load_settings()).app_context().push()
actions.make_due_runs("https://q.nova.ua", clock.now)
"""


@pytest.fixture
def maker(app: Flask, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that makes a run, and pauses after its first batch."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": app.config["VIDHUK"].database_url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(tmp_path),
    }
    script = tmp_path / "maker.py"
    script.write_text(MAKER, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_run_whose_maker_was_killed_is_made_by_another(
    chain: Chain, many: list[str], request: pytest.FixtureRequest
) -> None:
    run_id = order_print_run(chain, now=NOON - timedelta(days=3650))
    maker: subprocess.Popen[bytes] = request.getfixturevalue("maker")
    until = monotonic() + 60
    while the_run(chain).done_count != 10:
        assert monotonic() < until
        sleep(0.05)
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    with reading(chain.organisation_id) as session:
        lease_until = get_row(session, PrintRun, run_id).lease_until
    assert lease_until is not None
    assert make_due_runs(BASE, Hands(lease_until - SECOND)) == 0
    assert make_due_runs(BASE, Hands(lease_until + SECOND)) == 1
    assert (the_run(chain).state, the_run(chain).attempts) == ("made", 2)
    assert printed_codes(chain) == many
