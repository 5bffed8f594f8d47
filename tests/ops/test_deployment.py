"""The files of deployment say what the code says: processes, queues, settings, files, closed doors."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import SECRETS, Settings
from ops import make_secrets
from tests.architecture.source import ROOT
from tests.architecture.test_docs import setting_names
from worker.queues import QUEUES

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("vidhuk:")}
ANALYZER = shutil.which("systemd-analyze")
UNITS = ROOT / "ops" / "systemd"
FROM_SECRET = "/run/secrets/"
of_ours = pytest.mark.parametrize("name", OURS)


def unit(name: str) -> configparser.ConfigParser:
    """A unit file; of repeated lines the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNITS / name, encoding="utf-8")
    return parser


def test_every_queue_has_a_service_and_a_unit() -> None:
    commands = [service.get("command") for service in OURS.values()]
    target = (UNITS / "vidhuk.target").read_text(encoding="utf-8")
    for queue in QUEUES:
        assert f"python -m worker work {queue}" in commands
        assert f"vidhuk-worker@{queue}.service" in target
    assert unit("vidhuk-worker@.service")["Service"]["ExecStart"].endswith("-m worker work %i")


def test_no_worker_serves_a_queue_that_is_not_there() -> None:
    served = re.findall(r"worker work (\S+)", (ROOT / "compose.yaml").read_text(encoding="utf-8"))
    wanted = re.findall(
        r"vidhuk-worker@(\S+)\.service", (UNITS / "vidhuk.target").read_text(encoding="utf-8")
    )
    assert sorted(served) == sorted(wanted) == sorted(QUEUES)


def test_the_other_processes_are_there_too() -> None:
    commands = {name: service["command"] for name, service in OURS.items()}
    assert commands["web"].startswith("granian ")
    assert commands["ticker"] == "python -m worker ticker"
    assert commands["migrate"] == "flask --app wsgi migrate"


def test_systemd_and_compose_serve_the_web_alike() -> None:
    here = unit("vidhuk-web.service")["Service"]["ExecStart"].rpartition("/")[2]
    assert here.replace("127.0.0.1", "0.0.0.0") == SERVICES["web"]["command"]  # noqa: S104 - inside a container


def test_only_the_web_is_reached_and_only_from_this_host() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]


@of_ours
def test_every_process_is_closed_in(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"]
    assert "privileged" not in service
    assert service["deploy"]["resources"]["limits"]["memory"]


@of_ours
def test_every_setting_of_a_process_is_one_and_secrets_come_from_files(name: str) -> None:
    service = OURS[name]
    given = service["environment"]
    assert set(given) <= set(setting_names())
    assert not set(given) & set(SECRETS)
    wanted = {value.removeprefix(FROM_SECRET) for key, value in given.items() if key.endswith("_FILE")}
    assert wanted == set(service["secrets"])
    assert {f"{secret}_FILE" for secret in SECRETS} <= set(given)


@of_ours
def test_a_process_waits_for_the_migrations(name: str) -> None:
    if name == "migrate":
        assert OURS[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    else:
        assert OURS[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_redis_keeps_everything_and_has_a_password() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    for part in (
        "requirepass",
        "--appendonly yes",
        "--maxmemory-policy noeviction",
        "/run/secrets/redis-password",
    ):
        assert part in command


def test_every_secret_that_is_handed_out_is_made(tmp_path: Path) -> None:
    granted = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    files = {name: source["file"] for name, source in COMPOSE["secrets"].items()}
    assert granted == set(files) == set(make_secrets.NAMES)
    assert files == {name: f"./secrets/{name}" for name in files}
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_secrets_are_made_once_and_fit_together(tmp_path: Path) -> None:
    assert make_secrets.make(tmp_path) == list(make_secrets.NAMES)
    assert make_secrets.make(tmp_path) == []
    made = {name: make_secrets.read(tmp_path / name) for name in make_secrets.NAMES}
    assert f":{made['postgres-password']}@postgres/" in made["database-url"]
    assert f":{made['redis-password']}@redis:" in made["redis-url"]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in made} == {0o644}
    Settings.model_validate({"database_url": made["database-url"], "secret_key": made["secret-key"]})
    assert len(made["secret-key"]) >= 32


def test_the_image_runs_as_nobody_in_particular_and_says_whether_it_lives() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert len([line for line in lines if line.startswith("FROM ")]) == 2
    assert not re.search(r"apt-get|build-essential|gcc", "\n".join(lines))


def test_the_image_holds_what_a_process_needs_and_nothing_of_the_operator() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        path
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for path in line.split()[:-1]
    }
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert ignored[1] == "*"
    assert copied == let_in
    assert {"app", "worker", "migrations", "static", "wsgi.py"} <= copied
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("name", sorted(path.name for path in UNITS.glob("*.service")))
def test_every_unit_is_closed_in(name: str) -> None:
    service = unit(name)["Service"]
    assert service["User"] == "vidhuk"
    for wall in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "RestrictNamespaces", "LockPersonality"):
        assert service[wall] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"


@pytest.mark.skipif(ANALYZER is None, reason="no systemd on this machine")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """The programs of an installation are not on this machine, so another stands in for each."""
    for path in UNITS.iterdir():
        text = re.sub(r"/opt/vidhuk/\.venv/bin/\w+", "/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for queue in QUEUES:
        shutil.copy(tmp_path / "vidhuk-worker@.service", tmp_path / f"vidhuk-worker@{queue}.service")
    units = sorted(str(path) for path in tmp_path.iterdir() if "@." not in path.name)
    done = subprocess.run(
        [str(ANALYZER), "verify", *units],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert (done.returncode, done.stderr) == (0, "")
