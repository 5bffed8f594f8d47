"""``flask posters export``: a file, its progress, and refusals in words."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.audit.models import AuditEntry
from app.db import transaction
from app.touchpoints.actions import create_code
from tests.make import NOON, Chain, rows_of
from tests.printing.paper import pages


def export(app: Flask, out: Path, *options: str) -> Result:
    """Run the command."""
    return app.test_cli_runner().invoke(args=["posters", "export", "--out", str(out), *options])


@pytest.fixture(autouse=True)
def short_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes begin with a real chain's address."""
    changed = app.config["VIDHUK"].model_copy(update={"configured_base_url": "https://q.nova.ua"})
    monkeypatch.setitem(app.config, "VIDHUK", changed)


def test_every_code_is_written_with_progress(app: Flask, chain: Chain, tmp_path: Path) -> None:
    with transaction(chain.organisation_id) as session:
        for _ in range(120):
            create_code(session, chain.touchpoint_id, now=NOON)
    out = tmp_path / "codes.pdf"
    answer = export(app, out, "--organisation", "nova", "--format", "labels", "--language", "en")
    assert answer.exit_code == 0, answer.output
    assert answer.stderr.splitlines() == ["100 of 122 codes", "122 of 122 codes"]
    assert "122 codes, 6 pages" in answer.stdout
    found = [code for page in pages(out.read_bytes()) for code in page.codes()]
    assert len(set(found)) == 122
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject) == ("print_run.ordered", "command line", "All stores")


@pytest.mark.parametrize("choice", [("--store", "s2"), ("--region", "east")])
def test_one_store_or_region_is_written(
    app: Flask, chain: Chain, tmp_path: Path, choice: tuple[str, str]
) -> None:
    out = tmp_path / "codes.pdf"
    answer = export(app, out, "--organisation", "nova", "--format", "a5", *choice)
    assert answer.exit_code == 0, answer.output
    (page,) = pages(out.read_bytes())
    assert page.codes() == [f"https://q.nova.ua/q/{chain.other_code}"]


@pytest.mark.parametrize(
    "options",
    [
        ["--organisation", "none"],
        ["--organisation", "nova", "--store", "S9"],
        ["--organisation", "nova", "--region", "North"],
        ["--organisation", "nova", "--language", "xx"],
        ["--organisation", "nova", "--copies", "0"],
    ],
)
def test_what_is_not_there_is_refused(app: Flask, chain: Chain, tmp_path: Path, options: list[str]) -> None:
    out = tmp_path / "codes.pdf"
    answer = export(app, out, "--format", "a5", *options)
    assert answer.exit_code == 2
    assert options[-1] in answer.output
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_told_in_words(app: Flask, chain: Chain, tmp_path: Path) -> None:
    answer = export(app, tmp_path / "none" / "codes.pdf", "--organisation", "nova", "--format", "a5")
    assert answer.exit_code == 1
    assert "cannot be written" in answer.output
    assert rows_of(chain, AuditEntry) == []
