"""What an operator or a newcomer can set, call or meet is written down."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from app.events.catalogue import EventName
from app.settings import SECRETS, Settings
from tests.architecture.source import ROOT
from worker.jobs import JOBS
from worker.queues import QUEUES


def test_every_setting_is_documented() -> None:
    assert missing_in("docs/settings.md", [f"`{name}`" for name in setting_names()]) == []


def test_every_event_is_documented() -> None:
    assert missing_in("docs/flow.md", [f"`{event.value}`" for event in EventName]) == []


def test_every_job_is_documented() -> None:
    assert missing_in("docs/flow.md", [f"`{job}`" for job in JOBS]) == []


def test_every_queue_has_its_worker_in_the_production_shape() -> None:
    assert missing_in("docs/operations.md", [f"python -m worker work {queue}" for queue in QUEUES]) == []


def test_every_command_is_documented(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    from wsgi import app

    assert missing_in("docs/operations.md", [f"flask {name}" for name in command_names(app.cli)]) == []


def missing_in(document: str, words: Iterable[str]) -> list[str]:
    """The words that a document does not hold, all of them where there is no such document."""
    path = ROOT / document
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [word for word in words if word not in text]


def setting_names() -> list[str]:
    """The environment variables that the product reads."""
    fields = Settings.model_fields.items()
    names = [str(field.validation_alias or name).upper() for name, field in fields]
    return [*names, *(f"{name}_FILE" for name in SECRETS)]


def command_names(group: click.Group, prefix: str = "") -> Iterator[str]:
    """The full names of our commands: not of those that Flask brings."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from command_names(command, f"{prefix}{name} ")
        elif prefix or name not in {"run", "shell", "routes"}:
            yield prefix + name
