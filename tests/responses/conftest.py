"""A shopper's phone, and a clock that stands still."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app.touchpoints.doors import forget_doors
from app.touchpoints.scans import flush_scans
from tests.fakes import Hands
from tests.make import Chain
from tests.responses.browser import Phone


@pytest.fixture
def phone(client: FlaskClient, chain: Chain, hands: Hands) -> Iterator[Phone]:
    """A phone in front of the chain's code."""
    forget_doors()
    yield Phone(client, chain)
    flush_scans()  # while the chain is still there
