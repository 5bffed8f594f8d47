"""What parts of the long stage are worth: `python -m training.ablations --data DIR --work DIR`.

Each variant trains a new network for the same short time and is judged by validation and by the comments held
back, network alone. The tokenizer is that of a `python -m training` in the working folder.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.batches import tokenise
from training.model import new_model
from training.pipeline import every_row, guess_pieces, long_examples, long_stage
from training.texts import Texts, read_texts
from training.train import run_stage, score_of

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-ablations.md"
_GUESSING_SHARE = 0.1
_SEED = 1


@dataclass(frozen=True, slots=True)
class Variant:
    """How a network is trained: with or without guessed pieces, made examples, labels."""

    guessing: bool = True
    made: bool = True
    labels: bool = True


VARIANTS = {
    "as it is": Variant(),
    "without guessing hidden pieces": Variant(guessing=False),
    "without made examples": Variant(made=False),
    "without topics and flags": Variant(labels=False),
}


def trained(variant: Variant, tokenizer: Any, texts: Texts, seconds: float) -> Any:
    """A new network after so many seconds, each of its stages included."""
    import torch

    torch.manual_seed(_SEED)
    model, left = new_model(tokenizer.get_vocab_size()), seconds
    examples = long_examples(texts, _SEED, made=variant.made)
    rows = tokenise(tokenizer, examples)
    if variant.guessing:
        guess_pieces(model, every_row(tokenizer, texts), seconds * _GUESSING_SHARE, _SEED)
        left -= seconds * _GUESSING_SHARE
    stage = long_stage(examples, left, _SEED)
    if not variant.labels:
        stage = replace(stage, label_share=0.0)
    run_stage(model, rows, tokenise(tokenizer, texts.held), stage)
    return model


def table(data: Path, work: Path, seconds: float) -> Iterator[str]:
    """The figures as Markdown, a row for each variant."""
    from tokenizers import Tokenizer

    texts, tokenizer = read_texts(data, None), Tokenizer.from_file(str(work / "tokenizer.json"))
    judging = [tokenise(tokenizer, rows) for rows in (texts.validation, texts.held)]
    yield "| Network | validation, sentiment macro-F1 | comments held back, sentiment macro-F1 |"
    yield "| --- | ---: | ---: |"
    for name, variant in VARIANTS.items():
        model = trained(variant, tokenizer, texts, seconds)
        yield f"| {name} | {' | '.join(f'{score_of(model, rows):.3f}' for rows in judging)} |"


def main() -> None:
    """Train, print, record."""
    import torch

    made = argparse.ArgumentParser(prog="python -m training.ablations", description=__doc__)
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--work", type=Path, default=Path("training/out"))
    made.add_argument("--minutes", type=float, default=10.0, help="for each variant")
    made.add_argument("--threads", type=int, default=2)
    made.add_argument("--results", type=Path, default=RESULTS)
    given = made.parse_args()
    torch.set_num_threads(given.threads)
    head = ["# What parts of the long stage are worth", "", "    python -m training.ablations --data DIR", ""]
    told = [f"{given.minutes:g} minutes on {given.threads} thread(s) for each network, alone.", ""]
    rows = list(table(given.data, given.work, given.minutes * 60))
    text = "\n".join([*head, *told, *rows, ""])
    given.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
