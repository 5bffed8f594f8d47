"""Figures of agreement between labels and answers; plain arithmetic."""

import math
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


def said_f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    """F1 of one label from pairs of (is true, is said): 2 TP / (true + said), 0 without either."""
    both = sum(wanted and said for wanted, said in pairs)
    either = sum(wanted for wanted, _ in pairs) + sum(said for _, said in pairs)
    return 2 * both / either if either else 0.0


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017) of pairs (probability, was right), in equal bins."""
    error = 0.0
    for place in range(bins):
        held = [pair for pair in pairs if place / bins < pair[0] <= (place + 1) / bins]
        if held:
            gap = sum(chance for chance, _ in held) - sum(right for _, right in held)
            error += abs(gap) / len(pairs)
    return error


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); 0 to 1 from nothing."""
    if not count:
        return 0.0, 1.0
    z, share = 1.96, hits / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return (middle - spread) / scale, (middle + spread) / scale
