"""A text about a shop is read by what comments about shops taught, one about goods is not."""

from typing import Any

import numpy as np
import pytest

from tests.worker.test_ngrams import NAMES, blended, table_of
from training import labels
from worker.blend import HEADS, TONE, Blend, Weights, blend_of
from worker.heads import softmax
from worker.ngrams import Table, hashed, quantised
from worker.shop_reader import ABOUT, SHOP, places_in

WEIGHTS = Weights(
    network=dict.fromkeys((*HEADS, SHOP), 1.0),
    tables=dict.fromkeys((*HEADS, TONE, SHOP, ABOUT), 1.0),
    added={f"{SHOP}:{it}": 0.0 for it in labels.SENTIMENTS} | {f"{ABOUT}:{SHOP}": -4.0},
)


def shop_table(word: str, weights: list[float]) -> Table:
    """What a word says of each sentiment, as of a shop."""
    one = table_of(word, "x", 1.0)
    outputs = [f"{SHOP}:{it}" for it in labels.SENTIMENTS]
    return quantised(outputs, one.marks, np.repeat(one.weights * 1.0, 3, axis=1) * weights, [0.0] * 3)


TABLES = [shop_table("година", [1.0, 0.0, 0.0]), table_of("каси", f"{ABOUT}:{SHOP}", 3.0)]


def shares(text: str, tables: list[Table], goods: list[float]) -> Any:
    """The sentiments' probabilities, where the network's logits are those of `goods`."""
    logits = np.zeros(len(NAMES))
    logits[: labels.AT_TOPICS] = goods
    return read(blend_of(NAMES, tables, WEIGHTS), logits, text)


def read(blend: Blend, logits: Any, text: str) -> Any:
    """The sentiments' probabilities of one text."""
    return softmax(blended(blend, logits, text)[0, : labels.AT_TOPICS])


def test_words_mean_of_a_shop_what_shoppers_say_of_shops() -> None:
    of_goods, of_shop = (shares(text, TABLES, [0.0, 0.0, 0.0]) for text in ("година", "каси година"))
    assert of_goods[0] < 0.4
    assert of_shop[0] > 0.8


def test_the_network_is_asked_for_the_same_reading() -> None:
    logits = np.zeros(len(NAMES))
    logits[labels.AT_SHOP] = 5.0
    blend = blend_of(NAMES, TABLES, WEIGHTS)
    of_goods, of_shop = (read(blend, logits, text) for text in ("година", "каси"))
    assert of_goods[0] < 0.4
    assert of_shop[0] > 0.6


def test_a_network_of_one_reading_is_asked_for_that() -> None:
    assert places_in(NAMES) == [*range(labels.AT_SHOP, labels.OUTPUTS)]
    assert places_in(NAMES[: labels.AT_SHOP]) == [0, 1, 2]


def test_in_doubt_both_readings_count_by_how_likely_they_are() -> None:
    reader = blend_of(NAMES, TABLES, WEIGHTS).shop
    assert reader is not None
    comments, goods = hashed(["година", "каси година"]), np.array([[0.0, 0.0, 5.0], [1.0, 0.0, 0.0]])
    likely = reader.likely(comments)
    shop = softmax(reader.table.score(comments))
    found = np.exp(reader.mixed(goods, np.zeros((2, len(NAMES))), comments))
    assert likely[1] > 2 * likely[0]
    assert found == pytest.approx((1 - likely) * softmax(goods) + likely * shop)
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_a_model_that_cannot_tell_shops_from_goods_has_one_reading() -> None:
    assert blend_of(NAMES, TABLES[:1], WEIGHTS).shop is None
    assert shares("каси година", TABLES[:1], [0.0, 0.0, 0.0]) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("text", ["", "👍", "\u202e", "каси " * 2_000, "година" * 2_000])
def test_whatever_is_read_has_probabilities(text: str) -> None:
    found = shares(text, TABLES, [90.0, -90.0, 0.0])
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def test_a_weight_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match=SHOP):
        blend_of(NAMES, TABLES, Weights(dict.fromkeys(HEADS, 1.0), WEIGHTS.tables, WEIGHTS.added))


def test_tables_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown outputs"):
        blend_of(NAMES, [table_of("година", f"{SHOP}:weather", 1.0), TABLES[1]], WEIGHTS)
