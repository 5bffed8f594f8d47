"""Warm-up: the encoder learns the languages by guessing hidden pieces."""

import random
import time
from collections.abc import Sequence
from typing import Any

from training.batches import Row, batches
from training.model import MAX_LENGTH
from training.train import new_optimiser, precision, rate_at

HIDDEN_SHARE = 0.3
_RANDOM_SHARE = 0.1
_KEPT_SHARE = 0.1
_REPORT_SECONDS = 120.0


def warm_up(model: Any, rows: Sequence[Row], *, seconds: float, rate: float, seed: int) -> None:
    """Train the encoder of a classification network in place, for so long."""
    import torch
    from transformers import ModernBertForMaskedLM

    guesser = ModernBertForMaskedLM(model.config)
    guesser.model = model.model
    guesser.tie_weights()
    optimiser, pick, began = new_optimiser(guesser), random.Random(seed), time.monotonic()
    torch.manual_seed(seed)
    reported, losses = began, []
    guesser.train()
    while (now := time.monotonic()) - began < seconds:
        for batch in batches(rows, MAX_LENGTH, pick):
            now = time.monotonic()
            if now - began >= seconds:
                break
            for group in optimiser.param_groups:
                group["lr"] = rate_at((now - began) / seconds, rate)
            losses.append(_step(guesser, optimiser, batch))
            if now - reported > _REPORT_SECONDS:
                reported = now
                print(
                    f"warm-up: {len(losses)} steps, loss {sum(losses[-200:]) / len(losses[-200:]):.2f}",
                    flush=True,
                )


def _step(guesser: Any, optimiser: Any, batch: Sequence[Row]) -> float:
    import torch

    ids, mask, wanted = hide(batch, guesser.config.vocab_size)
    at = wanted >= 0
    with precision():
        states = guesser.model(input_ids=ids, attention_mask=mask).last_hidden_state[at]
        guesses = guesser.decoder(guesser.head(states))
    loss = torch.nn.functional.cross_entropy(guesses.float(), wanted[at])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(guesser.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()
    return float(loss.detach())


def hide(batch: Sequence[Row], vocabulary: int, unknown: int = 1) -> tuple[Any, Any, Any]:
    """Token numbers with a share hidden, the mask, and what was hidden (-100 elsewhere).

    Of those hidden, four fifths show the unknown mark, a tenth another piece, a tenth themselves.
    """
    import torch

    width = max(len(row.tokens) for row in batch)
    ids = torch.tensor([row.tokens + (0,) * (width - len(row.tokens)) for row in batch])
    mask = (ids != 0).long()
    chance = torch.rand(ids.shape)
    chosen = (chance < HIDDEN_SHARE) & (ids > 3)
    wanted = torch.where(chosen, ids, -100)
    fate = torch.rand(ids.shape)
    shown = torch.where(fate < _RANDOM_SHARE, torch.randint(4, vocabulary, ids.shape), unknown)
    shown = torch.where(fate > 1 - _KEPT_SHARE, ids, shown)
    return torch.where(chosen, shown, ids), mask, wanted
