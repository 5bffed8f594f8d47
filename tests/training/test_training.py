"""Cleaning, labels and figures of the training pipeline; only the network's own test needs torch."""

import json
import lzma
import random
from pathlib import Path

import pytest

from app.classification.model_card import WHOLE, Measure, Score
from training.augment import in_latin_letters, praise_and_blame, transliterate
from training.batches import ROWS_PER_BATCH, TOKENS_PER_BATCH, Row, batches, window
from training.card import write_figures
from training.data import (
    LABELS,
    Example,
    class_weights,
    clean,
    example_of,
    label_of,
    read_split,
    without_held_out,
)
from training.measure import binary_f1, calibration_error, macro_f1, said_f1, wilson
from worker.card import FIGURES, read_scores

NEGATIVE, NEUTRAL, POSITIVE = range(3)


def test_masks_and_line_breaks_are_cleaned_away() -> None:
    assert clean(" Дзвоніть\n<phone>  або\t[EMAIL] ") == "Дзвоніть або"


def test_a_row_keeps_its_own_label() -> None:
    assert label_of({"text": "добре", "label": "positive"}) == "positive"


@pytest.mark.parametrize(
    ("polarities", "label"),
    [
        (["positive", "neutral"], "positive"),
        (["negative", "negative"], "negative"),
        (["positive", "negative"], "neutral"),
        (["neutral"], "neutral"),
    ],
)
def test_praise_and_blame_of_aspects_add_up(polarities: list[str], label: str) -> None:
    assert label_of({"aspects": [["staff", polarity] for polarity in polarities]}) == label


@pytest.mark.parametrize(
    "row", [{"text": "добре"}, {"text": "5", "label": "positive"}, {"label": "negative"}]
)
def test_a_row_without_words_or_label_is_left_out(row: dict[str, object]) -> None:
    assert example_of(row) is None


def test_a_split_is_read_packed_or_plain(tmp_path: Path) -> None:
    line = json.dumps({"text": "Гарно", "label": "positive", "lang": "uk"}, ensure_ascii=False)
    (tmp_path / "test.jsonl").write_text(line + "\n\n", encoding="utf-8")
    with lzma.open(tmp_path / "train.jsonl.xz", "wt", encoding="utf-8") as packed:
        packed.write(line)
    assert read_split(tmp_path, "test") == read_split(tmp_path, "train") == [Example("Гарно", POSITIVE)]


def test_a_missing_split_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="validation"):
        read_split(tmp_path, "validation")


def test_an_evaluation_text_never_returns_by_another_door() -> None:
    found = without_held_out(
        [Example("ДОБРЕ", POSITIVE), Example("зле", NEGATIVE)], [Example("добре", POSITIVE)]
    )
    assert [example.text for example in found] == ["зле"]


def test_rare_labels_weigh_more_and_the_mean_weight_is_one() -> None:
    examples = [Example("а", NEGATIVE)] + [Example("б", NEUTRAL)] * 4 + [Example("в", POSITIVE)] * 11
    weights = class_weights(examples)
    assert weights[NEGATIVE] == pytest.approx(2 * weights[NEUTRAL])
    assert sum(weights[example.label] for example in examples) / len(examples) == pytest.approx(1)


def test_latin_letters_keep_the_label() -> None:
    made = in_latin_letters([Example("Дуже дякую", POSITIVE)] * 10, 0.5, seed=1)
    assert len(made) == 5
    assert all(example.label == POSITIVE and example.text.isascii() for example in made)


def test_transliteration_knows_both_languages() -> None:
    pick = random.Random(0)
    assert transliterate("га", "uk", pick) == "ha"
    assert transliterate("га", "ru", pick) == "ga"


def test_praise_joined_with_blame_is_neutral() -> None:
    halves = [Example("гарний магазин", POSITIVE), Example("довга черга", NEGATIVE)]
    made = praise_and_blame(halves, 6, seed=1)
    assert {example.label for example in made} == {NEUTRAL}
    assert all("черга" in example.text and "магазин" in example.text for example in made)


def test_a_window_begins_with_the_start_mark() -> None:
    tokens = tuple(range(500))
    for seed in range(20):
        found = window(tokens, 96, random.Random(seed))
        assert (len(found), found[0]) == (96, 0)
        assert list(found[1:]) == list(range(found[1], found[1] + 95))


def test_an_epoch_holds_every_row_once_in_batches_within_limits() -> None:
    rows = [Row((0,) * (1 + at % 90), at % 3) for at in range(5_000)]
    made = list(batches(rows, 96, random.Random(1)))
    assert sorted(len(row.tokens) for batch in made for row in batch) == sorted(
        len(row.tokens) for row in rows
    )
    assert all(len(batch) <= ROWS_PER_BATCH for batch in made)
    assert all(len(batch) * max(len(row.tokens) for row in batch) <= TOKENS_PER_BATCH for batch in made)


def test_the_tokenizer_sees_no_letter_case_no_mark_up_and_one_apostrophe() -> None:
    from training.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(["свіже м'ясо та хліб"] * 4, size=60)
    assert tokenizer.encode("Свіже М’ЯСО").ids == tokenizer.encode("<b>свіже</b> м'ясо").ids
    assert tokenizer.encode("").tokens == ["[CLS]"]


def test_macro_f1_is_the_mean_over_labels() -> None:
    assert macro_f1([0, 0, 1, 2], [0, 0, 1, 2]) == 1
    assert macro_f1([0, 0, 2, 2], [0, 2, 2, 2]) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_the_binary_figure_ignores_neutral_texts_and_neutral_scores() -> None:
    scores = [[0.3, 0.6, 0.1], [0.9, 0.0, 0.1], [0.1, 0.7, 0.2]]
    assert binary_f1([NEGATIVE, NEUTRAL, POSITIVE], scores) == 1


def test_a_label_is_judged_by_what_is_true_and_what_is_said() -> None:
    assert said_f1([(True, True), (True, False), (False, True), (False, False)]) == 0.5
    assert said_f1([(False, False)]) == 0


def test_probabilities_that_are_right_as_often_as_they_say_have_no_error() -> None:
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)
    assert calibration_error([(0.95, False)] * 2 + [(0.5, True), (0.5, False)]) == pytest.approx(0.475)


def test_the_interval_of_a_share_allows_for_its_count() -> None:
    low, high = wilson(32, 37)
    assert (round(low, 2), round(high, 2)) == (0.72, 0.94)
    assert wilson(0, 0) == (0, 1)
    assert wilson(5, 5)[1] == pytest.approx(1)


MEASURED = [
    Score("test", "uk", Measure.SENTIMENT, 0.7, 50),
    Score("store_comments_dev", WHOLE, Measure.LABEL, 0, 8, label="flag:safety"),
    Score("store_comments_dev", WHOLE, Measure.SHOWN_RECALL, 0.8649, 37, interval=(0.72, 0.9412)),
]


def test_the_page_of_the_model_reads_the_figures_as_they_were_measured(tmp_path: Path) -> None:
    write_figures(MEASURED, tmp_path)
    assert read_scores(tmp_path / FIGURES) == MEASURED


def test_the_card_gets_its_figures_between_the_marks(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n", encoding="utf-8")
    write_figures(MEASURED, tmp_path)
    text = card.read_text(encoding="utf-8")
    assert "| test, uk | sentiment, macro-F1 | 0.700 | 50 |" in text
    assert "| store_comments_dev, all | flag safety, F1 | 0.000 | 8 |" in text
    assert "shown, recall (95 % interval 0.72 to 0.94) | 0.865 | 37 |" in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "old" not in text


def test_a_few_steps_teach_the_network_two_words() -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    pytest.importorskip("transformers")
    from training.model import new_model
    from training.train import Stage, run_stage, score_of

    torch.manual_seed(1)
    rows = [Row((2, 5 + label, 5 + label), label, 1.0) for label in range(len(LABELS))] * 64
    model = new_model(16, layers=1, hidden=64)
    run_stage(model, rows, rows, Stage("test", 5.0, 1e-2, [1.0] * 3, seed=1))
    assert score_of(model, rows) == 1
