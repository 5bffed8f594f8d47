"""The card of the model in use, read from its folder: version, figures, thresholds, or what is wrong."""

import shutil
from pathlib import Path

import pytest

from app.classification.model_card import OF_SENTIMENT, ModelCard
from app.classification.rules import Flag, Topic
from tests.conftest import make_settings
from worker.card import FIGURES, read_card
from worker.classifier import SHIPPED_MODEL

_OF_A_CARD = ("config.json", "thresholds.json", FIGURES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a card is read from, copied from the shipped model."""
    made = tmp_path / "own"
    made.mkdir()
    for name in _OF_A_CARD:
        shutil.copyfile(SHIPPED_MODEL / name, made / name)
    return made


def card_of(model: Path | str) -> ModelCard:
    """The card where the settings name this model."""
    return read_card(make_settings("sqlite://", Path(), sentiment_model=str(model)))


def test_the_shipped_card_tells_every_topic_flag_and_language() -> None:
    card = card_of("")
    labels = {it.label for it in card.scores if it.label}
    assert labels == {f"topic:{it}" for it in Topic} | {f"flag:{it}" for it in Flag}
    store_comments = card.measured["store_comments_dev"].sentiments
    assert {"all", "uk", "ru", "en", "pl"} <= set(store_comments)
    assert all(tuple(of) == OF_SENTIMENT for of in store_comments.values())
    assert (card.version.startswith("vidhuk-comments-"), card.fault) == (True, "")
    assert card.thresholds.negative > 0


def test_every_figure_is_told_once() -> None:
    card = card_of("")
    found = card.measured.values()
    by_part = [len(scores) for of in found for scores in of.sentiments.values()]
    assert len(card.scores) == sum(by_part) + sum(len(of.others) for of in found)


@pytest.mark.parametrize("figures", ["", "{", "[1]", '[{"texts": "test", "measure": "luck", "value": 1}]'])
def test_figures_that_are_not_ours_are_not_told_and_the_model_is_used(folder: Path, figures: str) -> None:
    (folder / FIGURES).write_text(figures, encoding="utf-8")
    card = card_of(folder)
    assert (card.scores, card.fault) == ([], "")


def test_a_folder_without_figures_has_none(folder: Path) -> None:
    (folder / FIGURES).unlink()
    card = card_of(folder)
    assert (card.scores, card.fault) == ([], "")


def test_a_broken_folder_says_what_is_wrong(folder: Path) -> None:
    (folder / "config.json").write_text("{", encoding="utf-8")
    assert card_of(folder).fault


def test_a_model_of_a_hub_is_known_by_its_name() -> None:
    assert card_of("somebody/comments") == ModelCard("somebody/comments")
