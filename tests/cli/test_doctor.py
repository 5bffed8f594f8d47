"""``flask doctor``: says in words what is wrong, and exits with 1 when anything is."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import clock
from app.cli import doctor
from app.cli.doctor import Check, Trouble, doctor_command
from app.settings import Settings
from tests.channels.sms.test_sending import connect as connect_sms
from tests.channels.telegram.test_sending import connect as connect_bot
from tests.fakes import Hands, MailServer
from tests.fakes_channels import SmsServer, Telegram
from tests.make import Chain, make_response


@pytest.fixture(autouse=True)
def careless_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PostgreSQL of the tests trades durability for speed, which is just what the doctor looks for."""
    monkeypatch.setattr(doctor, "_POSTGRES_WANTS", {"full_page_writes": ("on", "off")})


def _examine(app: Flask, **more: Check) -> Result:
    return app.test_cli_runner().invoke(doctor_command(more))


def _line(result: Result, name: str) -> str:
    return next(line for line in result.output.splitlines() if line.split()[1] == name)


def test_a_healthy_installation_has_nothing_wrong(app: Flask, chain: Chain) -> None:
    result = _examine(app)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()] == ["ok"] * len(doctor.CHECKS)


def test_looking_leaves_nothing_in_the_database(app: Flask) -> None:
    _examine(app)
    assert _examine(app).exit_code == 0


def test_what_is_wrong_is_told_beside_what_is_well(app: Flask) -> None:
    def check(_: Settings) -> str:
        raise Trouble("it is on fire: call somebody")

    result = _examine(app, kitchen=check)
    assert result.exit_code == 1
    assert _line(result, "kitchen") == "WRONG kitchen    it is on fire: call somebody"
    assert _line(result, "database").startswith("ok")


def test_a_missing_migration_is_told_with_its_cure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing_migration", lambda _: "9999_tomorrow")
    line = _line(_examine(app), "database")
    assert line.startswith("WRONG")
    assert "flask migrate" in line


def test_an_overdue_deadline_is_told(app: Flask, chain: Chain, hands: Hands) -> None:
    make_response(chain, 1, comment="bad")
    hands.move(minutes=5)
    assert "is the ticker running?" in _line(_examine(app), "alerts")


def test_a_mail_server_that_answers_is_well(app: Flask, mail_server: MailServer) -> None:
    assert _line(_examine(app), "mail").startswith("ok")
    assert mail_server.received == []


def test_a_mail_server_that_is_away_is_told(app: Flask) -> None:
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update={"mail_url": "smtp://127.0.0.1:9"})
    result = _examine(app)
    app.config["VIDHUK"] = own
    assert "cannot be used: ConnectionRefusedError" in _line(result, "mail")
    assert result.exit_code == 1


def test_clocks_that_differ_are_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", Hands(clock.now().replace(year=2030)))
    line = _line(_examine(app), "clock")
    is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    assert line.startswith("ok" if is_sqlite else "WRONG"), line


def test_a_full_disk_is_told(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LEAST_FREE", 1.1)
    own = app.config["VIDHUK"]
    with pytest.raises(Trouble, match="nearly full"):
        doctor.check_settings(own.model_copy(update={"external_database_url": None, "data_dir": tmp_path}))


def test_settings_that_lose_answers_are_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SQLITE_WANTS", {"synchronous": 0})
    monkeypatch.setattr(doctor, "_POSTGRES_WANTS", {"fsync": ("on",), "synchronous_commit": ("on",)})
    assert _line(_examine(app), "durability").startswith("WRONG")


def test_channels_that_can_be_used_are_well(app: Flask, chain: Chain, telegram: Telegram) -> None:
    connect_bot(chain)
    assert _line(_examine(app), "channels").startswith("ok")
    assert telegram.sent == []


def test_a_token_that_was_revoked_is_told_with_its_organisation(
    app: Flask, chain: Chain, telegram: Telegram
) -> None:
    connect_bot(chain)
    telegram.token = "another"
    line = _line(_examine(app), "channels")
    assert line.startswith("WRONG")
    assert "nova: telegram: Telegram does not know this token." in line


def test_a_provider_of_sms_that_cannot_be_spoken_to_is_told(
    app: Flask, chain: Chain, sms_server: SmsServer
) -> None:
    connect_sms(chain, sms_server.url)
    assert _line(_examine(app), "channels").startswith("ok")
    app.config["VIDHUK"] = app.config["VIDHUK"].model_copy(update={"allow_private_targets": ()})
    line = _line(_examine(app), "channels")
    assert "nova: sms:" in line
    assert sms_server.asked == []
