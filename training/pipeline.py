"""The whole way in order: tokenizer, warm-up, reviews, comments about shops, export, figures.

Each stage leaves its result in the working folder; the same command takes up after the last stage that ended.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.classification.model_card import Score
from training.augment import in_latin_letters, praise_and_blame
from training.batches import Row, tokenise, window
from training.blending import fit_weights, said_of
from training.calibrate import tuned_thresholds
from training.card import write_figures
from training.data import Example, class_weights
from training.evaluate import HELD, cost_of_int8, measure_examples, measure_folder
from training.export import Tokens, export_model, full_folder
from training.linear import fit_tables, fit_written_tables
from training.model import MAX_LENGTH, new_model
from training.service import service_examples, without_critical, written_examples
from training.shipped import network_of, take_tokenizer
from training.texts import Texts, read_texts
from training.tokenizer import save_tokenizer, train_tokenizer
from training.train import Stage, run_stage
from training.warmup import warm_up
from worker.blend import Weights, write_weights
from worker.ngrams import FILE as TABLES
from worker.ngrams import Table, read_tables, write_tables
from worker.thresholds import write_thresholds

_SHARES = {"warm-up": 0.05, "reviews": 0.75, "service": 0.20}
_WARM_RATE, _FIRST_RATE, _AGAIN_RATE, _SERVICE_RATE = 1e-3, 7e-4, 5e-4, 1.5e-4
_LONG_COPIES, _STORY_COPIES = 2, 3
_CHECKED_ROWS = 2_000
_TYPICAL = 500
_LATIN_SHARE, _WRITTEN_LATIN_SHARE, _JOINED = 0.05, 0.15, 4_000
KEPT_BEFORE_SERVICE = (
    "tokenizer.json",
    "tokenizer_config.json",
    "warm-up.pt",
    "reviews.pt",
    TABLES,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command was asked for.

    `start` is a model folder whose network to go on from: it has only the last stage before it, or, with
    `again`, the last two, and all the minutes are for those. Only with one can `data` be left out.
    """

    data: Path | None
    out: Path
    work: Path
    own: Path | None
    start: Path | None
    seed: int
    minutes: float
    threads: int
    again: bool = False

    @property
    def stages(self) -> tuple[str, ...]:
        """What there is to do: a network that has learnt goes on with the last of it."""
        if not self.start:
            return tuple(_SHARES)
        return ("reviews", "service") if self.again else ("service",)

    def seconds(self, stage: str) -> float:
        """A stage's share of the time."""
        return self.minutes * 60 * _SHARES[stage] / sum(_SHARES[it] for it in self.stages)


def run(plan: Plan) -> None:
    """Train, export, tune thresholds, measure with the worker's own classifier, and fill the card."""
    plan.work.mkdir(parents=True, exist_ok=True)
    texts = read_texts(plan.data, plan.own)
    model = trained(plan, texts)
    export_model(model, plan.work, plan.out, _typical(_tokenizer(plan, texts), texts))
    tables = _tables(plan, texts)
    weights = _weights(plan, tables, texts)
    for folder in (plan.out, full_folder(plan.work)):
        write_tables(folder, tables)
        write_weights(folder, weights)
    write_thresholds(plan.out, tuned_thresholds(plan.out, texts.held))
    write_figures(_figures(plan, texts), plan.out)


def trained(plan: Plan, texts: Texts) -> Any:
    """The network after all of its stages."""
    import torch

    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    tokenizer = _tokenizer(plan, texts)
    model = network_of(plan.start) if plan.start else new_model(tokenizer.get_vocab_size())
    stages = {"warm-up": _warm_up, "reviews": _reviews, "service": _service}
    for name in plan.stages:
        _once(plan.work / f"{name}.pt", model, partial(stages[name], plan, tokenizer, model, texts))
    return model


def _once(kept: Path, model: Any, stage: Callable[[], object]) -> None:
    """Run a stage and keep its weights, unless an earlier run has kept them."""
    import torch

    if not kept.exists():
        stage()
        unfinished = kept.with_suffix(".part")
        torch.save(model.state_dict(), unfinished)
        unfinished.rename(kept)
    model.load_state_dict(torch.load(kept))


def _tokenizer(plan: Plan, texts: Texts) -> Any:
    from tokenizers import Tokenizer

    kept = plan.work / "tokenizer.json"
    if plan.start:
        take_tokenizer(plan.start, plan.work)
    elif not kept.exists():
        save_tokenizer(train_tokenizer(texts.every), plan.work, MAX_LENGTH)
    return Tokenizer.from_file(str(kept))


def _typical(tokenizer: Any, texts: Texts) -> list[Tokens]:
    """Windows of texts that the network learnt from: comments about shops, as many reviews if there are."""
    pick = random.Random(0)
    kinds = ([*texts.written, *texts.own], texts.reviews)
    some = [it for kind in kinds for it in pick.sample(kind, min(_TYPICAL, len(kind)))]
    return [window(row.tokens, MAX_LENGTH, pick) for row in tokenise(tokenizer, some)]


def _warm_up(plan: Plan, tokenizer: Any, model: Any, texts: Texts) -> None:
    guess_pieces(model, every_row(tokenizer, texts), plan.seconds("warm-up"), plan.seed)


def every_row(tokenizer: Any, texts: Texts) -> list[Row]:
    """Every text there is to learn a language from."""
    return tokenise(tokenizer, [Example(text, 0) for text in texts.every])


def guess_pieces(model: Any, rows: Sequence[Row], seconds: float, seed: int) -> None:
    """Let the encoder guess hidden pieces of texts for so long."""
    warm_up(model, rows, seconds=seconds, rate=_WARM_RATE, seed=seed)


def _reviews(plan: Plan, tokenizer: Any, model: Any, texts: Texts) -> None:
    """The long stage: topics and flags are in it from the start, or they find no place in the network."""
    examples = long_examples(texts, plan.seed)
    stage = long_stage(examples, plan.seconds("reviews"), plan.seed, again=plan.again)
    run_stage(model, tokenise(tokenizer, examples), tokenise(tokenizer, _checks(texts)), stage)


def long_examples(texts: Texts, seed: int, *, made: bool = True) -> list[Example]:
    """What the long stage learns from; with or without examples that are made from others."""
    found = without_critical([*texts.reviews, *texts.public, *[*texts.stories] * _STORY_COPIES])
    written = written_examples(texts.written, seed, copies=_LONG_COPIES)
    if not made:
        return [*found, *written]
    latin = in_latin_letters(found, _LATIN_SHARE, seed)
    return [*found, *latin, *praise_and_blame(found, _JOINED, seed), *written]


def long_stage(examples: Sequence[Example], seconds: float, seed: int, *, again: bool = False) -> Stage:
    """The stage in which the network learns all that it is for; more slowly where it has learnt before."""
    rate = _AGAIN_RATE if again else _FIRST_RATE
    return Stage("reviews", seconds, rate, class_weights(examples), seed)


def _service(plan: Plan, tokenizer: Any, model: Any, texts: Texts) -> None:
    examples = service_examples(
        texts.written, texts.own, texts.stories, [*texts.reviews, *texts.public], seed=plan.seed
    )
    stage = Stage("service", plan.seconds("service"), _SERVICE_RATE, class_weights(examples), plan.seed)
    run_stage(model, tokenise(tokenizer, examples), tokenise(tokenizer, _checks(texts)), stage)


def _tables(plan: Plan, texts: Texts) -> dict[str, Table]:
    """The linear part; without reviews it learns anew only what comments about shops teach."""
    if not (plan.work / TABLES).exists():
        write_tables(plan.work, _fitted_tables(plan, texts))
    return read_tables(plan.work)


def _fitted_tables(plan: Plan, texts: Texts) -> dict[str, Table]:
    written = [*texts.written, *texts.own]
    written += in_latin_letters(written, _WRITTEN_LATIN_SHARE, plan.seed)
    if plan.start and not texts.reviews:
        return read_tables(plan.start) | fit_written_tables(texts.stories, written)
    return fit_tables(texts.reviews, texts.public, texts.stories, written)


def _weights(plan: Plan, tables: Mapping[str, Table], texts: Texts) -> Weights:
    """Network and tables are weighed on texts that neither has seen: reviews, and comments held back."""
    examples = [*texts.validation, *texts.held]
    return fit_weights(said_of(plan.out, [example.text for example in examples], tables), examples)


def _figures(plan: Plan, texts: Texts) -> list[Score]:
    """On the evaluation files of the data folder; without one, on the comments held back."""
    found = measure_folder(plan.out, plan.data) if plan.data else measure_examples(plan.out, texts.held)
    name = "validation" if texts.validation else HELD
    return found + cost_of_int8(plan.out, full_folder(plan.work), name, texts.validation or texts.held)


def _checks(texts: Texts) -> list[Example]:
    """A fixed sample of what is not learnt from, small enough to look at often."""
    found = list(texts.validation or texts.held)
    return random.Random(0).sample(found, min(_CHECKED_ROWS, len(found)))
