"""Figures of a finished model, taken through the worker's own classifier: what is measured is what runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.classification.rules import Judgement, Sentiment
from training.data import LABELS, Example, find_split, read_examples
from training.measure import binary_f1, f1, macro_f1
from worker.classifier import load_classifier

_SPLITS = ("test", "store_comments_dev")
_FEWEST = 40


@dataclass(frozen=True, slots=True)
class Figure:
    """Agreement on one slice of a split: macro-F1 of three classes, of two, and F1 of the negative class."""

    split: str
    part: str
    rows: int
    macro: float
    binary: float
    negative: float


def scores_of(judgement: Judgement | None) -> list[float]:
    """Scores in label order; a text without a letter counts as neutral."""
    if judgement is None:
        return [0.0, 1.0, 0.0]
    return [judgement.scores[Sentiment(label)] for label in LABELS]


def figure(split: str, part: str, examples: Sequence[Example], scores: Sequence[Sequence[float]]) -> Figure:
    """The figures of one slice."""
    truth = [example.label for example in examples]
    said = [max(range(len(LABELS)), key=given.__getitem__) for given in scores]
    negative = f1(truth, said, LABELS.index("negative"))
    return Figure(split, part, len(truth), macro_f1(truth, said), binary_f1(truth, scores), negative)


def parts_of(example: Example) -> list[str]:
    """The slices an example belongs to; real reviews stand apart from weakly labelled pros and cons."""
    parts = ["all", example.lang]
    return [*parts, "reviews", f"{example.lang} reviews"] if example.kind == "review" else parts


def measure_split(split: str, examples: Sequence[Example], scores: Sequence[Sequence[float]]) -> list[Figure]:
    """Figures of every slice that has enough rows to mean something, and is not the whole split again."""
    slices: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        for part in parts_of(example):
            slices.setdefault(part, []).append(place)
    only_reviews = len(slices.get("reviews", [])) == len(examples)
    return [
        figure(split, part, [examples[at] for at in places], [scores[at] for at in places])
        for part, places in sorted(slices.items())
        if len(places) >= _FEWEST and not (only_reviews and part.endswith("reviews"))
    ]


def agreement(model: Path, other: Path, texts: Sequence[str]) -> float:
    """The share of texts on which two models give the same sentiment."""
    pairs = zip(load_classifier(model).classify(texts), load_classifier(other).classify(texts), strict=True)
    same = [one and one.sentiment == two.sentiment for one, two in pairs if one and two]
    return sum(map(bool, same)) / len(same)


def measure_folder(model: Path, data: Path) -> list[Figure]:
    """Figures on every evaluation split that the data folder has."""
    classifier, made = load_classifier(model), list[Figure]()
    for split in _SPLITS:
        path = find_split(data, split)
        examples = read_examples(path) if path else []
        if examples:
            judged = classifier.classify([example.text for example in examples])
            made.extend(measure_split(split, examples, [scores_of(each) for each in judged]))
    return made
