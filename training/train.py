"""The training loop. Its schedule follows the clock: a slow machine also ends well, only with less."""

import math
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from training.batches import Row, batches, tensors
from training.labels import split
from training.loss import asked, loss_of
from training.measure import macro_f1
from training.model import MAX_LENGTH

_WARM_UP = 0.03
_CHECK_SECONDS = 120.0
# Words that are hidden from a step, lest the network learn comments by heart.
_HIDDEN_SHARE = 0.1
_FIRST_PIECE, _UNKNOWN_PIECE = 4, 1  # the marks before the first piece are never hidden


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training: how long, how fast, and with which weight for each label."""

    name: str
    seconds: float
    rate: float
    weights: Sequence[float]
    seed: int
    label_share: float = 1.0


def rate_at(progress: float, peak: float) -> float:
    """The learning rate at a share of the stage: a short climb, then half a cosine down to almost nothing."""
    if progress < _WARM_UP:
        return peak * progress / _WARM_UP
    done = min(1.0, (progress - _WARM_UP) / (1 - _WARM_UP))
    return peak * max(0.01, 0.5 * (1 + math.cos(math.pi * done)))


def endless(rows: Sequence[Row], seed: int) -> Iterator[list[Row]]:
    """Batches of one epoch after another."""
    pick = random.Random(seed)
    while True:
        yield from batches(rows, MAX_LENGTH, pick)


def new_optimiser(model: Any) -> Any:
    """AdamW; vectors and norms are not decayed."""
    import torch

    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def run_stage(model: Any, rows: Sequence[Row], checks: Sequence[Row], stage: Stage) -> int:
    """Train in place until the stage's time is up; returns the number of steps."""
    optimiser, began = new_optimiser(model), time.monotonic()
    checked, seen, steps = began, 0, 0
    for batch in endless(rows, stage.seed):
        now = time.monotonic()
        if now - began >= stage.seconds:
            break
        if now - checked > _CHECK_SECONDS:
            checked = now
            report(stage.name, seen / len(rows), score_of(model, checks))
        rate = rate_at((now - began) / stage.seconds, stage.rate)
        step(model, optimiser, batch, stage, rate=rate)
        seen, steps = seen + len(batch), steps + 1
    report(stage.name, seen / len(rows), score_of(model, checks))
    return steps


def report(stage: str, epochs: float, score: float) -> None:
    """One line for whoever waits."""
    print(f"{stage}: epoch {epochs:.2f}, validation macro-F1 {score:.3f}", flush=True)


def precision() -> Any:
    """Half precision where the processor has it: there it pays off, elsewhere it takes far longer."""
    import torch

    if torch.cpu.get_capabilities().get("avx512_bf16"):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def partly_hidden(ids: Any) -> Any:
    """Token numbers with a tenth of the words hidden."""
    import torch

    chosen = (torch.rand(ids.shape) < _HIDDEN_SHARE) & (ids >= _FIRST_PIECE)
    return torch.where(chosen, _UNKNOWN_PIECE, ids)


def step(model: Any, optimiser: Any, batch: Sequence[Row], stage: Stage, *, rate: float) -> None:
    """One update."""
    import torch

    model.train()
    for group in optimiser.param_groups:
        group["lr"] = rate
    found = tensors(batch)
    with precision():
        logits = model(input_ids=partly_hidden(found.ids), attention_mask=found.mask).logits
    loss = loss_of(logits, found, stage.weights, stage.label_share)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()


def score_of(model: Any, rows: Sequence[Row]) -> float:
    """Macro-F1 on rows, by the network as it stands."""
    import torch

    model.eval()
    truth: list[int] = []
    said: list[int] = []
    for batch in batches(rows, MAX_LENGTH, random.Random(0)):
        found = tensors(batch)
        with torch.no_grad(), precision():
            logits = model(input_ids=found.ids, attention_mask=found.mask).logits
        truth.extend(found.label.tolist())
        said.extend(asked(split(logits), found.of_shop).argmax(-1).tolist())
    return macro_f1(truth, said)
