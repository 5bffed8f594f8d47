"""``flask demo``: made once, shown once, removed without a trace."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app.accounts.actions import create_organisation
from app.db import Base, looking_across, transaction
from app.demo.commands import demo_command
from app.touchpoints.doors import find_door
from tests.fakes import FakeClassifier
from tests.make import NOON

Run = Callable[..., Result]
SMALL = ("--stores", "2", "--days", "2", "--responses", "8")


@pytest.fixture
def embedded(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The application as if it kept a file of its own; where its files lie."""
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update={"external_database_url": None, "data_dir": tmp_path})
    yield tmp_path
    app.config["VIDHUK"] = own


@pytest.fixture
def run(app: Flask) -> Run:
    """The command with a model that is quick to load."""
    command = demo_command(FakeClassifier)
    return lambda *arguments: app.test_cli_runner().invoke(command, arguments)


def test_the_demo_says_how_to_sign_in_and_it_is_true(app: Flask, embedded: Path, run: Run) -> None:
    result = run(*SMALL)
    kept = json.loads((embedded / "demo-sign-in").read_text(encoding="utf-8"))
    assert result.exit_code == 0, result.output
    assert kept["email"] == "owner@demo.vidhuk.example"
    assert kept["password"] in result.output
    assert (embedded / "demo-sign-in").stat().st_mode & 0o777 == 0o600
    given = {"email": kept["email"], "password": kept["password"]}
    assert app.test_client().post("/sign-in", data=given).status_code == 303
    door = find_door(kept["survey_path"].removeprefix("/q/"))
    assert door
    assert door.is_open


def test_a_second_call_changes_nothing(embedded: Path, run: Run) -> None:
    run(*SMALL)
    before = (embedded / "demo-sign-in").read_text(encoding="utf-8")
    result = run(*SMALL)
    assert result.exit_code == 0
    assert "is there already" in result.output
    assert (embedded / "demo-sign-in").read_text(encoding="utf-8") == before


def test_removing_it_leaves_no_row_and_no_file(embedded: Path, run: Run) -> None:
    run(*SMALL)
    assert run("--remove").output.strip() == "The demo is removed."
    assert run("--remove").output.strip() == "There is no demo."
    assert not (embedded / "demo-sign-in").exists()
    assert _rows() == {}


def test_a_demo_that_breaks_off_leaves_nothing(
    embedded: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.demo.build.keep_silent", break_off)
    assert run(*SMALL).exit_code != 0
    assert _rows() == {}


def test_an_external_database_is_left_alone_unless_told(app: Flask, run: Run) -> None:
    refused = run(*SMALL)
    assert refused.exit_code == 1
    assert "--external" in refused.output
    assert _rows() == {}
    made = run(*SMALL, "--external")
    assert made.exit_code == 0
    assert "with the password" in made.output
    assert not (app.config["VIDHUK"].data_dir / "demo-sign-in").exists()


def test_an_organisation_of_people_is_never_taken_for_the_demo(embedded: Path, run: Run) -> None:
    with transaction(None) as session:
        create_organisation(session, "demo", "Real", now=NOON)
    for arguments in (SMALL, ("--remove",)):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "left alone" in result.output
    assert _rows() == {"organisations": 1}


def test_without_a_model_the_word_list_judges(app: Flask, embedded: Path) -> None:
    result = app.test_cli_runner().invoke(demo_command(lambda: None), SMALL)
    assert result.exit_code == 0, result.output
    with looking_across() as session:
        assert set(session.execute(text("SELECT source FROM classifications")).scalars()) <= {"fallback"}


def _rows() -> dict[str, int]:
    """How many rows each table has, those that have any."""
    with looking_across() as session:
        counts = {
            table.name: session.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()
            for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}
