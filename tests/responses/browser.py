"""A shopper's phone without scripts: opens a code's page, taps, writes."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.ids import new_key
from tests.make import Chain


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone in front of one of the chain's codes."""

    client: FlaskClient
    chain: Chain

    def open(self, query: str = "") -> TestResponse:
        """Scan the code."""
        return self.client.get(f"/q/{self.chain.code}?lang=en{query}")

    def key(self, query: str = "") -> str:
        """The key of a page just opened."""
        return hidden(self.open(query), "key")

    def tap(self, key: str, rating: object = 2, **others: str) -> TestResponse:
        """Tap a rating."""
        fields = {"key": key, "rating": str(rating), **others}
        return self.client.post(f"/q/{self.chain.code}?lang=en", data=fields)

    def tapped(self, rating: int = 2) -> str:
        """Open the page and tap; the key."""
        key = self.key()
        assert self.tap(key, rating).status_code == 303
        return key

    def send(self, key: str, **fields: str) -> TestResponse:
        """Send the second step."""
        return self.client.post(f"/s/{key}?lang=en", data=fields)

    def send_raw(self, path: str, body: bytes, content_type: str | None = None) -> TestResponse:
        """Send bytes as no browser would."""
        usual = "application/x-www-form-urlencoded"
        return self.client.post(path, data=body, content_type=content_type or usual)


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def body_of(rating: str, *more: str) -> bytes:
    """A tap as it goes over the wire, percent-encoded by the test itself."""
    return "&".join([f"key={new_key()}", f"rating={rating}", *more]).encode()
