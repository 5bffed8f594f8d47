"""What the network and the tables count together: fitted on texts that neither has learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from training import labels
from training.batches import ABSENT, flag_numbers, topic_numbers
from training.data import Example
from worker.blend import HEADS, LANGUAGE, Weights, head_of, spread
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
class Evidence:
    """What network and tables say of examples, logits of (examples, outputs), and what is true of them."""

    network: Any
    tables: Any
    truth: Any
    topics: Any
    flags: Any
    shares: Any

    def mixed(self, head: str, scale: Any, added: Any) -> Any:
        """The logits of one head, weighed together."""
        at = _PLACES[head]
        return self.network[:, at] * scale[0] + self.tables[:, at] * scale[1] + added

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

    def polarity_loss(self, mood: Any, scale: Any, added: Any) -> Any:
        """Cross entropy of the polarity where a topic is said; `mood` is the sentiment's final logits."""
        import torch

        row, topic = torch.where(self.topics > ABSENT)
        own = self.mixed("polarity", scale, torch.zeros(1)).reshape(len(mood), len(labels.TOPICS), -1)
        found = own[row, topic] + mood[row] * scale[2] + added
        return torch.nn.functional.cross_entropy(found, self.topics[row, topic] - 1)


def fit_weights(network: Any, tables: Any, examples: Sequence[Example], shares: Sequence[float]) -> Weights:
    """The weights under which the examples are likeliest.

    `network` and `tables` are logits of (examples, outputs); `shares` says what each example counts for the
    sentiment. Topics, polarities and flags are fitted on the examples that know them.
    """
    import torch

    held = Evidence(
        torch.tensor(network, dtype=torch.float32),
        torch.tensor(tables, dtype=torch.float32),
        torch.tensor([example.label for example in examples]),
        torch.tensor([topic_numbers(example) for example in examples]),
        torch.tensor([flag_numbers(example) for example in examples]),
        torch.tensor(shares, dtype=torch.float32),
    )
    found = {
        "sentiment": _fitted(held.sentiment_loss, len(labels.SENTIMENTS)),
        "topic": _fitted(partial(held.said_loss, "topic"), 1),
        "flag": _fitted(partial(held.said_loss, "flag"), 1),
    }
    mood = held.mixed("sentiment", *found["sentiment"])
    found["polarity"] = _fitted(partial(held.polarity_loss, mood), len(labels.POLARITIES), scales=3)
    scales = {head: [round(float(scale), 4) for scale in found[head][0]] for head in HEADS}
    return Weights(
        network={head: scales[head][0] for head in HEADS},
        tables={head: scales[head][1] for head in HEADS},
        added=_added({head: added.tolist() for head, (_, added) in found.items()}),
        mood=scales["polarity"][2],
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
                made[name] = values[list(labels.SENTIMENTS).index(last)]  # type: ignore[arg-type]
            case "polarity":
                made[name] = values[[it.name.lower() for it in labels.POLARITIES].index(last)]
            case _:
                made[name] = values[0]
    return made
