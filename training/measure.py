"""Figures of agreement between labels and answers; plain arithmetic."""

from collections.abc import Sequence

from training.data import LABELS


def f1(truth: Sequence[int], said: Sequence[int], label: int) -> float:
    """F1 of one label: 2 TP / (2 TP + FP + FN), 0 where the label occurs on neither side."""
    both = sum(1 for a, b in zip(truth, said, strict=True) if a == b == label)
    either = sum(1 for a in truth if a == label) + sum(1 for b in said if b == label)
    return 2 * both / either if either else 0.0


def macro_f1(truth: Sequence[int], said: Sequence[int]) -> float:
    """The mean F1 of the labels that occur in the truth."""
    present = sorted(set(truth))
    return sum(f1(truth, said, label) for label in present) / len(present) if present else 0.0


def binary_f1(truth: Sequence[int], scores: Sequence[Sequence[float]]) -> float:
    """Macro-F1 of negative against positive on texts that are not neutral, by the larger score of the two."""
    negative, positive = LABELS.index("negative"), LABELS.index("positive")
    kept = [at for at, label in enumerate(truth) if label != LABELS.index("neutral")]
    said = [negative if scores[at][negative] > scores[at][positive] else positive for at in kept]
    return macro_f1([truth[at] for at in kept], said)
