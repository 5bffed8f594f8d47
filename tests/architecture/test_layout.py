"""Every room is where a newcomer looks for it, and some things happen in one room only."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, imported_modules, names, place, python_files

TOP_LEVEL = (
    ".ci/run",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "app",
    "bench",
    "docs/flow.md",
    "docs/operations.md",
    "docs/settings.md",
    "migrations",
    "ops",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "static",
    "tests",
    "training",
    "worker",
    "wsgi.py",
)
NAMELESS = {"base", "common", "core", "helpers", "main", "manager", "utils"}
CLOCKS = (
    ".datetime.now",
    ".datetime.utcnow",
    ".datetime.today",
    ".date.today",
    ".time.time",
    ".time.time_ns",
)
READS_THE_CLOCK = {
    "app/clock.py",
    "app/ids.py",  # an id that sorts by time takes the machine's milliseconds; nothing is decided by them
}
HTTP_CLIENTS = {
    "aiohttp",
    "http.client",
    "httpcore2",
    "httpx",
    "httpx2",
    "requests",
    "urllib.request",
    "urllib3",
}
# Who may speak HTTP to the outside. A way out for customers' data belongs into app/channels and its guard.
MAY_CALL_OUT = {
    "app/channels/http/faults.py",  # the guard itself
    "app/channels/http/sender.py",
    "app/channels/http/wire.py",
    "app/cli/replay/__init__.py",  # plays shoppers against a product of the operator's own
    "app/cli/replay/shopper.py",
    "worker/supervisor.py",  # asks its own web process whether it is ready
}
READS_THE_ENVIRONMENT = {"app/settings.py"}
RAW_MARKUP = ("Markup", "render_template_string")
MAY_WRITE_MARKUP = {
    "app/touchpoints/views/codes.py",  # the picture of a QR code: our own numbers, nobody's text
}


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_the_house_has_its_rooms(name: str) -> None:
    assert (ROOT / name).exists()


def test_no_room_has_a_name_that_says_nothing() -> None:
    modules = python_files("app", "worker", "training", "bench", "ops")
    nameless = [place(path) for path in modules if NAMELESS & {*path.relative_to(ROOT).parts, path.stem}]
    assert not nameless


def test_commit_is_written_once() -> None:
    lines = [
        place(path)
        for path in python_files("app", "worker")
        for line in path.read_text(encoding="utf-8").splitlines()
        if ".commit(" in line
    ]
    assert len(lines) == 1, lines
    assert lines[0].startswith("app/db")


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        place(path)
        for path in python_files("app", "worker")
        if any(f".{name}".endswith(CLOCKS) for name in {*names(path), *imported_modules(path)})
    }
    assert readers <= READS_THE_CLOCK


def test_only_the_settings_read_the_environment() -> None:
    readers = {place(path) for path in python_files("app") if {"os.environ", "os.getenv"} & names(path)}
    assert readers <= READS_THE_ENVIRONMENT


def test_only_guarded_senders_speak_http() -> None:
    callers = {
        place(path)
        for path in python_files("app", "worker")
        if any(name in HTTP_CLIENTS for name in imported_modules(path))
    }
    assert callers <= MAY_CALL_OUT


def test_no_text_reaches_a_page_unescaped() -> None:
    assert not list(_unescaped_in_templates())
    raw = {
        place(path)
        for path in python_files("app", "worker")
        for name in imported_modules(path)
        if name.rpartition(".")[2] in RAW_MARKUP
    }
    assert raw <= MAY_WRITE_MARKUP


def _unescaped_in_templates() -> Iterator[str]:
    for path in _templates():
        text = path.read_text(encoding="utf-8")
        if re.search(r"\|\s*safe\b|autoescape\s+false", text):
            yield place(path)


def _templates() -> list[Path]:
    return [path for path in (ROOT / "app").rglob("templates/**/*") if path.is_file()]
