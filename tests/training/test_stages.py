"""What each stage learns from, what it pays for, and how thresholds are found."""

from pathlib import Path

import pytest

from app.classification.rules import CRITICAL_FLAGS, Polarity, Sentiment, Topic
from training import labels
from training.augment import careless
from training.batches import ABSENT, Row, flag_numbers, topic_numbers
from training.calibrate import at_precision, best_f1, shrunk
from training.corpus import read_corpus
from training.data import UNKNOWN, Example, every_text, weights_within
from training.service import COPIES, example_of, held_back, written_examples
from training.texts import read_texts


def test_every_output_has_a_name_of_its_own() -> None:
    names = labels.names()
    assert len(names) == len(set(names)) == labels.OUTPUTS
    assert names[:3] == [f"sentiment:{it}" for it in Sentiment]
    assert names[labels.AT_TOPICS] == f"topic:{labels.TOPICS[0]}"
    assert names[labels.AT_POLARITIES] == f"polarity:{labels.TOPICS[0]}:blame"
    assert names[labels.AT_FLAGS] == f"flag:{labels.FLAGS[0]}"
    assert names[labels.AT_SHOP :] == [f"shop:{it}" for it in Sentiment]


def test_what_nobody_looked_for_is_unknown_and_not_absent() -> None:
    unseen = Example("добре", 2)
    assert set(topic_numbers(unseen)) == set(flag_numbers(unseen)) == {UNKNOWN}
    looked = Example("добре", 2, topics={Topic.QUEUE: Polarity.PRAISE}, flags=frozenset())
    assert sorted(set(topic_numbers(looked))) == [ABSENT, 1 + labels.POLARITIES.index(Polarity.PRAISE)]
    assert set(flag_numbers(looked)) == {0}


def test_flags_may_be_known_absent_where_nobody_looked_for_others() -> None:
    known = flag_numbers(Example("добре", 2, unsaid=CRITICAL_FLAGS))
    assert {flag for flag, number in zip(labels.FLAGS, known, strict=True) if number == 0} == CRITICAL_FLAGS


def test_every_eighth_comment_is_held_back_and_stays_so() -> None:
    comments = [example_of(comment) for comment in read_corpus()]
    learnt, held = held_back(comments)
    assert len(learnt) + len(held) == len(comments)
    assert 0.08 < len(held) / len(comments) < 0.17
    assert held_back(list(reversed(comments)))[1] == list(reversed(held))


def test_a_written_comment_is_learnt_as_it_stands_and_as_typed_in_a_hurry() -> None:
    comments = [example_of(comment) for comment in read_corpus()[:40]]
    made = written_examples(comments, seed=1)
    assert made[:40] == comments
    assert len(made) >= 40 * COPIES
    assert made == written_examples(comments, seed=1) != written_examples(comments, seed=2)
    assert {row.topics is None for row in made} == {False}


def test_a_hurry_keeps_short_words_whole() -> None:
    import random

    assert {careless("норм", random.Random(seed)) for seed in range(20)} == {"норм"}


def test_evaluation_texts_do_not_warm_the_encoder_up(tmp_path: Path) -> None:
    for name, text in (("train", "свіже"), ("validation", "тісно"), ("test", "дорого")):
        (tmp_path / f"{name}.jsonl").write_text(
            f'{{"text": "{text}", "label": "neutral"}}\n', encoding="utf-8"
        )
    (tmp_path / "unlabelled.jsonl").write_text('{"text": "ТІСНО"}\n{"text": "нове"}\n', encoding="utf-8")
    assert every_text(tmp_path) == ["свіже", "нове"]


SCORED = [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.3, False), (0.2, False)]


def test_the_best_threshold_lies_between_what_is_said_and_what_is_not() -> None:
    assert 0.3 < best_f1(SCORED) <= 0.6


@pytest.mark.parametrize(("precision", "lowest"), [(0.5, 0.05), (0.75, 0.31), (0.8, 0.71), (1.0, 0.71)])
def test_the_lowest_threshold_that_keeps_a_precision(precision: float, lowest: float) -> None:
    assert at_precision(SCORED, precision) == pytest.approx(lowest)


def test_a_precision_that_cannot_be_kept_says_almost_never() -> None:
    assert at_precision([(0.9, False)], 0.5) == pytest.approx(0.99)


def test_unknown_labels_cost_nothing() -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    from training.batches import tensors
    from training.loss import loss_of

    known = Row((2, 5), 0, topics=(1, *[ABSENT] * 20), flags=(0,) * len(labels.FLAGS))
    logits = torch.randn(2, labels.OUTPUTS, requires_grad=True)
    loss_of(logits, tensors([known, Row((2, 6), UNKNOWN)]), [1.0] * 3).backward()
    assert logits.grad is not None
    assert logits.grad[0].abs().sum() > 0
    assert logits.grad[1].abs().sum() == 0


@pytest.mark.parametrize("of_shop", [False, True])
def test_a_row_teaches_the_reading_that_it_is_for_and_leaves_the_other_alone(of_shop: bool) -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    from training.batches import tensors
    from training.loss import loss_of

    logits = torch.randn(1, labels.OUTPUTS, requires_grad=True)
    loss_of(logits, tensors([Row((2, 5), 0, of_shop=of_shop)]), [1.0] * 3).backward()
    assert logits.grad is not None
    readings = (slice(0, labels.AT_TOPICS), slice(labels.AT_SHOP, None))
    taught, other = (logits.grad[0, readings[at]].abs().sum() for at in (of_shop, not of_shop))
    assert taught > 0
    assert other == 0


def test_reviews_teach_of_goods_and_everything_else_of_shops(tmp_path: Path, few_written: Path) -> None:
    line = '{"text": "%s", "label": "neutral", "lang": "ru"}\n'
    for name in ("train", "validation", "test", "service_shops_mt", "extra_pl_xed", "topics_labelled"):
        (tmp_path / f"{name}.jsonl").write_text(line % f"слово {name}", encoding="utf-8")
    found = read_texts(tmp_path, None, few_written)
    goods = [*found.reviews, *found.validation]
    shop = [*found.stories, *found.public, *found.written[:9], *found.held[:9]]
    assert [row.of_shop for row in goods] == [False] * 2
    assert [row.of_shop for row in shop] == [True] * 21


def test_the_few_rows_of_a_batch_that_know_topics_do_not_outweigh_the_others() -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    from training.batches import tensors
    from training.loss import loss_of

    known = Row((2, 5), UNKNOWN, topics=(1, *[ABSENT] * 20), flags=(0,) * len(labels.FLAGS))
    unknown = Row((2, 6), UNKNOWN)
    logits = torch.ones(10, labels.OUTPUTS)
    alone = loss_of(logits[:1], tensors([known]), [1.0] * 3)
    among_others = loss_of(logits, tensors([known, *[unknown] * 9]), [1.0] * 3)
    assert float(among_others) == pytest.approx(float(alone) / 10)


def test_how_a_topic_is_spoken_of_is_learnt_topic_by_topic() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is needed only for training")
    from training.linear import polarity_table
    from worker.ngrams import hashed

    staff, queue = Topic.STAFF_ATTITUDE, Topic.QUEUE
    said = {
        "чемні продавці": {staff: Polarity.PRAISE},
        "грубі продавці": {staff: Polarity.BLAME},
        "черга довга": {queue: Polarity.BLAME},
        "черга швидка": {queue: Polarity.PRAISE},
    }
    rows = [Example(f"{text} {n}", 1, topics=topics) for text, topics in said.items() for n in range(6)]
    table = polarity_table(rows)
    scores = dict(zip(table.outputs, table.score(hashed(["чемні продавці, черга довга"]))[0], strict=True))
    assert scores[f"polarity:{staff}:praise"] > scores[f"polarity:{staff}:blame"]
    assert scores[f"polarity:{queue}:blame"] > scores[f"polarity:{queue}:praise"]


def test_a_language_tells_of_no_sentiment() -> None:
    np = pytest.importorskip("numpy")
    pytest.importorskip("sklearn", reason="scikit-learn is needed only for training")
    from training.linear import moods

    glad, sad = [Example("а", 2, "uk")] * 9 + [Example("а", 0, "uk")], [Example("a", 0, "en")] * 9
    _, counts = moods([*glad, *sad, Example("a", 2, "en")], [1.0] * 20)
    common, rare = (0, 10), (9, 19)
    assert [counts[at] for at in common] == pytest.approx([counts[at] / 3 for at in rare])
    assert np.mean(counts) == pytest.approx(1)


def test_what_falls_on_one_side_may_count_for_more() -> None:
    np = pytest.importorskip("numpy")
    sparse = pytest.importorskip("scipy.sparse", reason="scipy is needed only for training")
    from training.linear import telling

    one_sided, even, unseen = [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]
    rows = sparse.csr_matrix(np.array([one_sided, even, unseen]).T)
    found = telling(rows, np.array([True, True, False, False]), np.ones(4))
    assert found[0] > 1 > found[1]
    assert (found >= 0.5).all()
    twice = sparse.csr_matrix(np.repeat(rows.toarray(), 2, axis=0))
    counting_two = telling(rows, np.array([True, True, False, False]), np.full(4, 2.0))
    assert counting_two == pytest.approx(telling(twice, np.repeat([True, False], 4), np.ones(8)))


def test_network_and_tables_are_weighed_by_what_is_true() -> None:
    pytest.importorskip("torch", reason="torch is needed only for training")
    import numpy as np

    from training.blending import Said, fit_weights

    examples = [Example("а", at % 3, topics={}, flags=frozenset()) for at in range(60)]
    examples[0] = Example("а", 0, topics={Topic.QUEUE: Polarity.BLAME}, flags=frozenset())
    right = np.zeros((60, labels.OUTPUTS))
    right[np.arange(60), [row.label for row in examples]] = 1.0
    wrong = np.random.default_rng(1).normal(size=right.shape)
    silent = np.zeros((60, 3))
    found = fit_weights(Said(wrong, right, np.zeros_like(right), silent, np.full((60, 1), -9.0)), examples)
    assert found.tables["sentiment"] > 3 * abs(found.network["sentiment"])
    assert set(found.tables) == {"sentiment", "topic", "polarity", "flag", "tone", "shop", "about"}


def test_rare_sentiments_count_more_within_their_group() -> None:
    goods, shop = [Example("а", 2)] * 16 + [Example("а", 1)], [Example("а", 0, of_shop=True)] * 5
    counts = weights_within([*goods, *shop], lambda row: row.of_shop, 0.25)
    assert counts[16] == pytest.approx(2 * counts[0])
    assert sum(counts[:17]) == pytest.approx(17)
    assert counts[17:] == pytest.approx([1.0] * 5)


def test_where_nothing_is_known_a_rare_sentiment_is_likelier_than_its_share() -> None:
    pytest.importorskip("torch", reason="torch is needed only for training")
    import numpy as np

    from training.blending import Said, fit_weights

    examples = [Example("а", 2, topics={}, flags=frozenset())] * 16 + [Example("а", 1)]
    examples[0] = Example("а", 2, topics={Topic.QUEUE: Polarity.BLAME}, flags=frozenset())
    silent, none = np.zeros((17, labels.OUTPUTS)), np.zeros((17, 3))
    added = fit_weights(Said(silent, silent, silent, none, np.full((17, 1), -50.0)), examples).added
    assert np.exp(added["sentiment:positive"] - added["sentiment:neutral"]) == pytest.approx(8, rel=0.05)


def test_what_a_text_is_about_decides_which_reading_counts() -> None:
    pytest.importorskip("torch", reason="torch is needed only for training")
    import numpy as np

    from training.blending import Said, fit_weights

    truth = np.arange(80) % 3
    examples = [Example("а", int(label), topics={}, flags=frozenset()) for label in truth]
    examples[0] = Example("а", 0, topics={Topic.QUEUE: Polarity.BLAME}, flags=frozenset())
    right, about_shop = np.eye(3)[truth] * 4.0, np.arange(80) >= 40
    goods = np.zeros((80, labels.OUTPUTS))
    goods[:, :3] = np.where(about_shop[:, None], right[:, ::-1], right)
    shop = np.where(about_shop[:, None], right, right[:, ::-1])
    silent, about = np.zeros_like(goods), np.where(about_shop, 1.0, -1.0)[:, None]
    found = fit_weights(Said(silent, goods, silent, shop, about), examples)
    assert found.tables["sentiment"] > 0
    assert found.tables["shop"] > 0
    assert found.tables["about"] > 2


def test_a_rare_truth_needs_a_higher_threshold() -> None:
    scored = [(0.9, True)] * 4 + [(0.6, True), (0.6, False), (0.2, False), (0.1, False)]
    assert at_precision(scored, 0.8) == pytest.approx(0.21)
    assert at_precision(scored, 0.8, true_share=0.05) == pytest.approx(0.61)


def test_a_threshold_of_few_comments_leans_on_those_of_all() -> None:
    few = [(0.9, True), (0.8, False)]
    many = [(0.4, True), (0.2, False)] * 20
    found = shrunk({Topic.QUEUE: many, Topic.PRICE: few})
    assert 0.2 < found[Topic.QUEUE] < 0.4
    assert found[Topic.QUEUE] < found[Topic.PRICE] < best_f1(few)
