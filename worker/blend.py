"""How the network and the tables of word and letter sequences are weighed together into one row of logits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.classification.rules import Language
from worker.heads import ModelUnavailable, softmax
from worker.ngrams import FILE as TABLES
from worker.ngrams import Hashed, Table, read_tables
from worker.shop_reader import ABOUT, SHOP, ShopReader, shop_reader

FILE = "blend.json"
LANGUAGE, TONE = "language", "tone"
# What these tables say is not simply added to the model's outputs.
APART = (LANGUAGE, SHOP, ABOUT)
HEADS = ("sentiment", "topic", "polarity", "flag")
_SENTIMENTS, _POLARITIES = ("negative", "neutral", "positive"), ("blame", "mention", "praise")
# A negative comment praises nothing and a positive one blames nothing: by the rules of labelling, and in all
# but one of 500 written comments. A little is left for what is neither.
_SELDOM = 0.05
_GOES_WITH = ((1.0, _SELDOM, _SELDOM), (1.0, 1.0, 1.0), (_SELDOM, _SELDOM, 1.0))


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each head: what the network's and the tables' logits count, and what is added to which output.

    Tables have a head more, the tones: what a comment does at all, blame, mention or praise. The reading as
    of a shop has its own: `shop` of both, and `about` of tables.
    """

    network: Mapping[str, float]
    tables: Mapping[str, float]
    added: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blend:
    """The weights, laid out by output, and the tables, each with its shares of (outputs, its own outputs).

    `sentiments` has the place of each sentiment, `polarities` those of each topic's, of (topics, 3).
    """

    tables: Sequence[Table]
    shares: Sequence[Any]
    languages: Table | None
    shop: ShopReader | None
    network: Any
    added: Any
    sentiments: Any
    polarities: Any

    def blended(self, logits: Any, comments: Hashed) -> Any:
        """The final logits of comments, from those of the network: of (comments, outputs) both."""
        found = logits * self.network + self.added
        for table, share in zip(self.tables, self.shares, strict=True):
            found += table.score(comments) @ share.T
        if self.shop:
            found[:, self.sentiments] = self.shop.mixed(found[:, self.sentiments], logits, comments)
        found[:, self.polarities] = agreeing(found[:, self.sentiments], found[:, self.polarities])
        return found

    def spoken(self, comments: Hashed) -> list[Language | None]:
        """The likeliest language of each comment; ``None`` from a model that tells none."""
        if self.languages is None:
            return [None] * len(comments.counts)
        known = [Language(output.partition(":")[2]) for output in self.languages.outputs]
        return [known[best] for best in self.languages.score(comments).argmax(axis=1)]


def blend_of(outputs: Sequence[str], tables: Sequence[Table], weights: Weights) -> Blend:
    """The blend for outputs of these names; raises `ValueError` or `KeyError` for what does not fit."""
    import numpy as np

    place = {name: at for at, name in enumerate(outputs)}
    known = {head_of(table.outputs[0]): table for table in tables}
    tables = [table for head, table in known.items() if head not in APART]
    topics = [name.partition(":")[2] for name in outputs if head_of(name) == "topic"]
    polarities = [[place[f"polarity:{topic}:{it}"] for it in _POLARITIES] for topic in topics]
    return Blend(
        tables,
        [
            spread(outputs, table) * [weights.tables[head_of(own)] for own in table.outputs]
            for table in tables
        ],
        known.get(LANGUAGE),
        shop_reader(outputs, known, network=weights.network, counts=weights.tables, added=weights.added),
        np.array([0.0 if head_of(name) == SHOP else weights.network[head_of(name)] for name in outputs]),
        np.array([weights.added.get(name, 0.0) for name in outputs]),
        np.array([place[f"sentiment:{it}"] for it in _SENTIMENTS]),
        np.array(polarities, dtype=np.int64).reshape(-1, len(_POLARITIES)),
    )


def agreeing(sentiments: Any, polarities: Any) -> Any:
    """The logits of polarities, of (comments, topics, 3), once they know what a comment is as a whole.

    From those of its sentiments, of (comments, 3).

    P(polarity) = sum over sentiments of P(sentiment) P(polarity | sentiment), where the last is the own
    probability of the polarity times how well both go together, over its sum.
    """
    import numpy as np

    moods, own = softmax(sentiments), softmax(polarities)
    found = np.zeros_like(own)
    for mood, goes_with in zip(moods.T, np.array(_GOES_WITH), strict=True):
        joint = own * goes_with
        found += mood[:, np.newaxis, np.newaxis] * joint / joint.sum(axis=-1, keepdims=True)
    return np.log(np.maximum(found, 1e-9))


def spread(outputs: Sequence[str], table: Table) -> Any:
    """Which of the model's outputs each output of a table speaks for: 0 or 1, of (outputs, table's own).

    A tone speaks for the polarity of that name in every topic. Raises `ValueError` for what nobody knows.
    """
    import numpy as np

    found = np.array([[_speaks_for(own, name) for own in table.outputs] for name in outputs], dtype=float)
    if not found.any(axis=0).all():
        raise ValueError(f"a table speaks for outputs that are unknown: {', '.join(table.outputs)}")
    return found


def _speaks_for(own: str, name: str) -> bool:
    if head_of(own) == TONE:
        return head_of(name) == "polarity" and name.rsplit(":", 1)[1] == own.partition(":")[2]
    return own == name


def head_of(output: str) -> str:
    """The head that an output belongs to."""
    return output.partition(":")[0]


def read_blend(folder: Path, outputs: Sequence[str]) -> Blend | None:
    """The blend of a model; nothing in a folder without the file. Raises `ModelUnavailable`."""
    path = folder / FILE
    if not path.is_file():
        return None
    tables = read_tables(folder)
    if not tables:
        raise ModelUnavailable(f"{folder}: has no {TABLES} for its {FILE}")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return blend_of(outputs, list(tables.values()), Weights(**said))
    except (AttributeError, TypeError, ValueError, KeyError) as fault:
        raise ModelUnavailable(f"{path}: the weights cannot be used: {fault}") from fault


def write_weights(folder: Path, weights: Weights) -> None:
    """Put the weights beside the model."""
    said = {
        "network": dict(weights.network),
        "tables": dict(weights.tables),
        "added": {name: round(value, 4) for name, value in weights.added.items()},
    }
    (folder / FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
