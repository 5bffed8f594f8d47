"""The loss of all stages: rare sentiments count more, no answer is quite certain.

Every row counts alike, whatever is known of it, and what is unknown is free: a few rows that know topics must
not outweigh a batch of reviews.
"""

from collections.abc import Sequence
from typing import Any

from training import labels
from training.batches import ABSENT, Batch
from training.data import UNKNOWN

SMOOTHING = 0.05
# A topic or a flag is said in one comment of twenty: missing one costs as much as two false alarms.
SAID_COUNTS = 2.0
# A row has twenty topics or flags: their plain mean would hardly be heard beside its sentiment.
LABELS_COUNT = 4.0


def loss_of(logits: Any, batch: Batch, weights: Sequence[float], label_share: float = 1.0) -> Any:
    """The losses of sentiment, topics, their polarities and flags, summed.

    `label_share` is what topics and flags count.
    """
    parts = labels.split(logits.float())
    total = sentiment_loss(asked(parts, batch.of_shop), batch.label, batch.weight, weights)
    total = total + label_share * _said_loss(parts.topics, batch.topics, batch.weight)
    total = total + _polarity_loss(parts.polarities, batch.topics, batch.weight)
    return total + label_share * _said_loss(parts.flags, batch.flags, batch.weight)


def asked(parts: labels.Parts, of_shop: Any) -> Any:
    """The sentiments of each row, of (rows, 3), as it is to be read: as of goods or as of a shop."""
    import torch

    return torch.where(of_shop[:, None], parts.shop, parts.sentiment)


def sentiment_loss(logits: Any, wanted: Any, given: Any, weights: Sequence[float]) -> Any:
    """Cross entropy with label smoothing, averaged by label weight times example weight."""
    import torch

    known = wanted != UNKNOWN
    if not known.any():
        return logits.sum() * 0.0
    measure = torch.nn.CrossEntropyLoss(reduction="none", label_smoothing=SMOOTHING)
    share = torch.tensor(weights)[wanted[known]] * given[known]
    return (measure(logits[known], wanted[known]) * share).sum() / share.sum()


def _said_loss(logits: Any, wanted: Any, given: Any) -> Any:
    """Binary cross entropy of what is said or not, averaged over all rows and labels."""
    import torch

    said = (wanted != ABSENT).float()
    counts = torch.tensor(SAID_COUNTS)
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, said, reduction="none", pos_weight=counts
    )
    share = (wanted != UNKNOWN) * given[:, None]
    return LABELS_COUNT * (each * share).sum() / (given.sum() * logits.shape[1])


def _polarity_loss(logits: Any, wanted: Any, given: Any) -> Any:
    """Cross entropy of the polarity, summed over the topics that a row says, averaged over all rows."""
    import torch

    row, topic = torch.where(wanted > ABSENT)
    if not len(row):
        return logits.sum() * 0.0
    each = torch.nn.functional.cross_entropy(logits[row, topic], wanted[row, topic] - 1, reduction="none")
    return (each * given[row]).sum() / given.sum()
