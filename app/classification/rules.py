"""The words of classification and the protocol every classifier keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Sentiment(StrEnum):
    """What a comment says as a whole."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Source(StrEnum):
    """Who decided: the model, the word list when no model answers, or a person."""

    MODEL = "model"
    FALLBACK = "fallback"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One comment's verdict: the sentiment, and a probability (0 to 1, summing to 1) for each."""

    sentiment: Sentiment
    scores: Mapping[Sentiment, float]


class Classifier(Protocol):
    """Judges comments by their text alone; the rating is the rules' business."""

    @property
    def version(self) -> str:
        """A short stable name of the model, stored with every judgement."""
        ...

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge each text, in order; ``None`` where a text holds nothing to judge (no letters)."""
        ...
