"""Which words of a comment decided: each is left out in turn, and what its absence changes is its weight."""

import re
from collections.abc import Callable, Iterator, Sequence

from app.classification.rules import Flag, Judgement, Sentiment, Topic

Stretch = tuple[int, int]
Judge = Callable[[Sequence[str]], Sequence[Judgement | None]]

MOST_PARTS = 48
MOST_STRETCHES = 5
# What changes a probability by less than this, or by less than this share of what the strongest part does.
_LEAST = 0.02
_SHARE = 0.3
_WORD = re.compile(r"\w+(?:['’ʼ-]\w+)*")


def decisive(judge: Judge, text: str, labels: Sequence[str]) -> dict[str, list[Stretch]]:
    """For each label the stretches without which it would be less likely, strongest first (occlusion)."""
    parts = parts_of(text)
    if len(parts) < 2:
        return {}
    whole, *without = judge([text, *(text[:start] + text[end:] for start, end in parts)])
    if whole is None:
        return {}
    found = {label: _strongest(parts, [_drop(whole, one, label) for one in without]) for label in labels}
    return {label: stretches for label, stretches in found.items() if stretches}


def parts_of(text: str) -> list[Stretch]:
    """The words of a text; those of a long one in as many groups as can be left out in a moment."""
    words = [match.span() for match in _WORD.finditer(text)]
    size = max(1, -(-len(words) // MOST_PARTS))
    groups = [words[at : at + size] for at in range(0, len(words), size)]
    return [(group[0][0], group[-1][1]) for group in groups]


def _drop(whole: Judgement, without: Judgement | None, label: str) -> float:
    return chance_of(whole, label) - (chance_of(without, label) if without else 0.0)


def chance_of(judgement: Judgement, label: str) -> float:
    """The probability of a label; raises `ValueError` or `KeyError` for one that is not known."""
    head, _, name = label.partition(":")
    match head:
        case "sentiment":
            return judgement.scores[Sentiment(name)]
        case "topic":
            return judgement.topics[Topic(name)].chance
        case _:
            return judgement.flags[Flag(name)]


def _strongest(parts: Sequence[Stretch], drops: Sequence[float]) -> list[Stretch]:
    least = max(_LEAST, _SHARE * max(drops))
    ranked = sorted(range(len(parts)), key=lambda at: -drops[at])
    kept = sorted(at for at in ranked[:MOST_STRETCHES] if drops[at] >= least)
    joined = list(_joined(parts, kept))
    weight = {stretch: max(drops[at] for at in held) for stretch, held in joined}
    return sorted(weight, key=lambda stretch: -weight[stretch])


def _joined(parts: Sequence[Stretch], kept: Sequence[int]) -> Iterator[tuple[Stretch, list[int]]]:
    """Neighbours as one stretch, each with the places that it is made of."""
    held: list[int] = []
    for at in kept:
        if held and at != held[-1] + 1:
            yield (parts[held[0]][0], parts[held[-1]][1]), held
            held = []
        held = [*held, at]
    if held:
        yield (parts[held[0]][0], parts[held[-1]][1]), held
