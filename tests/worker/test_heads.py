"""What the outputs of a model of several heads mean, and how windows become one judgement."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.classification.rules import Flag, Judgement, Language, Polarity, Sentiment, Thresholds, Topic
from training import labels
from worker.heads import ModelUnavailable, heads_of
from worker.thresholds import FILE, read_thresholds, write_thresholds

NAMES = {str(place): name for place, name in enumerate(labels.names())}


def logits_saying(**said: float) -> np.ndarray:
    """One row of outputs, each as unlikely as can be but those named (double underscores for colons)."""
    row = np.full(labels.OUTPUTS, -9.0)
    for name, value in said.items():
        row[labels.names().index(name.replace("__", ":"))] = value
    return row


def read(names: Mapping[str, str], row: Any) -> Judgement:
    """The judgement of one row of logits."""
    return heads_of(names, "own").read(np.stack([row]), [None])[0]


def test_each_output_is_found_by_its_name() -> None:
    judged = read(
        NAMES,
        logits_saying(
            sentiment__negative=4.0,
            sentiment__neutral=2.0,
            topic__queue=3.0,
            polarity__queue__blame=1.0,
            flag__safety=2.0,
        ),
    )
    assert judged.sentiment is Sentiment.NEGATIVE
    assert sum(judged.scores.values()) == pytest.approx(1)
    assert judged.topics[Topic.QUEUE].chance == pytest.approx(1 / (1 + np.exp(-3)))
    assert judged.topics[Topic.QUEUE].polarity is Polarity.BLAME
    assert judged.flags[Flag.SAFETY] == pytest.approx(1 / (1 + np.exp(-2)))
    assert judged.topics[Topic.PRICE].chance < 0.001
    assert set(judged.topics) == set(Topic)
    assert set(judged.flags) == set(Flag)


def test_the_order_of_the_outputs_does_not_matter() -> None:
    turned = {str(place): name for place, name in enumerate(reversed(labels.names()))}
    row = logits_saying(sentiment__positive=3.0, topic__price=1.0, polarity__price__praise=1.0)
    straight, backwards = read(NAMES, row), read(turned, row[::-1])
    assert straight.sentiment is backwards.sentiment is Sentiment.POSITIVE
    assert straight.topics[Topic.PRICE] == backwards.topics[Topic.PRICE]


@pytest.mark.parametrize(
    "spoilt",
    [
        {**NAMES, "3": "topic:weather"},
        {**NAMES, "0": "sentiment:angry"},
        {**NAMES, "0": "flag:safety"},
        {key: name for key, name in NAMES.items() if not name.startswith("polarity:queue")},
        {**NAMES, "200": "mood:good"},
    ],
)
def test_a_name_that_nobody_knows_is_refused(spoilt: dict[str, str]) -> None:
    with pytest.raises(ModelUnavailable, match=r"own: config\.json"):
        heads_of(spoilt, "own")


def test_a_model_of_sentiment_alone_says_nothing_of_topics() -> None:
    judged = read({"0": "NEGATIVE", "1": "POSITIVE"}, np.array([2.0, 0.0]))
    assert judged.sentiment is Sentiment.NEGATIVE
    assert judged.scores[Sentiment.NEUTRAL] == 0
    assert not judged.topics
    assert not judged.flags


def test_sentiment_is_averaged_by_words_and_labels_count_where_they_are_said_best() -> None:
    calm = logits_saying(sentiment__positive=3.0, topic__queue=-2.0, polarity__queue__praise=1.0)
    angry = logits_saying(
        sentiment__negative=3.0, topic__queue=2.0, polarity__queue__blame=1.0, flag__safety=1.5
    )
    whole = read(NAMES, heads_of(NAMES, "own").joined([calm, angry], [90, 10]))
    assert whole.sentiment is Sentiment.POSITIVE
    assert whole.topics[Topic.QUEUE].chance == pytest.approx(1 / (1 + np.exp(-2)))
    assert whole.topics[Topic.QUEUE].polarity is Polarity.BLAME
    assert whole.flags[Flag.SAFETY] == pytest.approx(1 / (1 + np.exp(-1.5)))


def test_an_output_that_is_no_number_counts_as_nought() -> None:
    broken = logits_saying(sentiment__negative=float("nan"), flag__safety=float("nan"))
    (checked,) = heads_of(NAMES, "own").checked([broken])
    judged = read(NAMES, checked)
    assert sum(judged.scores.values()) == pytest.approx(1)
    assert judged.flags[Flag.SAFETY] == 0.5


def test_another_number_of_outputs_is_refused() -> None:
    with pytest.raises(ValueError, match=f"5 outputs, not {len(NAMES)}"):
        heads_of(NAMES, "own").checked(np.zeros((1, 5)))


def test_comments_are_read_one_by_one() -> None:
    rows = [logits_saying(sentiment__negative=3.0), logits_saying(sentiment__positive=3.0, topic__price=1.0)]
    judged = heads_of(NAMES, "own").read(np.stack(rows), [Language.POLISH, None])
    assert [one.sentiment for one in judged] == [Sentiment.NEGATIVE, Sentiment.POSITIVE]
    assert [one.language for one in judged] == [Language.POLISH, None]
    assert judged[1] == read(NAMES, rows[1])


def test_thresholds_come_back_as_they_were_written(tmp_path: Path) -> None:
    told = Thresholds({Topic.QUEUE: 0.4}, {Flag.SAFETY: 0.3}, {Flag.SAFETY: 0.8}, negative=0.6, sure=0.55)
    write_thresholds(tmp_path, told)
    assert read_thresholds(tmp_path) == told


def test_a_folder_without_thresholds_says_no_label(tmp_path: Path) -> None:
    assert read_thresholds(tmp_path) == Thresholds()


@pytest.mark.parametrize(
    "spoilt",
    ["", "[]", "{}", '{"topics": {"weather": 0.5}, "flags": {}, "paging": {}, "negative": 0, "sure": 0}',
     '{"topics": {"queue": 7}, "flags": {}, "paging": {}, "negative": 0, "sure": 0}'],
)  # fmt: skip
def test_broken_thresholds_are_named(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / FILE).write_text(spoilt, encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"thresholds\.json: the thresholds cannot be used"):
        read_thresholds(tmp_path)
