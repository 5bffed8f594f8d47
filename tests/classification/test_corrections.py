"""A person corrects a verdict with one tap: at once, on the record, and inside the own stores only."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from app.classification.actions import judge_pending
from app.classification.corrections import corrections_of
from app.classification.explaining import explain_pending
from app.classification.labels import meaning_of
from app.classification.models import Classification, Correction
from app.db import reading
from tests.fakes import FakeClassifier
from tests.make import NOON, Chain, alert_of, make_response, response_of, rows_of, sign_in

MINUTE = timedelta(minutes=1)


def read_response(chain: Chain, comment: str = "bad queue", rating: int = 9) -> str:
    """A response whose comment has been read; its key."""
    key = make_response(chain, rating, comment=comment)
    judge_pending(FakeClassifier(), now=NOON)
    return key


def path(chain: Chain, key: str, what: str) -> str:
    """Where a correction is sent."""
    return f"/responses/{response_of(chain, key).id}/{what}"


def topics(chain: Chain, key: str) -> dict[str, int]:
    """The comment's topics with their polarity."""
    with reading(chain.organisation_id) as session:
        found = meaning_of(session, response_of(chain, key).id).topics
    return {one.topic: int(one.polarity) for one in found}


def test_one_tap_changes_the_sentiment_and_keeps_what_it_was(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    browser = sign_in(app, chain)
    found = browser.post(path(chain, key, "sentiment"), data={"sentiment": "positive"})
    assert (found.status_code, found.location) == (302, path(chain, key, "x").removesuffix("/x"))
    (row,) = rows_of(chain, Classification)
    assert (row.sentiment, row.source, row.model_version) == ("positive", "human", "fake-1")
    (kept,) = rows_of(chain, Correction)
    assert (kept.part, kept.was, kept.became) == (
        "sentiment",
        {"sentiment": "negative"},
        {"sentiment": "positive"},
    )
    assert (kept.membership_id, kept.model_version) == (chain.manager_id, "fake-1")


def test_the_same_tap_twice_is_one_correction(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    browser = sign_in(app, chain)
    for _ in range(2):
        browser.post(path(chain, key, "sentiment"), data={"sentiment": "neutral"})
    assert len(rows_of(chain, Correction)) == 1


def test_topics_are_taken_away_and_added_one_by_one(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    browser = sign_in(app, chain)
    browser.post(path(chain, key, "topics"), data={"topic": "cleanliness", "polarity": "1"})
    assert topics(chain, key) == {"queue": -1, "cleanliness": 1}
    browser.post(path(chain, key, "topics"), data={"remove": "queue"})
    assert topics(chain, key) == {"cleanliness": 1}
    with reading(chain.organisation_id) as session:
        newest, first = corrections_of(session, response_of(chain, key).id)
    assert first.was == {"queue": -1}
    assert newest.became == {"cleanliness": 1}


def test_a_comment_that_is_negative_after_all_opens_its_alert(app: Flask, chain: Chain) -> None:
    key = read_response(chain, "so so")
    assert alert_of(chain, key) is None
    sign_in(app, chain).post(path(chain, key, "sentiment"), data={"sentiment": "negative"})
    assert alert_of(chain, key) is not None


def test_a_correction_closes_no_alert(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    before = alert_of(chain, key)
    sign_in(app, chain).post(path(chain, key, "sentiment"), data={"sentiment": "positive"})
    after = alert_of(chain, key)
    assert before is not None
    assert after is not None
    assert (after.state, after.severity) == (before.state, before.severity)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("sentiment", {}),
        ("sentiment", {"sentiment": "angry"}),
        ("topics", {}),
        ("topics", {"topic": "weather", "polarity": "1"}),
        ("topics", {"topic": "queue", "polarity": "2"}),
        ("topics", {"topic": "queue", "polarity": "x"}),
        ("topics", {"remove": "weather"}),
    ],
)
def test_what_is_no_label_is_refused(app: Flask, chain: Chain, what: str, data: dict[str, str]) -> None:
    key = read_response(chain)
    assert sign_in(app, chain).post(path(chain, key, what), data=data).status_code == 400
    assert rows_of(chain, Correction) == []


def test_a_comment_that_nobody_has_read_cannot_be_corrected(app: Flask, chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad")
    found = sign_in(app, chain).post(path(chain, key, "sentiment"), data={"sentiment": "neutral"})
    assert found.status_code == 409


def test_another_chain_cannot_correct(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    key = read_response(chain)
    browser = sign_in(app, foreign_chain)
    assert browser.post(path(chain, key, "sentiment"), data={"sentiment": "neutral"}).status_code == 404


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/alerts/1/../../x", "javascript:1"]
)
def test_the_way_back_leads_to_our_own_pages_only(app: Flask, chain: Chain, back: str) -> None:
    key = read_response(chain)
    data = {"sentiment": "neutral", "back": back}
    found = sign_in(app, chain).post(path(chain, key, "sentiment"), data=data)
    assert found.location.startswith("/responses/")


def test_from_an_alert_the_way_leads_back_to_it(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    data = {"sentiment": "neutral", "back": "/alerts/1"}
    assert sign_in(app, chain).post(path(chain, key, "sentiment"), data=data).location == "/alerts/1"


def test_the_pages_show_labels_corrections_and_who_decided(app: Flask, chain: Chain) -> None:
    key = read_response(chain, "a bad queue, fire")
    browser = sign_in(app, chain)
    for page in (path(chain, key, "x").removesuffix("/x"), "/alerts/1"):
        text = browser.get(page, headers={"Accept-Language": "en"}).text
        for words in ("Queue and waiting", "Danger or injury", "Negative", "Correct it"):
            assert words in text
    browser.post(path(chain, key, "sentiment"), data={"sentiment": "neutral"})
    text = browser.get("/alerts/1", headers={"Accept-Language": "en"}).text
    assert "Negative → Neutral" in text
    assert "corrected by a person" in text


def test_what_was_corrected_away_is_explained_no_more(app: Flask, chain: Chain) -> None:
    key = read_response(chain, "a bad queue")
    explain_pending(FakeClassifier(), now=NOON)
    browser = sign_in(app, chain)
    page = path(chain, key, "x").removesuffix("/x")
    assert "Which words decided" in browser.get(page, headers={"Accept-Language": "en"}).text
    browser.post(path(chain, key, "sentiment"), data={"sentiment": "positive"})
    browser.post(path(chain, key, "topics"), data={"remove": "queue"})
    text = browser.get(page, headers={"Accept-Language": "en"}).text
    assert "Which words decided" not in text
    assert "<mark>" not in text


def test_lists_are_narrowed_by_topic_and_flag(app: Flask, chain: Chain) -> None:
    read_response(chain, "bad queue")
    read_response(chain, "good price, fire")
    browser = sign_in(app, chain)
    assert "bad queue" in browser.get("/responses?topic=queue").text
    assert "good price" not in browser.get("/responses?topic=queue").text
    assert "good price" in browser.get("/responses?flag=safety").text
    assert browser.get("/responses?topic=weather").status_code == 422


def test_corrected_comments_come_out_as_json_lines(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    read_response(chain, "good price")
    sign_in(app, chain).post(path(chain, key, "topics"), data={"topic": "price", "polarity": "-1"})
    found = app.test_cli_runner().invoke(args=["corrections", "export", "--organisation", "nova"])
    (row,) = [json.loads(line) for line in found.stdout.splitlines()]
    assert row == {
        "text": "bad queue",
        "label": "negative",
        "lang": "en",
        "topics": {"price": -1, "queue": -1},
        "flags": [],
    }


def test_the_page_of_the_model_tells_what_was_read_and_corrected(app: Flask, chain: Chain) -> None:
    key = read_response(chain)
    read_response(chain, "good price")
    owner = sign_in(app, chain, "owner")
    owner.post(path(chain, key, "topics"), data={"remove": "queue"})
    text = owner.get("/settings/model", headers={"Accept-Language": "en"}).text
    assert "fake-1: 1" in text
    assert "Queue and waiting" in text
    assert sign_in(app, chain).get("/settings/model").status_code == 403
