"""What the network and the tables count together: fitted on texts that neither has learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.classification.rules import Polarity, Sentiment
from training import labels
from training.batches import ABSENT, flag_numbers, topic_numbers
from training.data import Example
from worker.blend import HEADS, LANGUAGE, TONE, Weights, head_of, spread
from worker.classifier import BATCH, load_classifier
from worker.ngrams import Table, hashes_of

_STEPS = 200
_PLACES = {head: [at for at, name in enumerate(labels.names()) if head_of(name) == head] for head in HEADS}


def table_logits(texts: Sequence[str], tables: Mapping[str, Table]) -> Any:
    """What the tables say of each text: an array of (texts, outputs), nought where no table speaks."""
    import numpy as np

    speaking = [table for table in tables.values() if head_of(table.outputs[0]) != LANGUAGE]
    spreads = [spread(labels.names(), table) for table in speaking]
    found = np.zeros((len(texts), labels.OUTPUTS))
    for row, text in enumerate(texts):
        hashes = hashes_of(text)
        for table, share in zip(speaking, spreads, strict=True):
            found[row] += share @ table.score(hashes)
    return found


def network_logits(model: Path, texts: Sequence[str]) -> Any:
    """What the network of a model folder says of each text, alone: an array of (texts, outputs)."""
    import numpy as np

    classifier = load_classifier(model)
    rows = [
        row
        for start in range(0, len(texts), BATCH)
        for row in classifier.logits(texts[start : start + BATCH])
    ]
    return np.array([np.zeros(labels.OUTPUTS) if row is None else row for row in rows])


def shares_of(reviews: int, held: int) -> list[float]:
    """What each counts where network and tables are weighed: all comments as much as all of the reviews."""
    return [1 / reviews] * reviews + [1 / held] * held if reviews else [1 / held] * held


@dataclass(frozen=True, slots=True)
class Said:
    """What network, tables and the table of tones say of texts: logits of (texts, outputs) each."""

    network: Any
    tables: Any
    tones: Any

    def weighed(self, network: float, linear: float) -> "Said":
        """The same with the network, or all tables, louder or silent."""
        return Said(self.network * network, self.tables * linear, self.tones * linear)


def said_of(model: Path, texts: Sequence[str], tables: Mapping[str, Table]) -> Said:
    """By the network of a model folder and by tables."""
    tones = {name: table for name, table in tables.items() if head_of(table.outputs[0]) == TONE}
    others = {name: table for name, table in tables.items() if name not in tones}
    return Said(network_logits(model, texts), table_logits(texts, others), table_logits(texts, tones))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of examples, and what is true of them."""

    said: Said
    truth: Any
    topics: Any
    flags: Any
    shares: Any

    def mixed(self, head: str, scale: Any, added: Any) -> Any:
        """The logits of one head, weighed together."""
        at = _PLACES[head]
        return self.said.network[:, at] * scale[0] + self.said.tables[:, at] * scale[1] + added

    def sentiment_loss(self, scale: Any, added: Any) -> Any:
        """Cross entropy, each example by its share."""
        import torch

        found = self.mixed("sentiment", scale, added)
        each = torch.nn.functional.cross_entropy(found, self.truth, reduction="none")
        return (each * self.shares).sum() / self.shares.sum()

    def said_loss(self, head: str, scale: Any, added: Any) -> Any:
        """Binary cross entropy of topics or flags, over the examples that know them."""
        import torch

        wanted = self.topics if head == "topic" else self.flags
        known = wanted[:, 0] >= ABSENT
        measure = torch.nn.functional.binary_cross_entropy_with_logits
        return measure(self.mixed(head, scale, added)[known], (wanted[known] > ABSENT).float())

    def polarity_loss(self, scale: Any, added: Any) -> Any:
        """Cross entropy of the polarity where a topic is said."""
        import torch

        row, topic = torch.where(self.topics > ABSENT)
        tones = self.said.tones[:, _PLACES["polarity"]] * scale[2]
        found = (self.mixed("polarity", scale, 0.0) + tones).reshape(len(tones), len(labels.TOPICS), -1)
        return torch.nn.functional.cross_entropy(found[row, topic] + added, self.topics[row, topic] - 1)


def fit_weights(said: Said, examples: Sequence[Example], shares: Sequence[float]) -> Weights:
    """The weights under which the examples are likeliest.

    `shares` says what each example counts for the sentiment. Topics, polarities and flags are fitted on the
    examples that know them.
    """
    import torch

    held = Evidence(
        Said(*(torch.tensor(part, dtype=torch.float32) for part in (said.network, said.tables, said.tones))),
        torch.tensor([example.label for example in examples]),
        torch.tensor([topic_numbers(example) for example in examples]),
        torch.tensor([flag_numbers(example) for example in examples]),
        torch.tensor(shares, dtype=torch.float32),
    )
    found = {
        "sentiment": _fitted(held.sentiment_loss, len(labels.SENTIMENTS)),
        "topic": _fitted(partial(held.said_loss, "topic"), 1),
        "polarity": _fitted(held.polarity_loss, len(labels.POLARITIES), scales=3),
        "flag": _fitted(partial(held.said_loss, "flag"), 1),
    }
    scales = {head: [round(float(scale), 4) for scale in found[head][0]] for head in HEADS}
    return Weights(
        network={head: scales[head][0] for head in HEADS},
        tables={head: scales[head][1] for head in HEADS} | {TONE: scales["polarity"][2]},
        added=_added({head: added.tolist() for head, (_, added) in found.items()}),
    )


def _fitted(loss: Callable[[Any, Any], Any], outputs: int, scales: int = 2) -> tuple[Any, Any]:
    """The scales and the additions (of one output or all alike) that make a loss the least."""
    import torch

    scale = torch.ones(scales, requires_grad=True)
    added = torch.zeros(outputs, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale, added], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimiser.zero_grad()
        found = loss(scale, added) + 1e-4 * (scale.square().sum() + added.square().sum())
        found.backward()
        return found

    optimiser.step(closure)
    return scale.detach(), added.detach()


def _added(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Additions by output: one for each sentiment and polarity, one for all topics, one for all flags."""
    made: dict[str, float] = {}
    for name in labels.names():
        values = found[head_of(name)]
        last = name.rsplit(":", 1)[1]
        match head_of(name):
            case "sentiment":
                made[name] = values[labels.SENTIMENTS.index(Sentiment(last))]
            case "polarity":
                made[name] = values[labels.POLARITIES.index(Polarity[last.upper()])]
            case _:
                made[name] = values[0]
    return made
