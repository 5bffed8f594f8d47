"""Imports that meet, and one that is killed in the middle: all of a table is stored, or nothing."""

import signal
import subprocess
import sys
from pathlib import Path

from flask import Flask

from app import clock
from app.audit.rules import COMMAND_LINE
from app.db import reading, transaction
from app.errors import Conflict
from app.stores.imports.actions import Order, apply_plan, drop_old_imports, keep_import
from app.stores.imports.columns import is_heading
from app.stores.imports.plan import Plan, plan_import
from app.stores.imports.queries import chain_before
from app.stores.imports.reader import read_sheet
from app.stores.models import Region, StoreImport
from tests.make import NOON, SECRET, Chain, rows_of
from tests.stores.tables import deeds_of, points_of, stores_of
from tests.together import together
from worker.sweep import keep_house

ROOT = Path(__file__).parents[2]
MANY = "Code;Name;Region;Touchpoints\n" + "".join(
    f"N-{n};Store {n};Region {n % 3};Till 1|Till 2\n" for n in range(200)
)
KILLED = """
import os, signal, sys
from app.stores.imports import actions
from wsgi import app
actions.record_deed = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
app.cli.main(["stores", "import", "--organisation", sys.argv[1], sys.argv[2], "--yes"])
"""


def planned(chain: Chain, table: str) -> Plan:
    """What a table would change now."""
    with reading(chain.organisation_id) as session:
        return plan_import(read_sheet(table.encode(), is_heading), chain_before(session, ("uk", "en"), None))


def apply(chain: Chain, table: str, mark: str) -> None:
    """Apply a table that was confirmed by its mark."""
    with transaction(chain.organisation_id) as session:
        before = chain_before(session, ("uk", "en"), None, lock=True)
        plan = plan_import(read_sheet(table.encode(), is_heading), before)
        apply_plan(session, plan, Order(mark, COMMAND_LINE, "s.csv"), now=clock.now())


def test_of_two_imports_at_once_the_second_is_refused(app: Flask, chain: Chain) -> None:
    tables = [f"Code;Name\nS1;Name {n}\nS2;Name {n}\n" for n in range(2)]
    marks = [planned(chain, table).mark for table in tables]
    answers = together(
        app,
        [lambda n=n: apply(chain, tables[n], marks[n]) for n in range(2)],  # type: ignore[misc]
    )
    assert [type(answer) for answer in answers if answer] == [Conflict]
    names = {store.name for store in stores_of(chain).values()}
    assert len(names) == 1
    assert [deed for deed, *_ in deeds_of(chain)].count("stores.imported") == 1


def test_new_stores_of_two_imports_at_once_are_made_once(app: Flask, chain: Chain) -> None:
    mark = planned(chain, MANY).mark
    answers = together(app, [lambda: apply(chain, MANY, mark)] * 2)
    assert len([answer for answer in answers if answer is None]) == 1
    assert len(stores_of(chain)) == 202
    assert points_of(chain, "N-7").keys() == {"Till 1", "Till 2"}


def test_an_import_killed_in_the_middle_leaves_nothing(app: Flask, chain: Chain, tmp_path: Path) -> None:
    """Every store and touchpoint is in the transaction already when the process is killed."""
    table = tmp_path / "many.csv"
    table.write_text(MANY, encoding="utf-8")
    settings = app.config["VIDHUK"]
    environment = {
        "PATH": "",
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(tmp_path),
        "FLASK_APP": "wsgi",
    }
    command = [sys.executable, "-c", KILLED, chain.slug, str(table)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert list(stores_of(chain)) == ["S1", "S2"]
    assert len(rows_of(chain, Region)) == 2
    apply(chain, MANY, planned(chain, MANY).mark)
    assert len(stores_of(chain)) == 202


def test_the_house_keeper_drops_imports_that_are_too_old(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        keep_import(session, chain.owner_id, "s.csv", MANY.encode(), now=NOON)
        drop_old_imports(session, now=NOON)
    assert len(rows_of(chain, StoreImport)) == 1
    keep_house(now=NOON.replace(day=27))
    assert rows_of(chain, StoreImport) == []
