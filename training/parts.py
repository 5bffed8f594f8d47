"""What the network and the tables bring, alone and together: `python -m training.parts --data DIR`.

Each is given weights of its own on the texts that neither has seen, as `training.pipeline` does for both.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import labels
from training.batches import topic_numbers
from training.blending import fit_weights, in_batches, network_logits, said_of
from training.data import Example, read_gold, read_split
from training.evaluate import GOLD
from training.measure import macro_f1
from training.study import best_threshold, topics_at
from training.texts import read_texts
from worker.blend import Weights, blend_of
from worker.classifier import SHIPPED_MODEL, batches_of
from worker.ngrams import Table, read_tables

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-parts.md"
_PARTS = {"network alone": (1.0, 0.0), "tables alone": (0.0, 1.0), "both": (1.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Read:
    """Examples, and what a model's network says of each: an array of (examples, outputs)."""

    examples: Sequence[Example]
    network: Any

    def blended(self, tables: Sequence[Table], weights: Weights) -> Any:
        """The final logits."""
        import numpy as np

        blend = blend_of(labels.names(), tables, weights)
        comments = in_batches([row.text for row in self.examples])
        rows = batches_of(self.network)
        return np.concatenate([blend.blended(*batch) for batch in zip(rows, comments, strict=True)])


def polarity_accuracy(logits: Any, examples: Sequence[Example]) -> float:
    """How often the polarity of a topic is right, over all that are truly said."""
    polarities = labels.split(logits).polarities.argmax(axis=-1)
    right = [
        polarities[row, topic] == number - 1
        for row, example in enumerate(examples)
        for topic, number in enumerate(topic_numbers(example))
        if number > 0
    ]
    return float(sum(right) / len(right))


def table(model: Path, data: Path) -> Iterator[str]:
    """The figures as Markdown, a row for each part."""
    texts, tables, gold = read_texts(data, None), read_tables(model), read_gold(data, GOLD)
    tuned, tests = [*texts.validation, *texts.held], read_split(data, "test")
    said = said_of(model, [row.text for row in tuned], tables)
    judged = [_read(model, rows) for rows in (tests, gold, texts.held)]
    yield f"| Part | test, sentiment | {GOLD}, sentiment | topics, micro-F1 | topics, macro-F1 | polarity |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name, (network, linear) in _PARTS.items():
        weights = fit_weights(said.weighed(network, linear), tuned)
        on_tests, on_gold, on_held = (read.blended(list(tables.values()), weights) for read in judged)
        threshold = best_threshold(labels.split(on_held).topics, texts.held)
        cells = [
            _sentiment(on_tests, tests),
            _sentiment(on_gold, gold),
            *topics_at(labels.split(on_gold).topics, gold, threshold),
            polarity_accuracy(on_gold, gold),
        ]
        yield f"| {name} | {' | '.join(f'{cell:.3f}' for cell in cells)} |"


def _read(model: Path, examples: Sequence[Example]) -> Read:
    return Read(examples, network_logits(model, [row.text for row in examples]))


def _sentiment(logits: Any, examples: Sequence[Example]) -> float:
    said = labels.split(logits).sentiment.argmax(axis=-1).tolist()
    return macro_f1([row.label for row in examples], said)


def main() -> None:
    """Measure, print, record."""
    made = argparse.ArgumentParser(prog="python -m training.parts", description=__doc__)
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--model", type=Path, default=SHIPPED_MODEL)
    made.add_argument("--results", type=Path, default=RESULTS)
    given = made.parse_args()
    rows = list(table(given.model, given.data))
    head = ["# What network and tables bring", "", "    python -m training.parts --data DIR", ""]
    explained = [
        "Sentiment as macro-F1; one threshold for all topics, tuned on comments held back; polarity as",
        "accuracy over all topics that are truly said, found or not. What a text is about is told in each.",
        "",
    ]
    text = "\n".join([*head, *explained, *rows, ""])
    given.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
