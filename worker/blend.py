"""How the network and the tables of word and letter sequences are weighed together into one row of logits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.classification.rules import Language
from worker.heads import ModelUnavailable
from worker.ngrams import FILE as TABLES
from worker.ngrams import Table, read_tables

FILE = "blend.json"
LANGUAGE, TONE = "language", "tone"
HEADS = ("sentiment", "topic", "polarity", "flag")
# The polarity of a topic leans the way the comment as a whole does.
_MOODS = {"blame": "sentiment:negative", "mention": "sentiment:neutral", "praise": "sentiment:positive"}


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each head: what the network's and the tables' logits count, and what is added to which output.

    `mood` is what the sentiment counts in the polarity of a topic. The tables' share in polarity is that of
    the table of tones, which tells what a comment does at all: blame, mention, praise.
    """

    network: Mapping[str, float]
    tables: Mapping[str, float]
    added: Mapping[str, float] = field(default_factory=dict)
    mood: float = 0.0


@dataclass(frozen=True, slots=True)
class Blend:
    """The weights, laid out by output, and the tables, each with its shares of (outputs, its own outputs)."""

    tables: Sequence[Table]
    shares: Sequence[Any]
    languages: Table | None
    network: Any
    added: Any
    moods: Any

    def blended(self, logits: Any, hashes: Any) -> Any:
        """The final logits of one text, from those of the network and the text's hashes."""
        found = logits * self.network + self.added
        for table, share in zip(self.tables, self.shares, strict=True):
            found += share @ table.score(hashes)
        return found + self.moods @ found

    def language(self, hashes: Any) -> Language | None:
        """The likeliest language of a text by its hashes; ``None`` from a model that tells none."""
        if self.languages is None:
            return None
        best = int(self.languages.score(hashes).argmax())
        return Language(self.languages.outputs[best].partition(":")[2])


def blend_of(outputs: Sequence[str], tables: Sequence[Table], weights: Weights) -> Blend:
    """The blend for outputs of these names; raises `ValueError` or `KeyError` for what does not fit."""
    import numpy as np

    place = {name: at for at, name in enumerate(outputs)}
    heads = np.array([weights.tables[head_of(name)] for name in outputs])
    known = {head_of(table.outputs[0]): table for table in tables}
    tables = [table for head, table in known.items() if head != LANGUAGE]
    moods = np.zeros((len(outputs), len(outputs)))
    for name, at in place.items():
        if name.startswith("polarity:"):
            moods[at, place[_MOODS[name.rsplit(":", 1)[1]]]] = weights.mood
    return Blend(
        tables,
        [heads[:, None] * spread(outputs, table) for table in tables],
        known.get(LANGUAGE),
        np.array([weights.network[head_of(name)] for name in outputs]),
        np.array([weights.added.get(name, 0.0) for name in outputs]),
        moods,
    )


def spread(outputs: Sequence[str], table: Table) -> Any:
    """Which of the model's outputs each output of a table speaks for: 0 or 1, of (outputs, table's outputs).

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
        "mood": weights.mood,
    }
    (folder / FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
