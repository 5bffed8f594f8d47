"""The clock stands still at noon of the cast's Wednesday."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from app import clock
from tests.make import NOON
from tests.statements import asked


class Clock:
    """The clock of the edges, set by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """This instant, as the test says."""
        return self.at


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock's hands: a test moves them by setting ``at``."""
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the test asks of the database."""
    with asked() as seen:
        yield seen
