"""What the network and the tables count together: fitted on texts that neither has learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from app.classification.rules import Polarity, Sentiment
from training import labels
from training.batches import ABSENT, flag_numbers, topic_numbers
from training.data import Example, weights_within
from worker.blend import APART, HEADS, TONE, Weights, head_of, spread
from worker.classifier import batches_of, load_classifier
from worker.ngrams import Hashed, Table, hashed
from worker.shop_reader import ABOUT, ABOUT_OUTPUT, OUTPUTS, SHOP

_STEPS = 500
# By plain likelihood the weights suit the common sentiments, and too few of the rare are found: these count a
# little more, by the fourth root of their rarity in texts of the same reading and language.
_RARER = 0.25
_PULL = 1e-5  # towards nought, so that what no example tells stays where it is
_PLACES = {head: [at for at, name in enumerate(labels.names()) if head_of(name) == head] for head in HEADS}


def in_batches(texts: Sequence[str]) -> list[Hashed]:
    """The sequences of texts, a batch at a time."""
    return [hashed(batch) for batch in batches_of(texts)]


def scores_of(table: Table, batches: Sequence[Hashed]) -> Any:
    """What one table says of each text: an array of (texts, its outputs)."""
    import numpy as np

    return np.concatenate([table.score(batch) for batch in batches])


def table_logits(batches: Sequence[Hashed], tables: Mapping[str, Table]) -> Any:
    """What the tables say of each text: an array of (texts, outputs), nought where no table speaks."""
    import numpy as np

    found = np.zeros((sum(len(batch.counts) for batch in batches), labels.OUTPUTS))
    for table in tables.values():
        if head_of(table.outputs[0]) not in APART:
            found += scores_of(table, batches) @ spread(labels.names(), table).T
    return found


def network_logits(model: Path, texts: Sequence[str]) -> Any:
    """What the network of a model folder says of each text, alone: an array of (texts, outputs)."""
    import numpy as np

    classifier = load_classifier(model)
    rows = [row for batch in batches_of(texts) for row in classifier.logits(batch)]
    return np.array([np.zeros(labels.OUTPUTS) if row is None else row for row in rows])


def own_scores(batches: Sequence[Hashed], tables: Mapping[str, Table], head: str, outputs: int) -> Any:
    """What the table of one head says of each text, of (texts, outputs); nought without that table."""
    import numpy as np

    table = next((it for it in tables.values() if head_of(it.outputs[0]) == head), None)
    if table is None:
        return np.zeros((sum(len(batch.counts) for batch in batches), outputs))
    return scores_of(table, batches)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of texts.

    By the network, the tables and those of tones, of (texts, outputs) each; by the table of sentiment as of a
    shop, of (texts, sentiments); by that of what a text is about, of (texts, 1).
    """

    network: Any
    tables: Any
    tones: Any
    shop: Any
    about: Any

    def weighed(self, network: float, linear: float) -> "Said":
        """The same with the network, or all tables but what a text is about, louder or silent."""
        return Said(
            self.network * network, self.tables * linear, self.tones * linear, self.shop * linear, self.about
        )


def said_of(model: Path, texts: Sequence[str], tables: Mapping[str, Table]) -> Said:
    """By the network of a model folder and by tables."""
    tones = {name: table for name, table in tables.items() if head_of(table.outputs[0]) == TONE}
    others = {name: table for name, table in tables.items() if name not in tones}
    batches = in_batches(texts)
    return Said(
        network_logits(model, texts),
        table_logits(batches, others),
        table_logits(batches, tones),
        own_scores(batches, tables, SHOP, len(labels.SENTIMENTS)),
        own_scores(batches, tables, ABOUT, 1),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of examples, what is true of them, and what the sentiment of each counts."""

    said: Said
    truth: Any
    counts: Any
    topics: Any
    flags: Any

    def mixed(self, head: str, scale: Any, added: Any) -> Any:
        """The logits of one head, weighed together."""
        at = _PLACES[head]
        return self.said.network[:, at] * scale[0] + self.said.tables[:, at] * scale[1] + added

    def sentiment_loss(self, scale: Any, added: Any) -> Any:
        """Cross entropy of the two readings' mixture, as `worker.shop_reader` makes it.

        `scale` has what network and tables count as of goods, as of a shop, and what `about` counts; `added`
        the additions to both readings, and that to `about`.
        """
        import torch

        wide, logsoftmax = len(labels.SENTIMENTS), torch.nn.functional.log_softmax
        goods = logsoftmax(self.mixed("sentiment", scale, added[:wide]), dim=1)
        network = self.said.network[:, labels.AT_SHOP :]
        shop = logsoftmax(network * scale[2] + self.said.shop * scale[3] + added[wide : 2 * wide], dim=1)
        about = self.said.about * scale[4] + added[2 * wide]
        sure = torch.nn.functional.logsigmoid
        mixed = torch.logaddexp(sure(-about) + goods, sure(about) + shop)
        return (torch.nn.functional.nll_loss(mixed, self.truth, reduction="none") * self.counts).mean()

    def said_loss(self, head: str, scale: Any, added: Any) -> Any:
        """Binary cross entropy of topics or flags, over the examples that know them."""
        import torch

        wanted = self.topics if head == "topic" else self.flags
        known = wanted[:, 0] >= ABSENT
        measure = torch.nn.functional.binary_cross_entropy_with_logits
        return measure(self.mixed(head, scale, added)[known], (wanted[known] > ABSENT).double())

    def polarity_loss(self, scale: Any, added: Any) -> Any:
        """Cross entropy of the polarity where a topic is said."""
        import torch

        row, topic = torch.where(self.topics > ABSENT)
        tones = self.said.tones[:, _PLACES["polarity"]] * scale[2]
        found = (self.mixed("polarity", scale, 0.0) + tones).reshape(len(tones), len(labels.TOPICS), -1)
        return torch.nn.functional.cross_entropy(found[row, topic] + added, self.topics[row, topic] - 1)


def fit_weights(said: Said, examples: Sequence[Example]) -> Weights:
    """The weights under which the examples are likeliest.

    Topics, polarities and flags are fitted on the examples that know them.
    """
    import torch

    parts = (said.network, said.tables, said.tones, said.shop, said.about)
    held = Evidence(
        Said(*(torch.tensor(part, dtype=torch.float64) for part in parts)),
        torch.tensor([example.label for example in examples]),
        torch.tensor(weights_within(examples, attrgetter("of_shop", "lang"), _RARER), dtype=torch.float64),
        torch.tensor([topic_numbers(example) for example in examples]),
        torch.tensor([flag_numbers(example) for example in examples]),
    )
    wide = len(labels.SENTIMENTS)
    mood = _fitted(held.sentiment_loss, 2 * wide + 1, scales=5)
    found = {
        "sentiment": mood,
        "topic": _fitted(partial(held.said_loss, "topic"), 1),
        "polarity": _fitted(held.polarity_loss, len(labels.POLARITIES), scales=3),
        "flag": _fitted(partial(held.said_loss, "flag"), 1),
    }
    scales = {head: [round(float(scale), 4) for scale in found[head][0]] for head in HEADS}
    own, added = scales["sentiment"], mood[1].tolist()
    return Weights(
        network={head: scales[head][0] for head in HEADS} | {SHOP: own[2]},
        tables={head: scales[head][1] for head in HEADS}
        | {TONE: scales["polarity"][2], SHOP: own[3], ABOUT: own[4]},
        added=_added({head: values.tolist() for head, (_, values) in found.items()})
        | dict(zip(OUTPUTS, added[wide : 2 * wide], strict=True))
        | {ABOUT_OUTPUT: added[2 * wide]},
    )


def _fitted(loss: Callable[[Any, Any], Any], outputs: int, scales: int = 2) -> tuple[Any, Any]:
    """The scales and the additions (of one output or all alike) that make a loss the least."""
    import torch

    scale = torch.ones(scales, dtype=torch.float64, requires_grad=True)
    added = torch.zeros(outputs, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale, added], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimiser.zero_grad()
        found = loss(scale, added) + _PULL * (scale.square().sum() + added.square().sum())
        found.backward()
        return found

    optimiser.step(closure)
    return scale.detach(), added.detach()


def _added(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Additions by output: one for each sentiment and polarity, one for all topics, one for all flags."""
    made: dict[str, float] = {}
    for name in labels.names()[: labels.AT_SHOP]:
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
