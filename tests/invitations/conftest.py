"""A phone that opens links, and a clock that stands still."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app.responses import guard
from tests.fakes import Hands
from tests.invitations.cast import Reader


@pytest.fixture(autouse=True)
def _clock(hands: Hands) -> Iterator[None]:
    """The clock stands still, and nobody has guessed yet."""
    guard._limiter.storage.reset()
    yield
    guard._limiter.storage.reset()


@pytest.fixture
def reader(client: FlaskClient) -> Reader:
    """A phone in front of a receipt."""
    return Reader(client)
