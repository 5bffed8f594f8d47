"""What print runs cost: CPU seconds, peak memory and file size of one run, as the worker makes it.

``python -m bench.posters [--codes 500] [--formats labels a5]``. Each run has a process of its own, on SQLite
in a temporary folder, with one store and one code for each card.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app import clock
from app.accounts.actions import add_member, create_organisation, create_user
from app.accounts.rules import Role
from app.audit.rules import COMMAND_LINE
from app.db import looking_across, migrate, transaction
from app.factory import create_app
from app.printing.actions import Order, make_due_runs, order_run
from app.printing.models import PrintRun
from app.printing.queries import Where, printable
from app.printing.rules import FORMATS, Languages
from app.settings import Settings
from app.stores.actions import StoreDraft, create_region, create_store
from app.surveys.actions import create_survey
from app.touchpoints.actions import create_touchpoint

BASE_URL = "https://q.nova.ua"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_ROW = "| {:>8} | {:>5} | {:>5} | {:>11} | {:>10} | {:>9} | {:>7} |"


def main() -> None:
    """Make each run in a process of its own, and print a table."""
    options = _options()
    if options.one:
        _measure(options.one, options.codes)
        return
    print(_ROW.format("format", "codes", "pages", "CPU seconds", "before MiB", "peak MiB", "file kB"))
    print(_ROW.format(*["---:"] * 7))
    for name in options.formats:
        command = [sys.executable, "-m", "bench.posters", "--codes", str(options.codes), "--one", name]
        subprocess.run(command, check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=500)
    parser.add_argument("--formats", nargs="+", choices=list(FORMATS), default=["labels", "a5"])
    parser.add_argument("--one", choices=list(FORMATS), help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(name: str, codes: int) -> None:
    """One run in this process; the library and the fonts are loaded inside the time that is measured."""
    with tempfile.TemporaryDirectory(prefix="vidhuk-posters-") as folder:
        _fill(Path(folder), name, codes)
        # A child of its own: what filling the database took is not the run's.
        child = os.fork()
        if child == 0:
            _print(name, codes)
            os._exit(0)
        os.waitpid(child, 0)


def _fill(folder: Path, name: str, codes: int) -> None:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    migrate(url)
    settings = {"database_url": url, "secret_key": "x" * 32, "data_dir": folder, "base_url": BASE_URL}
    create_app(Settings.model_validate(settings)).app_context().push()
    with transaction(None) as session:
        organisation_id = create_organisation(session, "bench", "Нова", now=NOW)
        user_id = create_user(session, "a@bench.example", "Анна", "x" * 12, language="uk", now=NOW)
    with transaction(organisation_id) as session:
        owner_id = add_member(session, user_id, Role.OWNER)
        survey_id = create_survey(session, "NPS", now=NOW)
        region_id = create_region(session, "Захід")
        for number in range(codes):
            draft = StoreDraft(region_id=region_id, code=f"S{number}", name=f"Нова на Хрещатику {number}")
            create_touchpoint(session, create_store(session, draft, now=NOW), survey_id, "Каса 2", now=NOW)
        rows = printable(session, None, Where())
        order = Order(FORMATS[name], Languages(), rows, "Усі магазини", "uk")
        order_run(session, order, owner_id, COMMAND_LINE, now=NOW)


def _print(name: str, codes: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    make_due_runs(BASE_URL, clock.now)
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with looking_across() as session:
        run = session.query(PrintRun).one()
    pages = FORMATS[name].page_count(codes)
    peak = after.ru_maxrss / 1024
    row = [name, codes, pages, f"{seconds:.2f}", f"{before.ru_maxrss / 1024:.0f}", f"{peak:.0f}"]
    print(_ROW.format(*row, round(run.file_bytes / 1000)), flush=True)


if __name__ == "__main__":
    main()
