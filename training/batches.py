"""Token rows and batches of like length: padding is the dearest part of training on a processor."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from training import labels
from training.data import UNKNOWN, Example

TOKENS_PER_BATCH = 4_096
ROWS_PER_BATCH = 128
ABSENT = 0  # of a topic; the polarities count from 1
_POOL = 4_096


@dataclass(frozen=True, slots=True)
class Row:
    """An example as token numbers, uncut: each epoch takes its own window of a long one.

    `of_shop` says of which reading of sentiment the label is. `topics` has a number for each topic (`ABSENT`,
    or 1 + the place of its polarity, or `UNKNOWN`), `flags` 0 or 1 or `UNKNOWN` for each flag.
    """

    tokens: tuple[int, ...]
    label: int
    weight: float = 1.0
    of_shop: bool = False
    topics: tuple[int, ...] = (UNKNOWN,) * len(labels.TOPICS)
    flags: tuple[int, ...] = (UNKNOWN,) * len(labels.FLAGS)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as tensors, padded to its longest row; numbers mean what they mean in a `Row`."""

    ids: Any
    mask: Any
    label: Any
    weight: Any
    of_shop: Any
    topics: Any
    flags: Any


def tokenise(tokenizer: Any, examples: Sequence[Example]) -> list[Row]:
    """The rows of the examples, in order."""
    encoded = tokenizer.encode_batch([example.text for example in examples])
    return [_row(tuple(found.ids), example) for found, example in zip(encoded, examples, strict=True)]


def topic_numbers(example: Example) -> tuple[int, ...]:
    """What is known of each topic, as a `Row` holds it."""
    if example.topics is None:
        return (UNKNOWN,) * len(labels.TOPICS)
    places = {topic: 1 + labels.POLARITIES.index(polarity) for topic, polarity in example.topics.items()}
    return tuple(places.get(topic, ABSENT) for topic in labels.TOPICS)


def flag_numbers(example: Example) -> tuple[int, ...]:
    """What is known of each flag, as a `Row` holds it."""
    if example.flags is None:
        return tuple(0 if flag in example.unsaid else UNKNOWN for flag in labels.FLAGS)
    return tuple(int(flag in example.flags) for flag in labels.FLAGS)


def _row(tokens: tuple[int, ...], example: Example) -> Row:
    said = topic_numbers(example), flag_numbers(example)
    return Row(tokens, example.label, example.weight, example.of_shop, *said)


def window(tokens: tuple[int, ...], limit: int, pick: random.Random) -> tuple[int, ...]:
    """At most `limit` tokens: the beginning, the end or any stretch between, always after the start mark."""
    if len(tokens) <= limit:
        return tokens
    last = len(tokens) - limit
    start = pick.choice((0, last, pick.randint(0, last)))
    return tokens[:1] + tokens[start + 1 : start + limit]


def batches(rows: Sequence[Row], limit: int, pick: random.Random) -> Iterator[list[Row]]:
    """One epoch of shuffled batches: sorted by length inside pools, cut by tokens, then shuffled again."""
    cut = [replace(row, tokens=window(row.tokens, limit, pick)) for row in rows]
    pick.shuffle(cut)
    made: list[list[Row]] = []
    for at in range(0, len(cut), _POOL):
        made.extend(_of_like_length(sorted(cut[at : at + _POOL], key=lambda row: len(row.tokens))))
    pick.shuffle(made)
    yield from made


def _of_like_length(ordered: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows sorted by length, cut where a padded batch would pass the limits."""
    batch: list[Row] = []
    for row in ordered:
        if batch and (len(batch) == ROWS_PER_BATCH or (len(batch) + 1) * len(row.tokens) > TOKENS_PER_BATCH):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def tensors(batch: Sequence[Row], pad: int = 0) -> Batch:
    """The batch as tensors."""
    import torch

    width = max(len(row.tokens) for row in batch)
    return Batch(
        ids=torch.tensor([row.tokens + (pad,) * (width - len(row.tokens)) for row in batch]),
        mask=torch.tensor([[1] * len(row.tokens) + [0] * (width - len(row.tokens)) for row in batch]),
        label=torch.tensor([row.label for row in batch]),
        weight=torch.tensor([row.weight for row in batch]),
        of_shop=torch.tensor([row.of_shop for row in batch]),
        topics=torch.tensor([row.topics for row in batch]),
        flags=torch.tensor([row.flags for row in batch]),
    )
