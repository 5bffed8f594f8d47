"""Token rows and batches of like length: padding is the dearest part of training on a processor."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from training.data import Example

TOKENS_PER_BATCH = 4_096
ROWS_PER_BATCH = 128
_POOL = 4_096


@dataclass(frozen=True, slots=True)
class Row:
    """An example as token numbers, uncut: each epoch takes its own window of a long one."""

    tokens: tuple[int, ...]
    label: int
    weight: float


def tokenise(tokenizer: Any, examples: Sequence[Example]) -> list[Row]:
    """The rows of the examples, in order."""
    encoded = tokenizer.encode_batch([example.text for example in examples])
    pairs = zip(encoded, examples, strict=True)
    return [Row(tuple(found.ids), example.label, example.weight) for found, example in pairs]


def window(tokens: tuple[int, ...], limit: int, pick: random.Random) -> tuple[int, ...]:
    """At most `limit` tokens: the beginning, the end or any stretch between, always after the start mark."""
    if len(tokens) <= limit:
        return tokens
    last = len(tokens) - limit
    start = pick.choice((0, last, pick.randint(0, last)))
    return tokens if limit >= len(tokens) else tokens[:1] + tokens[start + 1 : start + limit]


def batches(rows: Sequence[Row], limit: int, pick: random.Random) -> Iterator[list[Row]]:
    """One epoch of shuffled batches: sorted by length inside pools, cut by tokens, then shuffled again."""
    cut = [Row(window(row.tokens, limit, pick), row.label, row.weight) for row in rows]
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


def tensors(batch: Sequence[Row], pad: int = 0) -> tuple[Any, Any, Any, Any]:
    """Token numbers, mask, labels and weights of a batch, padded to its longest row."""
    import torch

    width = max(len(row.tokens) for row in batch)
    ids = torch.tensor([row.tokens + (pad,) * (width - len(row.tokens)) for row in batch])
    mask = torch.tensor([[1] * len(row.tokens) + [0] * (width - len(row.tokens)) for row in batch])
    labels = torch.tensor([row.label for row in batch])
    return ids, mask, labels, torch.tensor([row.weight for row in batch])
