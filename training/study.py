"""What the written comments are worth: `python -m training.study --data DIR`. Needs scikit-learn, no torch.

Three questions, asked of the linear part, which learns in seconds: how much each further comment brings,
whether a setting is understood that training never saw, and how far plain TF-IDF gets on exactly the rows
that the shipped model learns from. The first two are asked of the tables that read as of a shop.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import labels
from training.batches import topic_numbers
from training.blending import in_batches, scores_of
from training.corpus import SETTINGS
from training.data import LABELS, Example, class_weights, read_gold, read_split
from training.evaluate import GOLD
from training.linear import label_table, shop_table
from training.measure import macro_f1, said_f1
from training.service import held_back
from training.texts import read_texts
from worker.ngrams import Table

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-study.md"
SIZES = (500, 1_000, 2_000, 3_000)
_THRESHOLDS = [step / 20 for step in range(-18, 7)]
_BASELINE_COST = 0.1
# What a written comment counts beside a review where one machine learns from both, as the baseline does.
_WRITTEN_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Worth:
    """How well tables that learnt from some comments read others."""

    sentiment: float
    topics_micro: float
    topics_macro: float

    def __str__(self) -> str:
        """The cells of a row."""
        return f"{self.sentiment:.3f} | {self.topics_micro:.3f} | {self.topics_macro:.3f}"


def worth(
    learnt: Sequence[Example],
    stories: Sequence[Example],
    judged_by: Sequence[Example],
    tuned_on: Sequence[Example],
) -> Worth:
    """Of comments and stories learnt from; one threshold for all topics is tuned on other comments."""
    moods = _scores(shop_table(stories, learnt), judged_by).argmax(axis=1)
    table = label_table(learnt)
    found, tuned = _scores(table, judged_by), _scores(table, tuned_on)
    return Worth(
        macro_f1([row.label for row in judged_by], moods.tolist()),
        *topics_at(found, judged_by, best_threshold(tuned, tuned_on)),
    )


def _scores(table: Table, examples: Sequence[Example]) -> Any:
    return scores_of(table, in_batches([row.text for row in examples]))


def best_threshold(scores: Any, examples: Sequence[Example]) -> float:
    """The one threshold of all topics with the best micro-F1; `scores` begin with a column for each topic."""
    return max(_THRESHOLDS, key=lambda it: topics_at(scores, examples, it)[0])


def topics_at(scores: Any, examples: Sequence[Example], threshold: float) -> tuple[float, float]:
    """Micro- and macro-F1 of topics from a threshold on."""
    wanted = [[number > 0 for number in topic_numbers(row)] for row in examples]
    said = (scores[:, : len(labels.TOPICS)] > threshold).tolist()
    by_topic = [
        said_f1([(row[at], found[at]) for row, found in zip(wanted, said, strict=True)])
        for at in range(len(labels.TOPICS))
    ]
    pairs = [pair for row, found in zip(wanted, said, strict=True) for pair in zip(row, found, strict=True)]
    return said_f1(pairs), sum(by_topic) / len(by_topic)


_HEADING = "sentiment, macro-F1 | topics, micro-F1 | topics, macro-F1 |"


def learning_curve(
    written: Sequence[Example], stories: Sequence[Example], held: Sequence[Example], gold: Sequence[Example]
) -> Iterator[str]:
    """The gold comments by the number of written ones."""
    yield f"| Written comments | {_HEADING}"
    yield "| ---: | ---: | ---: | ---: |"
    shuffled = random.Random(1).sample(list(written), len(written))
    for size in (*[size for size in SIZES if size < len(shuffled)], len(shuffled)):
        yield f"| {size} | {worth(shuffled[:size], stories, gold, held)} |"


def by_setting(comments: Sequence[Example], stories: Sequence[Example]) -> Iterator[str]:
    """Each setting, by tables that learnt from the others, tuned on every eighth comment of those.

    A comment's kind is its setting.
    """
    yield f"| Setting left out | Comments | {_HEADING}"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for setting in SETTINGS:
        inside = [row for row in comments if row.kind == setting]
        learnt, tuned_on = held_back(row for row in comments if row.kind != setting)
        found = worth(learnt, stories, inside, tuned_on)
        yield f"| {setting} | {len(inside)} | {found} |"


def baseline(
    data: Path, written: Sequence[Example], reviews: Sequence[Example], gold: Sequence[Example]
) -> Iterator[str]:
    """Words 1-2 and letters 2-5, TF-IDF and a linear machine, on the rows of the shipped model."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    rows = [*reviews, *written]
    shares = class_weights(rows)
    weights = [row.weight * shares[row.label] for row in reviews]
    weights += [_WRITTEN_WEIGHT * shares[row.label] for row in written]
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
    parts["test, reviews"] = [row for row in test if row.kind == "review"]
    for name, examples in parts.items():
        found = hstack([maker.transform([row.text for row in examples]) for maker in makers])
        value = macro_f1([row.label for row in examples], [int(it) for it in machine.predict(found)])
        yield f"| {name} | {value:.3f} | {len(examples)} |"


def study(data: Path) -> str:
    """All of it as Markdown."""
    texts = read_texts(data, None)
    reviews, stories = [*texts.reviews, *texts.stories], texts.stories
    gold = read_gold(data, GOLD)
    return "\n".join(
        [
            "# What the written comments are worth",
            "",
            "    python -m training.study --data DIR",
            "",
            f"## Learning curve on {GOLD} ({len(stories)} stories beside the comments), tables alone",
            "",
            *learning_curve(texts.written, stories, texts.held, gold),
            "",
            "## Cross-validation by setting (the same stories beside the comments), tables alone",
            "",
            *by_setting([*texts.written, *texts.held], stories),
            "",
            f"## TF-IDF and a linear machine on the rows of the shipped model ({', '.join(LABELS)})",
            "",
            *baseline(data, texts.written, reviews, gold),
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
