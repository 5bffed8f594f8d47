"""Rows per second and memory of importing stores, and what many stores cost elsewhere.

``python -m bench.imports [--rows 5000] [--database-url URL]``, in an empty database; without one, in a SQLite
file of its own. Each figure is the median of three runs, each in a fresh database.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from app.accounts.actions import create_organisation
from app.audit.rules import COMMAND_LINE
from app.db import migrate, reading, transaction
from app.factory import create_app
from app.ids import OrganisationId
from app.settings import Settings
from app.stores.imports.actions import Order, apply_plan
from app.stores.imports.columns import is_heading
from app.stores.imports.plan import plan_import
from app.stores.imports.queries import chain_before, rows_of
from app.stores.imports.reader import read_sheet
from app.stores.imports.writer import write_stores
from app.stores.queries import EVERY_STORE, StoreFilter, stores
from app.surveys.actions import create_survey
from app.touchpoints.template import Template, apply_template, plan_template

RUNS = 3
TEMPLATE_STORES = 500
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LANGUAGES = ("uk", "en")


def main() -> None:
    """Measure in processes of their own, and print the medians."""
    options = _options()
    if options.once:
        _once(options.rows, options.database_url)
        return
    runs = [_run(options.rows, options.database_url) for _ in range(RUNS)]
    for name in runs[0]:
        print(f"{name}: {statistics.median(run[name] for run in runs):.2f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--database-url")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(rows: int, url: str | None) -> dict[str, float]:
    """One run in a process of its own, so that the peak of its memory is its own too."""
    command = [sys.executable, "-m", "bench.imports", "--once", "--rows", str(rows)]
    done = subprocess.run(
        [*command, *(["--database-url", url] if url else [])], capture_output=True, text=True, check=True
    )
    pairs = (line.rsplit(": ", 1) for line in done.stdout.splitlines())
    return {name: float(value) for name, value in pairs}


def _once(rows: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="vidhuk-import-") as folder:
        address = url or f"sqlite:///{Path(folder, 'bench.sqlite3')}"
        migrate(address)
        given = {"database_url": address, "secret_key": "s" * 40, "data_dir": folder}
        app = create_app(Settings.model_validate(given))
        with app.app_context():
            _measure(rows)


def _measure(rows: int) -> None:
    organisation_id, _survey_id = _organisation("large")
    before = _megabytes()
    content = table(rows)
    _say(f"{rows} new rows", lambda: _import(organisation_id, content))
    _say("the same again", lambda: _import(organisation_id, content))
    _say("all changed", lambda: _import(organisation_id, table(rows, "Київ, ")))
    print(f"memory of an application at rest, MB: {before:.0f}")
    print(f"peak memory, MB: {_megabytes():.0f}")
    _say("export", lambda: _export(organisation_id))
    _say("stores with a label", lambda: _labelled(organisation_id))
    organisation_id, survey_id = _organisation("small")
    _import(organisation_id, table(TEMPLATE_STORES, points=""))
    _say(f"3 touchpoints for {TEMPLATE_STORES} stores", lambda: _template(organisation_id, survey_id))


def _organisation(name: str) -> tuple[OrganisationId, UUID]:
    """An organisation of this process's own with one survey."""
    with transaction(None) as session:
        organisation_id = create_organisation(session, f"{name}-{os.getpid()}", name, now=NOW)
        session.organisation_id = organisation_id
        return organisation_id, create_survey(session, "NPS", now=NOW)


def table(rows: int, before: str = "", points: str = "Каса 1|Каса 2") -> bytes:
    """A table of that many stores, as Excel in Ukraine writes it."""
    head = (
        "Код;Назва;Регіон;Вид;Країна;Валюта;Часовий пояс;Адреса;Мови;Мітки;Години роботи;Точки контакту\r\n"
    )
    line = (
        "K-{n};Магазин {n};Регіон {r};магазин;UA;UAH;Europe/Kyiv;{before}вул. Центральна, {n};uk, en;"
        '{label};"Пн-Пт 09:00-21:00; Сб,Нд 10:00-20:00";{points}\r\n'
    )
    lines = (
        line.format(n=n, r=n % 20, before=before, points=points, label="великий, центр" if n % 3 else "малий")
        for n in range(rows)
    )
    return (head + "".join(lines)).encode("cp1251")


def _import(organisation_id: OrganisationId, content: bytes) -> None:
    """As the command does: a report, then the same again under lock, applied."""
    sheet = read_sheet(content, is_heading)
    with reading(organisation_id) as session:
        mark = plan_import(sheet, chain_before(session, LANGUAGES, None)).mark
    with transaction(organisation_id) as session:
        plan = plan_import(sheet, chain_before(session, LANGUAGES, None, lock=True))
        apply_plan(session, plan, Order(mark, COMMAND_LINE, "bench.csv"), now=NOW)


def _export(organisation_id: OrganisationId) -> None:
    with reading(organisation_id) as session:
        write_stores(rows_of(session, None, EVERY_STORE), "uk")


def _labelled(organisation_id: OrganisationId) -> None:
    with reading(organisation_id) as session:
        assert stores(session, None, wanted=StoreFilter(label="малий"))


def _template(organisation_id: OrganisationId, survey_id: UUID) -> None:
    asked = Template(["Каса 1", "Каса 2", "Примірочна"], survey_id)
    with transaction(organisation_id) as session:
        plan = plan_template(session, None, EVERY_STORE, asked)
        apply_template(session, plan, plan.mark, COMMAND_LINE, now=NOW)


def _say(name: str, work: Callable[[], None]) -> None:
    wall, cpu = perf_counter(), process_time()
    work()
    print(f"{name}, s: {perf_counter() - wall:.3f}")
    print(f"{name}, s of CPU: {process_time() - cpu:.3f}")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
