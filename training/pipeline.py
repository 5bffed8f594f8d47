"""The whole way in order: three stages of training, export, figures."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.augment import in_latin_letters, praise_and_blame
from training.batches import Row, tokenise
from training.card import write_figures
from training.data import (
    OWN_COPIES,
    SERVICE_COPIES,
    Example,
    class_weights,
    goods_and_public,
    read_examples,
    read_optional,
    read_split,
)
from training.evaluate import agreement, measure_folder
from training.export import export_model, full_folder
from training.model import MAX_LENGTH, new_model, token_embeddings
from training.phrases import read_phrases, store_examples
from training.tokenizer import save_tokenizer, train_tokenizer
from training.train import Stage, run_stage
from training.warmstart import bag_embeddings

_BAG_SHARE = 0.03
_BAG_RATE = 3e-3
_FIRST_SHARE = 0.54
_FIRST_RATE = 7e-4
_CHECKED_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A later stage: its share of the time, its rate, the share of the first stage's examples it keeps."""

    name: str
    share: float
    rate: float
    kept: float


TURNS = (Turn("second", 0.29, 5e-4, 0.5), Turn("third", 0.14, 3e-4, 0.15))


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command was asked for."""

    data: Path
    out: Path
    work: Path
    own: Path | None
    seed: int
    minutes: float
    threads: int
    skip_first: bool


def first_examples(plan: Plan) -> list[Example]:
    """Goods, service and public texts, with the made ones."""
    found = goods_and_public(plan.data)
    return found + in_latin_letters(found, 0.05, plan.seed) + praise_and_blame(found, 4_000, plan.seed)


def checks_of(plan: Plan) -> list[Example]:
    """A fixed sample of the validation split, small enough to look at often."""
    found = read_split(plan.data, "validation")
    return random.Random(0).sample(found, min(_CHECKED_ROWS, len(found)))


def first_stage(plan: Plan) -> tuple[Any, Any]:
    """Tokenizer and network after the long stage; both are also kept in the working folder."""
    examples = first_examples(plan)
    tokenizer = train_tokenizer(example.text for example in examples)
    save_tokenizer(tokenizer, plan.work, MAX_LENGTH)
    model, rows = new_model(tokenizer.get_vocab_size()), tokenise(tokenizer, examples)
    weights = class_weights(examples)
    seconds = plan.minutes * 60
    warm_start(model, rows, Stage("bag", seconds * _BAG_SHARE, _BAG_RATE, weights, plan.seed))
    stage = Stage("first", seconds * _FIRST_SHARE, _FIRST_RATE, weights, plan.seed)
    run_stage(model, rows, tokenise(tokenizer, checks_of(plan)), stage)
    keep_weights(model, plan, "first")
    return tokenizer, model


def warm_start(model: Any, rows: Sequence[Row], stage: Stage) -> None:
    """Fill the network's token vectors with those of the bag."""
    import torch

    table = token_embeddings(model).weight
    found = bag_embeddings(rows, table.detach().clone(), stage)
    with torch.no_grad():
        table.copy_(found)
        table[0].zero_()


def kept_first_stage(plan: Plan) -> tuple[Any, Any]:
    """Tokenizer and network of an earlier run's first stage, which must be in the working folder."""
    import torch
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(plan.work / "tokenizer.json"))
    model = new_model(tokenizer.get_vocab_size())
    model.load_state_dict(torch.load(plan.work / "first.pt"))
    return tokenizer, model


def later_examples(plan: Plan, turn: Turn) -> list[Example]:
    """Store comments, service stories and the organisation's own rows, with goods lest they be forgotten."""
    goods = first_examples(plan)
    kept = random.Random(plan.seed).sample(goods, int(len(goods) * turn.kept))
    service = read_optional(plan.data, "service_shops_mt") * SERVICE_COPIES
    own = read_examples(plan.own) * OWN_COPIES if plan.own else []
    return kept + service + store_examples(read_phrases(), plan.seed) + own


def later_stage(model: Any, tokenizer: Any, plan: Plan, turn: Turn) -> None:
    """A stage that turns a reader of goods reviews into a reader of store comments."""
    examples = later_examples(plan, turn)
    stage = Stage(turn.name, plan.minutes * 60 * turn.share, turn.rate, class_weights(examples), plan.seed)
    run_stage(model, tokenise(tokenizer, examples), tokenise(tokenizer, checks_of(plan)), stage)
    keep_weights(model, plan, turn.name)


def keep_weights(model: Any, plan: Plan, name: str) -> None:
    """Keep the weights after a stage in the working folder."""
    import torch

    torch.save(model.state_dict(), plan.work / f"{name}.pt")


def run(plan: Plan) -> None:
    """Train, export, measure with the worker's own classifier, and put the figures into the card."""
    import torch

    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    plan.work.mkdir(parents=True, exist_ok=True)
    tokenizer, model = kept_first_stage(plan) if plan.skip_first else first_stage(plan)
    for turn in TURNS:
        later_stage(model, tokenizer, plan, turn)
    export_model(model, plan.work, plan.out)
    write_figures(measure_folder(plan.out, plan.data), plan.out)
    texts = [example.text for example in checks_of(plan)]
    print(f"int8 agrees with full precision: {agreement(full_folder(plan.work), plan.out, texts):.2%}")
