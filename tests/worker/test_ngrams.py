"""The linear part: the same sequences land in the same bucket, wherever they stand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.classification.rules import Judgement, Language, Polarity, Sentiment, Topic
from training import labels
from worker.blend import HEADS, TONE, Blend, Weights, blend_of, read_blend, write_weights
from worker.heads import ModelUnavailable, heads_of
from worker.ngrams import (
    FILE,
    LONGEST,
    Table,
    buckets_of,
    hashed,
    hashes_of,
    known_in,
    marks_of,
    quantised,
    read_tables,
    write_tables,
)

NAMES = labels.names()
BUCKETS = 1 << 10


def table_of(word: str, output: str, weight: float) -> Table:
    """A table in which the sequences of one word, and nothing else, speak for one output."""
    weights, marks = np.zeros((BUCKETS, 1), dtype=np.float32), np.zeros(BUCKETS, dtype=np.uint8)
    hashes = hashes_of(word)
    marks[buckets_of(hashes, BUCKETS)] = marks_of(hashes)
    weights[known_in(hashes, marks)[1]] = weight
    return quantised([output], marks, weights, [0.0])


def test_a_sequence_has_one_hash_wherever_it_stands() -> None:
    first, second = set(hashes_of("черга довга")), set(hashes_of("знову була черга"))
    alone = set(hashes_of("черга"))
    # Five letters and a blank on either side: 6 pairs, 5 of three, 4 of four, 3 of five, and the word itself.
    assert len(alone) == 6 + 5 + 4 + 3 + 1
    assert alone <= first | second
    assert len(alone & first) == len(alone)


def test_case_blanks_and_apostrophes_do_not_matter_and_order_of_words_does() -> None:
    assert set(hashes_of("м’ясо")) == set(hashes_of("мʼясо")) == set(hashes_of("м'ясо"))
    assert set(hashes_of("  Довга\n ЧЕРГА ")) == set(hashes_of("довга черга"))
    assert set(hashes_of("черга довга")) != set(hashes_of("довга черга"))


@pytest.mark.parametrize("text", ["", " ", "a", "👍", "\ud800", "\u202eabc", "<b>x</b>", "я" * 20_000])
def test_any_text_has_hashes(text: str) -> None:
    found = hashes_of(text)
    assert found.dtype == np.uint64
    assert len(found) <= 5 * (LONGEST + 2)


def test_buckets_are_spread_and_within_the_table() -> None:
    text = "Стояли сорок хвилин, бо працювала одна каса на весь магазин"
    found = buckets_of(hashes_of(text), BUCKETS)
    assert found.min() >= 0
    assert found.max() < BUCKETS
    assert len(np.unique(found)) > 0.8 * len(
        set(hashes_of("Стояли сорок хвилин, бо працювала одна каса на весь магазин"))
    )


def test_a_table_speaks_for_what_it_has_learnt_alone() -> None:
    table = table_of("черга", "topic:queue", 1.0)
    queue, pies = table.score(hashed(["черга", "смачні пиріжки"]))[:, 0]
    assert queue > 4 * abs(pies)


def test_each_comment_of_a_batch_is_scored_as_if_alone() -> None:
    table = table_of("черга", "topic:queue", 1.0)
    texts = ["", "черга", "👍", "👍", "знову черга", "смачні пиріжки", "черга", ""]
    alone = [table.score(hashed([text]))[0, 0] for text in texts]
    assert table.score(hashed(texts))[:, 0] == pytest.approx(alone)
    assert [score > 0 for score in alone] == ["черга" in text for text in texts]
    assert not table.score(hashed(["👍", "👍"])).any()


def test_what_lands_in_a_bucket_of_something_else_is_told_by_its_mark() -> None:
    table = table_of("черга", "topic:queue", 1.0)
    strangers = hashes_of("зовсім інші слова, яких таблиця не вивчала: пиріжки, сметана, олія, борошно, сіль")
    taken = np.count_nonzero(table.marks[buckets_of(strangers, BUCKETS)])
    assert taken > 3 * len(known_in(strangers, table.marks)[1])


def test_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_tables(tmp_path) == {}
    write_tables(tmp_path, {"labels": table_of("черга", "topic:queue", 1.0)})
    back = read_tables(tmp_path)["labels"]
    assert back.outputs == ("topic:queue",)
    queue = hashed(["черга"])
    assert back.score(queue) == table_of("черга", "topic:queue", 1.0).score(queue)


def test_a_broken_file_of_tables_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"PK nothing")
    with pytest.raises(ModelUnavailable, match=r"ngrams\.npz: the tables cannot be used"):
        read_tables(tmp_path)


EVEN = Weights(network=dict.fromkeys(HEADS, 1.0), tables=dict.fromkeys((*HEADS, TONE), 1.0))


def blended(blend: Blend, logits: Any, text: str) -> Any:
    """The final logits of one text: an array of (1, outputs)."""
    return blend.blended(np.stack([logits]), hashed([text]))


def judged_by(blend: Blend, logits: Any, text: str) -> Judgement:
    """The judgement of one text."""
    return heads_of(dict(enumerate(NAMES)), "own").read(blended(blend, logits, text), [None])[0]


def test_network_and_tables_add_up() -> None:
    blend = blend_of(NAMES, [table_of("черга", "topic:queue", 3.0)], EVEN)
    at = NAMES.index("topic:queue")
    quiet, loud = blend.blended(np.zeros((2, len(NAMES))), hashed(["мило", "черга"]))[:, at]
    assert loud > quiet + 1


def test_a_batch_is_blended_as_its_comments_are_alone() -> None:
    blend = blend_of(NAMES, [table_of("черга", "topic:queue", 3.0)], EVEN)
    logits = np.random.default_rng(1).normal(size=(3, len(NAMES)))
    texts = ["мило", "черга", ""]
    alone = [blended(blend, row, text)[0] for row, text in zip(logits, texts, strict=True)]
    assert blend.blended(logits, hashed(texts)) == pytest.approx(np.stack(alone))


def test_a_tone_speaks_for_the_polarity_of_every_topic() -> None:
    blend = blend_of(NAMES, [table_of("дякую", "tone:praise", 3.0)], EVEN)
    judged = judged_by(blend, np.zeros(len(NAMES)), "дякую")
    assert {score.polarity for score in judged.topics.values()} == {Polarity.PRAISE}
    assert len(set(judged.scores.values())) == 1


def test_a_table_of_something_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="topic:weather"):
        blend_of(NAMES, [table_of("дощ", "topic:weather", 1.0)], EVEN)


def test_the_polarity_of_a_topic_leans_with_the_whole_comment() -> None:
    logits = np.zeros(len(NAMES))
    logits[NAMES.index("sentiment:negative")] = 4.0
    judged = judged_by(blend_of(NAMES, [], EVEN), logits, "черга")
    assert judged.sentiment is Sentiment.NEGATIVE
    assert judged.topics[Topic.QUEUE].polarity is Polarity.BLAME


def test_a_clearly_negative_comment_praises_nothing_and_a_mixed_one_may() -> None:
    logits = np.zeros(len(NAMES))
    logits[NAMES.index("polarity:queue:praise")] = 2.0
    for sentiment, polarity in (("negative", Polarity.BLAME), ("neutral", Polarity.PRAISE)):
        sure = logits.copy()
        sure[NAMES.index(f"sentiment:{sentiment}")] = 6.0
        judged = judged_by(blend_of(NAMES, [], EVEN), sure, "х")
        assert judged.topics[Topic.QUEUE].polarity is polarity


def test_a_table_of_languages_guesses_and_changes_no_output() -> None:
    first, second = table_of("черга", "x", 1.0), table_of("kolejka", "x", 1.0)
    both = np.hstack([first.weights * 1.0, second.weights * 1.0])
    marks = np.where(first.marks > 0, first.marks, second.marks)
    tables = [quantised(["language:uk", "language:pl"], marks, both, [0.0, 0.0])]
    blend = blend_of(NAMES, tables, EVEN)
    assert blend.spoken(hashed(["kolejka", "черга"])) == [Language.POLISH, Language.UKRAINIAN]
    (found,) = blended(blend, np.zeros(len(NAMES)), "черга")
    silent = [value for name, value in zip(NAMES, found, strict=True) if not name.startswith("polarity:")]
    assert not any(silent)


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_blend(tmp_path, NAMES) is None
    write_tables(tmp_path, {"labels": table_of("черга", "topic:queue", 1.0)})
    write_weights(tmp_path, EVEN)
    back = read_blend(tmp_path, NAMES)
    assert back is not None
    assert back.network.tolist() == [1.0] * labels.AT_SHOP + [0.0] * 3


def test_weights_without_their_tables_are_no_model(tmp_path: Path) -> None:
    write_weights(tmp_path, EVEN)
    with pytest.raises(ModelUnavailable, match=r"has no ngrams\.npz for its blend\.json"):
        read_blend(tmp_path, NAMES)


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"network": {}, "tables": {}}'])
def test_broken_weights_are_named(tmp_path: Path, spoilt: str) -> None:
    write_tables(tmp_path, {"labels": table_of("черга", "topic:queue", 1.0)})
    (tmp_path / "blend.json").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"blend\.json: the weights cannot be used"):
        read_blend(tmp_path, NAMES)
