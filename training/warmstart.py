"""A bag of token vectors, trained for a minute: it finds the words that matter before attention begins."""

import random
import time
from collections.abc import Sequence
from typing import Any

from training.batches import Row, batches, tensors
from training.data import LABELS
from training.loss import weighted_loss
from training.model import MAX_LENGTH
from training.train import Stage


def bag_embeddings(rows: Sequence[Row], like: Any, stage: Stage) -> Any:
    """Token vectors, shaped and scaled `like` the table given, learnt by averaging into a linear layer."""
    import torch

    bag = torch.nn.EmbeddingBag(*like.shape, mode="mean", padding_idx=0)
    torch.nn.init.normal_(bag.weight, std=0.1)
    head = torch.nn.Linear(like.shape[1], len(LABELS))
    optimiser = torch.optim.AdamW([*bag.parameters(), *head.parameters()], lr=stage.rate, fused=True)
    pick, ends = random.Random(stage.seed), time.monotonic() + stage.seconds
    while time.monotonic() < ends:
        for batch in batches(rows, MAX_LENGTH, pick):
            ids, _, labels, given = tensors(batch)
            weighted_loss(head(bag(ids)), labels, given, stage.weights).backward()
            optimiser.step()
            optimiser.zero_grad()
            if time.monotonic() > ends:
                break
    learnt = bag.weight.detach()
    return learnt / learnt.std() * like.std()
