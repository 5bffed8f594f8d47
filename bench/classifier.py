"""Speed, memory and agreement of a model as the worker runs it: `python -m bench.classifier [--data DIR]`."""

import argparse
import json
import platform
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.classification.rules import Classifier
from app.text import COMMENT_GRAPHEMES
from training.card import table
from training.corpus import read_corpus
from training.data import read_split
from training.evaluate import measure_folder
from worker.classifier import BATCH, SHIPPED_MODEL, batches_of, load_classifier

RESULTS = Path(__file__).with_name("results") / "classifier.md"
_SINGLES = 400
_TEXTS = 3_200
_COLD_STARTS = 5


@dataclass(frozen=True, slots=True)
class Cold:
    """One fresh process: seconds from its start to the first verdict, and its largest memory in MiB."""

    seconds: float
    mebibytes: float


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(prog="python -m bench.classifier", description=__doc__)
    made.add_argument("--model", type=Path, default=SHIPPED_MODEL)
    made.add_argument("--data", type=Path, help="labelled splits; without it only speed is measured")
    made.add_argument("--results", type=Path, default=RESULTS)
    return made


def cold_start(model: Path, comments: Sequence[str]) -> Cold:
    """Load and judge a batch in a process of its own."""
    command = [sys.executable, "-m", "bench.cold_start", str(model)]
    began = time.perf_counter()
    # Our own interpreter and module: nothing here comes from outside.
    done = subprocess.run(command, input=json.dumps(comments), capture_output=True, text=True, check=True)
    return Cold(time.perf_counter() - began, json.loads(done.stdout))


def longest_texts() -> list[str]:
    """A batch of comments as long as one may be, made of words of the corpus."""
    words = " ".join(comment.text for comment in read_corpus())
    return [
        words[start : start + COMMENT_GRAPHEMES]
        for start in range(0, COMMENT_GRAPHEMES * BATCH, COMMENT_GRAPHEMES)
    ]


def store_texts() -> list[str]:
    """The comments written for this project, from one word to a long story."""
    texts = [comment.text for comment in read_corpus()]
    return random.Random(1).sample(texts, min(_TEXTS, len(texts)))


def review_texts(data: Path) -> list[str]:
    """Reviews of the test split, as they come: from one word to a page."""
    texts = [row.text for row in read_split(data, "test")]
    return random.Random(1).sample(texts, min(_TEXTS, len(texts)))


def per_second(classifier: Classifier, texts: Sequence[str]) -> float:
    """Comments judged per second in batches, tokenising included; the better of two runs."""
    taken: list[float] = []
    for _ in range(2):
        began = time.perf_counter()
        for batch in batches_of(texts):
            classifier.classify(batch)
        taken.append(time.perf_counter() - began)
    return len(texts) / min(taken)


def single_milliseconds(classifier: Classifier, texts: Sequence[str]) -> tuple[float, float]:
    """Median and 95th percentile of one comment at a time."""
    taken: list[float] = []
    for text in texts[:_SINGLES]:
        began = time.perf_counter()
        classifier.classify([text])
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def speed_rows(classifier: Classifier, named: dict[str, list[str]]) -> list[str]:
    """One line of the speed table for each kind of text."""
    lines = ["| Texts | Mean characters | Comments/s, batches of 32 | p50, one | p95, one |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for name, texts in named.items():
        middle, slow = single_milliseconds(classifier, texts)
        length, rate = sum(map(len, texts)) / len(texts), per_second(classifier, texts)
        lines.append(f"| {name} | {length:.0f} | {rate:.0f} | {middle:.1f} ms | {slow:.1f} ms |")
    return lines


def measured(model: Path, data: Path | None) -> str:
    """The whole result as Markdown."""
    batch = [comment.text for comment in read_corpus()[:BATCH]]
    colds = sorted((cold_start(model, batch) for _ in range(_COLD_STARTS)), key=lambda cold: cold.seconds)
    classifier = load_classifier(model)
    named = {"store comments": store_texts()} | ({"test split": review_texts(data)} if data else {})
    middle = colds[len(colds) // 2]
    lines = [
        "# Classifier",
        "",
        f"Model `{classifier.version}`, one thread, Python {platform.python_version()}.",
    ]
    lines += ["", "    python -m bench.classifier" + (" --data DIR" if data else ""), ""]
    lines += [*speed_rows(classifier, named), ""]
    cold = f"{middle.seconds:.2f} s, median of {len(colds)}"
    lines.append(f"Cold start (process, libraries, model, first batch): {cold}.")
    lines.append(f"Largest resident memory of that process: {middle.mebibytes:.0f} MiB.")
    most = cold_start(model, longest_texts()).mebibytes
    lines += [f"With {BATCH} comments of {COMMENT_GRAPHEMES:,} characters: {most:.0f} MiB.", ""]
    return "\n".join(lines + ([table(measure_folder(model, data)), ""] if data else []))


def main() -> None:
    """Measure, print, record."""
    given = parser().parse_args()
    text = measured(given.model, given.data)
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
