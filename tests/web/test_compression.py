"""What leaves compressed, and what does not."""

import gzip

from flask.testing import FlaskClient

from tests.make import Chain

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_leaves_compressed_when_the_browser_can_read_it(client: FlaskClient, chain: Chain) -> None:
    plain = client.get(f"/q/{chain.code}")
    packed = client.get(f"/q/{chain.code}", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data).startswith(b"<!doctype html>")


def test_a_short_answer_is_not_worth_it(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers


def test_caches_are_told_that_answers_differ(client: FlaskClient, chain: Chain) -> None:
    assert "Accept-Encoding" in client.get(f"/q/{chain.code}").headers["Vary"]
