"""What the written comments are worth: `python -m training.study --data DIR`. Needs scikit-learn, no torch.

Three questions, asked of the linear part, which learns in seconds: how much each further comment brings,
whether a setting is understood that training never saw, and how far plain TF-IDF gets on exactly the rows
that the shipped model learns from.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training import labels
from training.batches import topic_numbers
from training.corpus import SETTINGS, Comment, evaluation_texts, read_corpus, without_likes
from training.data import LABELS, Example, class_weights, goods_and_public, read_gold, read_split
from training.evaluate import GOLD
from training.linear import WRITTEN_WEIGHT, label_table
from training.measure import macro_f1, said_f1
from training.service import example_of, held_back
from worker.ngrams import Table, hashes_of

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-study.md"
SIZES = (500, 1_000, 2_000, 3_000)
_THRESHOLDS = [step / 20 for step in range(-18, 7)]
_BASELINE_COST = 0.1


def topics_of(table: Table, examples: Sequence[Example]) -> Any:
    """The table's scores of the topics: an array of (examples, topics)."""
    import numpy as np

    return np.array([table.score(hashes_of(it.text))[: len(labels.TOPICS)] for it in examples])


def best_topics(
    table: Table, judged_by: Sequence[Example], tuned_on: Sequence[Example]
) -> tuple[float, float]:
    """Micro- and macro-F1 of topics, one threshold for all of them tuned on other comments."""
    threshold = max(_THRESHOLDS, key=lambda it: _f1_at(topics_of(table, tuned_on), tuned_on, it)[0])
    return _f1_at(topics_of(table, judged_by), judged_by, threshold)


def _f1_at(scores: Any, examples: Sequence[Example], threshold: float) -> tuple[float, float]:
    wanted = [[number > 0 for number in topic_numbers(it)] for it in examples]
    said = (scores > threshold).tolist()
    by_topic = [
        said_f1([(row[at], found[at]) for row, found in zip(wanted, said, strict=True)])
        for at in range(len(labels.TOPICS))
    ]
    pairs = [pair for row, found in zip(wanted, said, strict=True) for pair in zip(row, found, strict=True)]
    return said_f1(pairs), sum(by_topic) / len(by_topic)


def learning_curve(
    learnt: Sequence[Comment], held: Sequence[Comment], gold: Sequence[Example]
) -> Iterator[str]:
    """Topics on the gold comments by the number of written ones."""
    yield "| Written comments | topics, micro-F1 | topics, macro-F1 |"
    yield "| ---: | ---: | ---: |"
    shuffled = random.Random(1).sample(list(learnt), len(learnt))
    tuned_on = [example_of(comment) for comment in held]
    for size in (*[size for size in SIZES if size < len(shuffled)], len(shuffled)):
        table = label_table([example_of(comment) for comment in shuffled[:size]])
        micro, macro = best_topics(table, gold, tuned_on)
        yield f"| {size} | {micro:.3f} | {macro:.3f} |"


def by_setting(comments: Sequence[Comment]) -> Iterator[str]:
    """Topics of each setting, by a table that learnt from all the others."""
    yield "| Setting left out | Comments | topics, micro-F1 | topics, macro-F1 |"
    yield "| --- | ---: | ---: | ---: |"
    for setting in SETTINGS:
        inside = [example_of(comment) for comment in comments if comment.setting == setting]
        outside = [example_of(comment) for comment in comments if comment.setting != setting]
        micro, macro = best_topics(label_table(outside), inside, outside[::8])
        yield f"| {setting} | {len(inside)} | {micro:.3f} | {macro:.3f} |"


def baseline(data: Path, learnt: Sequence[Comment], gold: Sequence[Example]) -> Iterator[str]:
    """Words 1-2 and letters 2-5, TF-IDF and a linear machine, on the rows of the shipped model."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    others = goods_and_public(data)
    rows = others + [example_of(comment) for comment in learnt]
    shares = class_weights(rows)
    weights = [row.weight * shares[row.label] for row in others]
    weights += [WRITTEN_WEIGHT * shares[row.label] for row in rows[len(others) :]]
    makers = (
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=3),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=20),
    )
    texts = [row.text for row in rows]
    machine = LinearSVC(C=_BASELINE_COST)
    machine.fit(
        hstack([maker.fit_transform(texts) for maker in makers]), [row.label for row in rows], weights
    )
    yield "| Texts | sentiment, macro-F1 | n |"
    yield "| --- | ---: | ---: |"
    test = read_split(data, "test")
    parts = {"test, all": test, GOLD: list(gold)}
    parts |= {f"test, {lang}": [row for row in test if row.lang == lang] for lang in ("uk", "ru")}
    for name, examples in parts.items():
        found = hstack([maker.transform([row.text for row in examples]) for maker in makers])
        value = macro_f1([row.label for row in examples], [int(it) for it in machine.predict(found)])
        yield f"| {name} | {value:.3f} | {len(examples)} |"


def study(data: Path) -> str:
    """All of it as Markdown."""
    comments, _ = without_likes(read_corpus(), evaluation_texts(data))
    learnt, held = held_back(comments)
    gold = read_gold(data, GOLD)
    return "\n".join(
        [
            "# What the written comments are worth",
            "",
            "    python -m training.study --data DIR",
            "",
            "## Learning curve, topics, linear part",
            "",
            *learning_curve(learnt, held, gold),
            "",
            "## Cross-validation by setting, topics, linear part",
            "",
            *by_setting(comments),
            "",
            f"## TF-IDF and a linear machine on the same rows ({', '.join(LABELS)})",
            "",
            *baseline(data, learnt, gold),
            "",
        ]
    )


def main() -> None:
    """Study, print, record."""
    made = argparse.ArgumentParser(prog="python -m training.study", description=__doc__)
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--results", type=Path, default=RESULTS)
    given = made.parse_args()
    text = study(given.data)
    given.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
