"""What a model's outputs mean, by their names, and how the windows of one text are read as one.

A model of ours names its outputs `sentiment:negative`, `topic:queue`, `polarity:queue:blame`, `flag:safety`;
what it calls `shop:negative` is for `worker.shop_reader`.
Any other model is one of sentiment alone, whose labels are names or stars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.classification.rules import Flag, Judgement, Language, Polarity, Sentiment, Topic, TopicScore

_WORST_TO_BEST = (*[Sentiment.NEGATIVE] * 2, Sentiment.NEUTRAL, *[Sentiment.POSITIVE] * 2)
_STARS = {str(stars): meaning for stars, meaning in enumerate(_WORST_TO_BEST, start=1)}
_NAMES = {
    Sentiment.NEGATIVE: {"negative", "neg", "very negative"},
    Sentiment.NEUTRAL: {"neutral", "neu", "mixed"},
    Sentiment.POSITIVE: {"positive", "pos", "very positive"},
}


class ModelUnavailable(Exception):
    """The model cannot be used; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Heads:
    """At which place of the outputs what stands; several places may mean the same sentiment."""

    outputs: int
    sentiment: tuple[tuple[int, Sentiment], ...]
    topics: Mapping[Topic, int] = field(default_factory=dict)
    polarities: Mapping[Topic, Mapping[Polarity, int]] = field(default_factory=dict)
    flags: Mapping[Flag, int] = field(default_factory=dict)

    def read(self, logits: Any, languages: Sequence[Language | None]) -> list[Judgement]:
        """The judgement of each comment, from logits of (comments, outputs) and the language of each."""
        shares = softmax(logits[:, [place for place, _ in self.sentiment]]).tolist()
        chances = sigmoid(logits).tolist()
        polarities = {topic: self._polarities(topic, logits) for topic in self.topics}
        judged: list[Judgement] = []
        for row, language in enumerate(languages):
            scores = self._scores(shares[row])
            topics = {
                topic: TopicScore(chances[row][at], polarities[topic][row])
                for topic, at in self.topics.items()
            }
            flags = {flag: chances[row][at] for flag, at in self.flags.items()}
            best = max(scores, key=scores.__getitem__)
            judged.append(Judgement(best, scores, topics, flags, language))
        return judged

    def checked(self, logits: Any) -> Any:
        """Logits of (windows, outputs) in double precision, with 0 for what is no number.

        Raises `ValueError` for another number of outputs.
        """
        import numpy as np

        found = np.nan_to_num(np.asarray(logits, dtype=np.float64))
        if found.shape[1] != self.outputs:
            raise ValueError(f"{found.shape[1]} outputs, not {self.outputs}")
        return found

    def joined(self, windows: Sequence[Any], words: Sequence[int]) -> Any:
        """One row of logits for a text, from those of its windows, each with its number of words.

        Sentiment is averaged by words. A topic or a flag is as certain as in the window that says it best: a
        long story has one sentence about the injury.
        """
        import numpy as np

        if len(windows) == 1:
            return windows[0]
        found = np.stack(windows)
        row = np.average(found, axis=0, weights=words)
        said = [*self.topics.values(), *self.flags.values()]
        row[said] = found[:, said].max(axis=0)
        for topic, at in self.topics.items():
            places = list(self.polarities[topic].values())
            row[places] = found[found[:, at].argmax(), places]
        return row

    def _scores(self, shares: Sequence[float]) -> dict[Sentiment, float]:
        scores = dict.fromkeys(Sentiment, 0.0)
        for (_, meaning), share in zip(self.sentiment, shares, strict=True):
            scores[meaning] += share
        return scores

    def _polarities(self, topic: Topic, logits: Any) -> list[Polarity]:
        """How each comment speaks of the topic, if it does."""
        known = list(self.polarities[topic])
        places = list(self.polarities[topic].values())
        return [known[best] for best in logits[:, places].argmax(axis=1)]


def heads_of(id2label: Mapping[Any, str], name: str) -> Heads:
    """What each output of a model means, by the labels' names; `ModelUnavailable` rather than a guess."""
    labels = outputs_of(id2label)
    if any(label.startswith("sentiment:") for label in labels):
        return _own_heads(labels, name)
    return Heads(len(labels), tuple(enumerate(meanings_of(id2label, name))))


def outputs_of(id2label: Mapping[Any, str]) -> list[str]:
    """The names of a model's outputs, in order."""
    return [str(id2label[key]) for key in sorted(id2label, key=int)]


def _own_heads(labels: Sequence[str], name: str) -> Heads:
    sentiment: list[tuple[int, Sentiment]] = []
    topics: dict[Topic, int] = {}
    polarities: dict[Topic, dict[Polarity, int]] = {}
    flags: dict[Flag, int] = {}
    try:
        for place, label in enumerate(labels):
            head, _, rest = label.partition(":")
            match head:
                case "sentiment":
                    sentiment.append((place, Sentiment(rest)))
                case "topic":
                    topics[Topic(rest)] = place
                case "polarity":
                    topic, _, polarity = rest.partition(":")
                    polarities.setdefault(Topic(topic), {})[Polarity[polarity.upper()]] = place
                case "shop":
                    pass
                case _:
                    flags[Flag(label.removeprefix("flag:"))] = place
    except (KeyError, ValueError) as fault:
        raise ModelUnavailable(f"{name}: config.json names an output that nobody knows: {fault}") from None
    if {meaning for _, meaning in sentiment} != set(Sentiment) or set(topics) - set(polarities):
        raise ModelUnavailable(f"{name}: config.json lacks a sentiment, or the polarities of a topic")
    return Heads(len(labels), tuple(sentiment), topics, polarities, flags)


def meanings_of(id2label: Mapping[Any, str], name: str) -> tuple[Sentiment, ...]:
    """What each output of a model of sentiment alone means; `ModelUnavailable` rather than a guess."""
    labels = [" ".join(label.lower().replace("_", " ").split()) for label in outputs_of(id2label)]
    if labels == ["label 0", "label 1", "label 2"]:
        return tuple(Sentiment)
    rated = len(labels) == len(_STARS)
    known = [meaning for label in labels if (meaning := _meaning(label, rated=rated)) is not None]
    if len(known) < len(labels) or not {Sentiment.NEGATIVE, Sentiment.POSITIVE} <= set(known):
        raise ModelUnavailable(f"{name}: cannot tell what its labels mean: {', '.join(labels)}")
    return tuple(known)


def _meaning(label: str, *, rated: bool) -> Sentiment | None:
    """One label's meaning: its name, or its stars in a model of five labels."""
    stars = _STARS.get(label.removesuffix("s").removesuffix(" star")) if rated else None
    return stars or next((meaning for meaning, names in _NAMES.items() if label in names), None)


def sigmoid(logits: Any) -> Any:
    """The probability of each on its own."""
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(logits, -50, 50)))


def softmax(logits: Any) -> Any:
    """Softmax over the last axis."""
    import numpy as np

    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
