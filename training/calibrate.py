"""From which probability on a label counts as said: tuned on written comments that training never saw."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from app.classification.rules import CRITICAL_FLAGS, Flag, Judgement, Sentiment, Thresholds, Topic
from training.data import LABELS, Example
from worker.classifier import load_classifier

# A critical flag is shown when in doubt and wakes somebody only when all but certain.
_SHOWN_PRECISION = 0.55
_PAGING_PRECISION = 0.8
# Every fourth written comment has a critical flag, so that it is learnt, and many of the others were written
# to be hard to tell from those. Of a shop's comments one of 25 has one; with this share, six in ten of the
# development comments that are shown have one.
_CRITICAL_SHARE = 0.06
_NEGATIVE_PRECISION = 0.9
_SURE_PRECISION = 0.8
# A topic has two dozen comments to be tuned on: its own best counts a quarter, that of all topics the rest.
_OWN_SHARE = 0.25
_STEPS = [step / 100 for step in range(5, 100)]
_HIGHEST = 0.99
_CRITICAL = [flag for flag in Flag if flag in CRITICAL_FLAGS]

Scored = Sequence[tuple[float, bool]]
Label = TypeVar("Label", Topic, Flag)


def tuned_thresholds(model: Path, held: Sequence[Example]) -> Thresholds:
    """The thresholds of the model in a folder, judged by comments held back from its training."""
    judged = load_classifier(model).classify([it.text for it in held])
    pairs = [(one, it) for one, it in zip(judged, held, strict=True) if one]
    critical = [
        (max(one.flags[flag] for flag in CRITICAL_FLAGS), bool(CRITICAL_FLAGS.intersection(it.flags or ())))
        for one, it in pairs
    ]
    shown = at_precision(critical, _SHOWN_PRECISION, true_share=_CRITICAL_SHARE)
    paging = at_precision(critical, _PAGING_PRECISION, true_share=_CRITICAL_SHARE)
    return Thresholds(
        topics=shrunk({topic: _topic(pairs, topic) for topic in Topic}),
        flags=shrunk({flag: _flag(pairs, flag) for flag in Flag}) | dict.fromkeys(_CRITICAL, shown),
        paging=dict.fromkeys(_CRITICAL, max(shown, paging)),
        negative=at_precision(_negative(pairs), _NEGATIVE_PRECISION),
        sure=at_precision(_leading(pairs), _SURE_PRECISION),
    )


def shrunk(scored: Mapping[Label, Scored]) -> dict[Label, float]:
    """A threshold for each label between its own best and the best of all of them."""
    of_all = best_f1([pair for pairs in scored.values() for pair in pairs])
    return {
        label: round(_OWN_SHARE * best_f1(pairs) + (1 - _OWN_SHARE) * of_all, 4)
        for label, pairs in scored.items()
    }


def best_f1(scored: Scored) -> float:
    """The threshold with the best F1 of what is said; the middle one of equals."""
    ranked = [(_f1(scored, step), step) for step in _STEPS]
    best = [step for f1, step in ranked if f1 == max(ranked)[0]]
    return best[len(best) // 2]


def at_precision(scored: Scored, wanted: float, *, true_share: float | None = None) -> float:
    """The lowest threshold from which on that share of what is said is true.

    With `true_share` the untrue ones count as often as they would if only that share of all were true.
    """
    true = sum(truth for _, truth in scored)
    untrue_counts = 1.0
    if true_share and true < len(scored):
        untrue_counts = true * (1 - true_share) / true_share / (len(scored) - true)
    for step in _STEPS:
        hits = sum(truth for chance, truth in scored if chance >= step)
        misses = sum(not truth for chance, truth in scored if chance >= step) * untrue_counts
        if hits and hits / (hits + misses) >= wanted:
            return step
    return _HIGHEST


def _f1(scored: Scored, threshold: float) -> float:
    both = sum(truth for chance, truth in scored if chance >= threshold)
    either = sum(chance >= threshold for chance, _ in scored) + sum(truth for _, truth in scored)
    return 2 * both / either if either else 0.0


def _topic(pairs: Iterable[tuple[Judgement, Example]], topic: Topic) -> Scored:
    return [(one.topics[topic].chance, topic in (it.topics or {})) for one, it in pairs]


def _flag(pairs: Iterable[tuple[Judgement, Example]], flag: Flag) -> Scored:
    return [(one.flags[flag], flag in (it.flags or ())) for one, it in pairs]


def _negative(pairs: Iterable[tuple[Judgement, Example]]) -> Scored:
    negative = Sentiment.NEGATIVE
    return [(one.scores[negative], LABELS[it.label] == negative) for one, it in pairs]


def _leading(pairs: Iterable[tuple[Judgement, Example]]) -> Scored:
    return [(one.scores[one.sentiment], LABELS[it.label] == one.sentiment) for one, it in pairs]
