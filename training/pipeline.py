"""The whole way in order: tokenizer, warm-up, reviews, comments about shops, export, figures.

Each stage leaves its result in the working folder; the same command takes up after the last stage that ended.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.classification.rules import CRITICAL_FLAGS
from training.augment import in_latin_letters, praise_and_blame
from training.batches import tokenise
from training.blending import fit_weights, network_logits, table_logits
from training.calibrate import tuned_thresholds
from training.card import write_figures
from training.corpus import Comment, evaluation_texts, read_corpus, without_likes
from training.data import Example, class_weights, every_text, goods_and_public, read_labelled, read_split
from training.evaluate import agreement, measure_folder
from training.export import export_model, full_folder
from training.linear import fit_tables
from training.model import MAX_LENGTH, new_model
from training.service import example_of, held_back, is_held, service_examples, written_examples
from training.tokenizer import save_tokenizer, train_tokenizer
from training.train import Stage, run_stage
from training.warmup import warm_up
from worker.blend import Weights, write_weights
from worker.ngrams import Table, write_tables
from worker.thresholds import write_thresholds

_WARM_SHARE, _FIRST_SHARE, _SERVICE_SHARE = 0.12, 0.58, 0.3
_WARM_RATE, _FIRST_RATE, _SERVICE_RATE = 1e-3, 7e-4, 5e-4
# First topics and flags have to find their place in the network; then sentiment comes into its own.
_LABELS_FIRST = 6.0
_CORPUS_COPIES = 5
_LONG_COPIES = 9
_CHECKED_ROWS = 2_000
# What the comments held back count, against all of the reviews, where network and tables are weighed.
_HELD_SHARE = 1.0


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

    def seconds(self, share: float) -> float:
        """A share of the time for training."""
        return self.minutes * 60 * share


def run(plan: Plan) -> None:
    """Train, export, tune thresholds, measure with the worker's own classifier, and fill the card."""
    import torch

    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    plan.work.mkdir(parents=True, exist_ok=True)
    comments, _ = without_likes(read_corpus(), evaluation_texts(plan.data))
    learnt, held = held_back(comments)
    tokenizer = _tokenizer(plan, learnt)
    model = new_model(tokenizer.get_vocab_size())
    stages: dict[str, Callable[[], object]] = {
        "warm-up": lambda: _warm_up(plan, tokenizer, model, learnt),
        "reviews": lambda: _reviews(plan, tokenizer, model, learnt),
        "service": lambda: _service(plan, tokenizer, model, learnt),
    }
    for name, stage in stages.items():
        _once(plan.work / f"{name}.pt", model, stage)
    export_model(model, plan.work, plan.out)
    tables = _tables(plan, learnt)
    for folder in (plan.out, full_folder(plan.work)):
        write_tables(folder, tables)
        write_weights(folder, _weights(plan, tables, held))
    write_thresholds(plan.out, tuned_thresholds(plan.out, held))
    write_figures(measure_folder(plan.out, plan.data), plan.out)
    texts = [example.text for example in _checks(plan)]
    print(f"int8 agrees with full precision: {agreement(full_folder(plan.work), plan.out, texts):.2%}")


def _once(kept: Path, model: Any, stage: Callable[[], object]) -> None:
    """Run a stage and keep its weights, unless an earlier run has kept them."""
    import torch

    if not kept.exists():
        stage()
        unfinished = kept.with_suffix(".part")
        torch.save(model.state_dict(), unfinished)
        unfinished.rename(kept)
    model.load_state_dict(torch.load(kept))


def _tokenizer(plan: Plan, comments: Sequence[Comment]) -> Any:
    from tokenizers import Tokenizer

    kept = plan.work / "tokenizer.json"
    if not kept.exists():
        save_tokenizer(train_tokenizer(_texts(plan, comments)), plan.work, MAX_LENGTH)
    return Tokenizer.from_file(str(kept))


def _texts(plan: Plan, comments: Sequence[Comment]) -> list[str]:
    """Every text there is but those that models are judged by."""
    return every_text(plan.data) + [comment.text for comment in comments] * _CORPUS_COPIES


def _warm_up(plan: Plan, tokenizer: Any, model: Any, comments: Sequence[Comment]) -> None:
    rows = tokenise(tokenizer, [Example(text, 0) for text in _texts(plan, comments)])
    warm_up(model, rows, seconds=plan.seconds(_WARM_SHARE), rate=_WARM_RATE, seed=plan.seed)


def _reviews(plan: Plan, tokenizer: Any, model: Any, comments: Sequence[Comment]) -> None:
    """The long stage: topics and flags are in it from the start, or they find no place in the network."""
    found = [replace(row, unsaid=CRITICAL_FLAGS) for row in goods_and_public(plan.data)]
    examples = found + in_latin_letters(found, 0.05, plan.seed) + praise_and_blame(found, 4_000, plan.seed)
    examples += written_examples(comments, plan.seed, copies=_LONG_COPIES)
    stage = Stage(
        "reviews", plan.seconds(_FIRST_SHARE), _FIRST_RATE, class_weights(examples), plan.seed, _LABELS_FIRST
    )
    run_stage(model, tokenise(tokenizer, examples), tokenise(tokenizer, _checks(plan)), stage)


def _service(plan: Plan, tokenizer: Any, model: Any, comments: Sequence[Comment]) -> None:
    examples = service_examples(plan.data, comments, _own(plan)[0], plan.seed)
    stage = Stage("service", plan.seconds(_SERVICE_SHARE), _SERVICE_RATE, class_weights(examples), plan.seed)
    run_stage(model, tokenise(tokenizer, examples), tokenise(tokenizer, _checks(plan)), stage)


def _own(plan: Plan) -> tuple[list[Example], list[Example]]:
    """An organisation's corrected comments: to learn from, and every eighth to judge by."""
    found = read_labelled(plan.own) if plan.own else []
    return [row for row in found if not is_held(row.text)], [row for row in found if is_held(row.text)]


def _tables(plan: Plan, comments: Sequence[Comment]) -> dict[str, Table]:
    """The linear part learns from the same texts as the network."""
    found = goods_and_public(plan.data)
    others = found + in_latin_letters(found, 0.05, plan.seed) + praise_and_blame(found, 4_000, plan.seed)
    return fit_tables(others, [example_of(comment) for comment in comments] + _own(plan)[0])


def _weights(plan: Plan, tables: Mapping[str, Table], held: Sequence[Comment]) -> Weights:
    """Network and tables are weighed on texts that neither has seen: reviews, and comments held back."""
    kept = [example_of(comment) for comment in held] + _own(plan)[1]
    examples = read_split(plan.data, "validation") + kept
    network = network_logits(plan.out, [example.text for example in examples])
    said = table_logits([example.text for example in examples], tables)
    reviews = len(examples) - len(kept)
    shares = [1 / reviews] * reviews + [_HELD_SHARE / len(kept)] * len(kept)
    return fit_weights(network, said, examples, shares)


def _checks(plan: Plan) -> list[Example]:
    """A fixed sample of the validation split, small enough to look at often."""
    found = read_split(plan.data, "validation")
    return random.Random(0).sample(found, min(_CHECKED_ROWS, len(found)))
