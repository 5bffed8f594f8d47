"""Stores and touchpoints from the command line: a report first, then all of it or nothing."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.db import get_row, transaction
from app.stores.models import Store
from tests.make import Chain
from tests.stores.tables import TABLE, deeds_of, points_of, stores_of


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of two stores, in the encoding of Excel in Ukraine."""
    path = tmp_path / "stores.csv"
    path.write_text(TABLE, encoding="cp1251")
    return path


def run(app: Flask, *words: object, typed: str = "") -> Result:
    """A command as the operator types it."""
    return app.test_cli_runner().invoke(args=[str(word) for word in words], input=typed)


def imported(app: Flask, table: Path, *more: str, typed: str = "") -> Result:
    """``flask stores import``."""
    return run(app, "stores", "import", "--organisation", "nova", table, *more, typed=typed)


def test_the_report_comes_first_and_no_changes_nothing(app: Flask, chain: Chain, table: Path) -> None:
    done = imported(app, table, typed="n\n")
    assert done.exit_code == 1
    for part in (
        "2 rows, Windows-1251, separator ;",
        "new 1, changed 1, same 0, refused 0",
        "new regions: Південь",
        "row 2, S1: Name: Store 1 -> Книгарня «Є»",
        "new touchpoints: 2",
        "Import?",
    ):
        assert part in done.output, part
    assert list(stores_of(chain)) == ["S1", "S2"]


def test_yes_imports_and_is_recorded_as_the_command_lines(app: Flask, chain: Chain, table: Path) -> None:
    done = imported(app, table, typed="y\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Imported.")
    assert stores_of(chain)["S1"].name == "Книгарня «Є»"
    assert {doer for _deed, doer, *_ in deeds_of(chain)} == {"command line"}
    assert imported(app, table).exit_code == 0
    assert "same 2" in imported(app, table, "--yes").output


def test_a_dry_run_only_reports(app: Flask, chain: Chain, table: Path) -> None:
    done = imported(app, table, "--dry-run", "--yes")
    assert done.exit_code == 0
    assert list(stores_of(chain)) == ["S1", "S2"]


def test_refused_rows_are_told_in_the_language_that_was_asked_for(
    app: Flask, chain: Chain, table: Path
) -> None:
    table.write_text(TABLE + "два слова;x;West;;;\n", encoding="utf-8")
    done = imported(app, table, "--yes", "--language", "uk")
    assert done.exit_code == 1
    assert "row 4, Код: Лише літери, цифри та" in done.output
    assert "[два слова]" in done.output
    assert list(stores_of(chain)) == ["S1", "S2"]
    assert imported(app, table, "--yes", "--good-rows").exit_code == 0
    assert stores_of(chain).keys() == {"S1", "S2", "К-9"}


def test_only_so_many_faults_are_listed(app: Flask, chain: Chain, table: Path) -> None:
    table.write_text("Code\n" + "not a code\n" * 60, encoding="utf-8")
    assert "and 10 more" in imported(app, table).output


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"Name\nx\n", "There is no column with the store's code.")],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    app: Flask, chain: Chain, table: Path, *, content: bytes, words: str
) -> None:
    table.write_bytes(content)
    done = imported(app, table)
    assert done.exit_code == 1
    assert f"Error: {words}" in done.output


def test_stores_changed_while_the_question_waits_are_not_overwritten(
    app: Flask, chain: Chain, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object, **__: object) -> bool:
        with transaction(chain.organisation_id) as session:
            get_row(session, Store, chain.store_id).name = "Renamed"
        return True

    monkeypatch.setattr("app.cli.stores.click.confirm", meanwhile)
    done = imported(app, table)
    assert done.exit_code == 1
    assert "the stores have changed meanwhile" in done.output
    assert stores_of(chain)["S1"].name == "Renamed"


def test_an_export_imported_again_changes_nothing(app: Flask, chain: Chain, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    done = run(app, "stores", "export", "--organisation", "nova", "--language", "uk", "--output", path)
    assert done.exit_code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "new 0, changed 0, same 2" in imported(app, path).output


def test_the_empty_table_is_written_in_the_language_that_was_asked_for(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    assert run(app, "stores", "template", "--language", "uk", "--output", path).exit_code == 0
    assert path.read_text(encoding="utf-8-sig").startswith("Код;Назва;")


@pytest.mark.parametrize("command", [("stores", "export"), ("touchpoints", "template", "--name", "Door")])
def test_an_unknown_organisation_is_told(app: Flask, command: tuple[str, ...]) -> None:
    done = run(app, *command, "--organisation", "nobody")
    assert done.exit_code == 2
    assert "there is no organisation nobody" in done.output


def template(app: Flask, *more: str, typed: str = "") -> Result:
    """``flask touchpoints template``."""
    return run(app, "touchpoints", "template", "--organisation", "nova", "--name", "Door", *more, typed=typed)


def test_a_template_is_shown_then_made(app: Flask, chain: Chain) -> None:
    assert "2 stores, 2 touchpoints to make, 0 there already" in template(app, typed="n\n").output
    assert "Door" not in points_of(chain, "S1")
    done = template(app, "--name", "Till 1", "--yes")
    assert "2 touchpoints made, each with its code." in done.output
    assert points_of(chain, "S1").keys() == {"Till 1", "Door"}
    assert template(app, "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("options", "stores"),
    [
        (("--region", "west"), {"S1"}),
        (("--store", "s2"), {"S2"}),
        (("--kind", "delivery"), set()),
        (("--country", "ua"), {"S1", "S2"}),
        (("--label", "none"), set()),
    ],
)
def test_a_template_is_made_for_the_stores_that_were_chosen(
    app: Flask, chain: Chain, options: tuple[str, ...], stores: set[str]
) -> None:
    assert template(app, "--yes", *options).exit_code == 0
    assert {code for code in ("S1", "S2") if "Door" in points_of(chain, code)} == stores


@pytest.mark.parametrize(
    "options", [("--region", "nowhere"), ("--store", "S9"), ("--survey", "none"), ("--name", "x" * 121)]
)
def test_what_is_not_there_is_a_usage_error(app: Flask, chain: Chain, options: tuple[str, ...]) -> None:
    done = template(app, "--yes", *options)
    assert done.exit_code == 2
    assert re.search(options[0], done.output)
