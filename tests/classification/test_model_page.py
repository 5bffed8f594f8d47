"""The page of the model: its figures in the reader's language, each on one line."""

import pytest
from flask import Flask

from app.classification import views
from app.classification.model_card import WHOLE, Measure, ModelCard, Score
from tests.make import Chain, sign_in

CARD = ModelCard(
    "chain-7",
    (
        Score("test", WHOLE, Measure.SENTIMENT, 0.7546, 14132),
        Score("test", WHOLE, Measure.BINARY, 0.881, 14132),
        Score("test", "reviews, uk", Measure.SENTIMENT, 0.649, 3772),
        Score("test", WHOLE, Measure.INT8_LOST, -0.0008, 14132),
        Score("our own letters", WHOLE, Measure.LABEL, 0.784, 60, label="topic:queue"),
        Score("our own letters", WHOLE, Measure.SHOWN_RECALL, 0.865, 37, interval=(0.72, 0.94)),
    ),
)


@pytest.fixture
def lines(app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The words of each row of figures, in English and in Ukrainian."""
    monkeypatch.setattr(views, "model_card", lambda: CARD)
    owner = sign_in(app, chain, "owner")
    return {
        language: [" ".join(row.split()) for row in _rows(owner.get(f"/settings/model?lang={language}").text)]
        for language in ("en", "uk")
    }


def _rows(html: str) -> list[str]:
    bare = html.replace("<tr>", "\n<tr>")
    found = [line for line in bare.split("\n") if line.startswith("<tr>")]
    return [_without_tags(line) for line in found]


def _without_tags(html: str) -> str:
    return " ".join(piece.partition(">")[2] for piece in html.split("<"))


def test_figures_are_told_in_the_readers_language(lines: dict[str, list[str]]) -> None:
    assert "All 0.75 0.88 14,132" in lines["en"]
    assert "Усі 0,75 0,88 14 132" in lines["uk"]
    assert "Reviews: Ukrainian 0.65 3,772" in lines["en"]
    assert "Lost to rounding 0.00 14,132" in lines["en"]
    assert any(line.startswith("Queue and waiting 0.78 60") for line in lines["en"])


def test_a_share_of_few_comes_with_what_it_may_well_be(lines: dict[str, list[str]]) -> None:
    assert any(
        line.startswith("Critical signs: share that is shown likely 0.72 to 0.94 0.86 37")
        for line in lines["en"]
    )


def test_texts_that_nobody_knows_are_named_as_their_maker_did(
    app: Flask, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "model_card", lambda: CARD)
    assert "our own letters" in sign_in(app, chain, "owner").get("/settings/model").text
