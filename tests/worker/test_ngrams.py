"""The linear part: the same sequences land in the same bucket, wherever they stand."""

from pathlib import Path

import numpy as np
import pytest

from app.classification.rules import Language, Polarity, Sentiment, Topic
from training import labels
from worker.blend import HEADS, TONE, Weights, blend_of, read_blend, write_weights
from worker.heads import ModelUnavailable, heads_of
from worker.ngrams import (
    FILE,
    LONGEST,
    Table,
    buckets_of,
    hashes_of,
    known_buckets,
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
    weights[known_buckets(hashes, marks)] = weight
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
    assert table.score(hashes_of("черга"))[0] > 4 * abs(table.score(hashes_of("смачні пиріжки"))[0])


def test_what_lands_in_a_bucket_of_something_else_is_told_by_its_mark() -> None:
    table = table_of("черга", "topic:queue", 1.0)
    strangers = hashes_of("зовсім інші слова, яких таблиця не вивчала: пиріжки, сметана, олія, борошно, сіль")
    taken = np.count_nonzero(table.marks[buckets_of(strangers, BUCKETS)])
    assert taken > 3 * len(known_buckets(strangers, table.marks))


def test_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_tables(tmp_path) == {}
    write_tables(tmp_path, {"labels": table_of("черга", "topic:queue", 1.0)})
    back = read_tables(tmp_path)["labels"]
    assert back.outputs == ("topic:queue",)
    assert back.score(hashes_of("черга")) == table_of("черга", "topic:queue", 1.0).score(hashes_of("черга"))


def test_a_broken_file_of_tables_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"PK nothing")
    with pytest.raises(ModelUnavailable, match=r"ngrams\.npz: the tables cannot be used"):
        read_tables(tmp_path)


EVEN = Weights(network=dict.fromkeys(HEADS, 1.0), tables=dict.fromkeys((*HEADS, TONE), 1.0))


def test_network_and_tables_add_up() -> None:
    blend = blend_of(NAMES, [table_of("черга", "topic:queue", 3.0)], EVEN)
    at = NAMES.index("topic:queue")
    quiet, loud = (blend.blended(np.zeros(len(NAMES)), hashes_of(text))[at] for text in ("мило", "черга"))
    assert loud > quiet + 1


def test_a_tone_speaks_for_the_polarity_of_every_topic() -> None:
    logits = blend_of(NAMES, [table_of("дякую", "tone:praise", 3.0)], EVEN).blended(
        np.zeros(len(NAMES)), hashes_of("дякую")
    )
    judged = heads_of(dict(enumerate(NAMES)), "own").read(logits)
    assert {score.polarity for score in judged.topics.values()} == {Polarity.PRAISE}
    assert len(set(judged.scores.values())) == 1


def test_a_table_of_something_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="topic:weather"):
        blend_of(NAMES, [table_of("дощ", "topic:weather", 1.0)], EVEN)


def test_the_polarity_of_a_topic_leans_with_the_whole_comment() -> None:
    logits = np.zeros(len(NAMES))
    logits[NAMES.index("sentiment:negative")] = 4.0
    final = blend_of(NAMES, [], EVEN).blended(logits, hashes_of("черга"))
    judged = heads_of(dict(enumerate(NAMES)), "own").read(final)
    assert judged.sentiment is Sentiment.NEGATIVE
    assert judged.topics[Topic.QUEUE].polarity is Polarity.BLAME


def test_a_clearly_negative_comment_praises_nothing_and_a_mixed_one_may() -> None:
    logits = np.zeros(len(NAMES))
    logits[NAMES.index("polarity:queue:praise")] = 2.0
    for sentiment, polarity in (("negative", Polarity.BLAME), ("neutral", Polarity.PRAISE)):
        sure = logits.copy()
        sure[NAMES.index(f"sentiment:{sentiment}")] = 6.0
        judged = heads_of(dict(enumerate(NAMES)), "own").read(
            blend_of(NAMES, [], EVEN).blended(sure, hashes_of("х"))
        )
        assert judged.topics[Topic.QUEUE].polarity is polarity


def test_a_table_of_languages_guesses_and_changes_no_output() -> None:
    first, second = table_of("черга", "x", 1.0), table_of("kolejka", "x", 1.0)
    both = np.hstack([first.weights * 1.0, second.weights * 1.0])
    marks = np.where(first.marks > 0, first.marks, second.marks)
    tables = [quantised(["language:uk", "language:pl"], marks, both, [0.0, 0.0])]
    blend = blend_of(NAMES, tables, EVEN)
    assert blend.language(hashes_of("kolejka")) is Language.POLISH
    assert blend.language(hashes_of("черга")) is Language.UKRAINIAN
    found = blend.blended(np.zeros(len(NAMES)), hashes_of("черга"))
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
