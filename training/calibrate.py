"""From which probability on a label counts as said: tuned on written comments that training never saw."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.classification.rules import CRITICAL_FLAGS, Flag, Judgement, Sentiment, Thresholds, Topic
from training.corpus import Comment
from worker.classifier import load_classifier

# A critical flag is shown when in doubt and wakes somebody only when all but certain.
_SHOWN_PRECISION = 0.6
_PAGING_PRECISION = 0.8
_NEGATIVE_PRECISION = 0.9
_SURE_PRECISION = 0.8
_STEPS = [step / 100 for step in range(5, 100)]
_HIGHEST = 0.99

Scored = Sequence[tuple[float, bool]]


def tuned_thresholds(model: Path, held: Sequence[Comment]) -> Thresholds:
    """The thresholds of the model in a folder, judged by comments held back from its training."""
    judged = load_classifier(model).classify([comment.text for comment in held])
    pairs = [(one, comment) for one, comment in zip(judged, held, strict=True) if one]
    topics = {topic: best_f1(_topic(pairs, topic)) for topic in Topic}
    flags = {flag: best_f1(_flag(pairs, flag)) for flag in Flag}
    critical = [(one.flags[flag], flag in comment.flags) for one, comment in pairs for flag in CRITICAL_FLAGS]
    shown, paging = at_precision(critical, _SHOWN_PRECISION), at_precision(critical, _PAGING_PRECISION)
    return Thresholds(
        topics=topics,
        flags=flags | dict.fromkeys(CRITICAL_FLAGS, shown),
        paging=dict.fromkeys(CRITICAL_FLAGS, max(shown, paging)),
        negative=at_precision(_negative(pairs), _NEGATIVE_PRECISION),
        sure=at_precision(_leading(pairs), _SURE_PRECISION),
    )


def best_f1(scored: Scored) -> float:
    """The threshold with the best F1 of what is said; the middle one of equals."""
    ranked = [(_f1(scored, step), step) for step in _STEPS]
    best = [step for f1, step in ranked if f1 == max(ranked)[0]]
    return best[len(best) // 2]


def at_precision(scored: Scored, wanted: float) -> float:
    """The lowest threshold from which on that share of what is said is true."""
    for step in _STEPS:
        said = [truth for chance, truth in scored if chance >= step]
        if said and sum(said) / len(said) >= wanted:
            return step
    return _HIGHEST


def _f1(scored: Scored, threshold: float) -> float:
    both = sum(truth for chance, truth in scored if chance >= threshold)
    either = sum(chance >= threshold for chance, _ in scored) + sum(truth for _, truth in scored)
    return 2 * both / either if either else 0.0


def _topic(pairs: Iterable[tuple[Judgement, Comment]], topic: Topic) -> Scored:
    return [(one.topics[topic].chance, topic in comment.topics) for one, comment in pairs]


def _flag(pairs: Iterable[tuple[Judgement, Comment]], flag: Flag) -> Scored:
    return [(one.flags[flag], flag in comment.flags) for one, comment in pairs]


def _negative(pairs: Iterable[tuple[Judgement, Comment]]) -> Scored:
    negative = Sentiment.NEGATIVE
    return [(one.scores[negative], comment.sentiment is negative) for one, comment in pairs]


def _leading(pairs: Iterable[tuple[Judgement, Comment]]) -> Scored:
    return [(one.scores[one.sentiment], comment.sentiment is one.sentiment) for one, comment in pairs]
