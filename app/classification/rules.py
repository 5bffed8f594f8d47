"""The words of classification and the protocol every classifier keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol


class Sentiment(StrEnum):
    """What a comment says as a whole."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Topic(StrEnum):
    """What a comment talks about. The values are stable: the API, webhooks and stored rows carry them."""

    STAFF_ATTITUDE = "staff_attitude"
    STAFF_COMPETENCE = "staff_competence"
    STAFF_AVAILABILITY = "staff_availability"
    QUEUE = "queue"
    CHECKOUT_PAYMENT = "checkout_payment"
    PRICE = "price"
    PROMO = "promo"
    ASSORTMENT = "assortment"
    AVAILABILITY = "availability"
    PRODUCT_QUALITY = "product_quality"
    RETURNS_WARRANTY = "returns_warranty"
    DELIVERY = "delivery"
    ORDER_PICKUP = "order_pickup"
    CLEANLINESS = "cleanliness"
    ATMOSPHERE = "atmosphere"
    ACCESS_LOCATION = "access_location"
    DIGITAL = "digital"
    LOYALTY = "loyalty"
    CONTACT_CENTRE = "contact_centre"
    BRAND_GENERAL = "brand_general"
    OTHER = "other"


class Polarity(IntEnum):
    """How a comment speaks of one topic."""

    BLAME = -1
    MENTION = 0
    PRAISE = 1


class Flag(StrEnum):
    """A sign that matters whatever the topic. The values are stable, like those of `Topic`."""

    SAFETY = "safety"
    DISCRIMINATION = "discrimination"
    HARASSMENT = "harassment"
    FRAUD_THEFT = "fraud_theft"
    HEALTH_ALLERGY = "health_allergy"
    DATA_LEAK = "data_leak"
    MINORS = "minors"
    LEGAL_THREAT = "legal_threat"
    MEDIA_THREAT = "media_threat"
    CHURN_INTENT = "churn_intent"
    REPEAT_COMPLAINT = "repeat_complaint"
    CALLBACK_REQUEST = "callback_request"
    PRAISE_NAMED_PERSON = "praise_named_person"
    PERSONAL_DATA_IN_TEXT = "personal_data_in_text"
    ABUSE_SPAM = "abuse_spam"
    SUGGESTION = "suggestion"
    QUESTION = "question"


# The flags for which a director is woken at night.
CRITICAL_FLAGS = frozenset(
    {
        Flag.SAFETY,
        Flag.DISCRIMINATION,
        Flag.HARASSMENT,
        Flag.FRAUD_THEFT,
        Flag.HEALTH_ALLERGY,
        Flag.DATA_LEAK,
        Flag.MINORS,
    }
)


class Source(StrEnum):
    """Who decided: the model, the word list when no model answers, or a person."""

    MODEL = "model"
    FALLBACK = "fallback"
    HUMAN = "human"


class Part(StrEnum):
    """What of a verdict a person can correct."""

    SENTIMENT = "sentiment"
    TOPICS = "topics"


class Language(StrEnum):
    """What a comment is written in; `mixed` is mixed speech and speech typed in another alphabet."""

    UKRAINIAN = "uk"
    RUSSIAN = "ru"
    MIXED = "mixed"
    ENGLISH = "en"
    POLISH = "pl"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TopicScore:
    """The probability (0 to 1) that a comment talks of a topic, and how, if it does."""

    chance: float
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a classifier makes of one comment.

    `scores` has a probability for each sentiment, summing to 1. `topics` and `flags` have one for every label
    that is known, said or not; a classifier of sentiment alone leaves them empty. `language` is a guess by
    the words, ``None`` from a classifier that makes none.
    """

    sentiment: Sentiment
    scores: Mapping[Sentiment, float]
    topics: Mapping[Topic, TopicScore] = field(default_factory=dict)
    flags: Mapping[Flag, float] = field(default_factory=dict)
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a label counts as said; a label without a threshold is never said.

    `paging` is the stricter one from which a critical flag may wake somebody; `negative` that from which a
    negative comment opens an alert by itself; under `sure` the leading sentiment counts as uncertain.
    """

    topics: Mapping[Topic, float] = field(default_factory=dict)
    flags: Mapping[Flag, float] = field(default_factory=dict)
    paging: Mapping[Flag, float] = field(default_factory=dict)
    negative: float = 0.0
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class SaidTopic:
    """A topic that counts as said, how, and with which probability (1 when a person says so)."""

    topic: Topic
    polarity: Polarity
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class SaidFlag:
    """A flag that counts as said; `is_certain` when it may wake somebody by itself."""

    flag: Flag
    chance: float
    is_certain: bool


class Classifier(Protocol):
    """Judges comments by their text alone; the rating is the rules' business."""

    @property
    def version(self) -> str:
        """A short stable name of the model, stored with every judgement."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """From which probability on its labels count as said."""
        ...

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge each text, in order; ``None`` where a text holds nothing to judge (no letters)."""
        ...

    def explain(self, text: str, labels: Sequence[str]) -> Mapping[str, Sequence[tuple[int, int]]]:
        """For each label (`sentiment:negative`, `topic:queue`, `flag:safety`) the stretches that decided.

        A stretch is a pair of places in the text, the second one past its end; strongest first. Labels
        without any are left out.
        """
        ...


def counts_as_negative(judgement: Judgement, thresholds: Thresholds) -> bool:
    """Whether a comment is negative as a whole, certainly enough to open an alert under a better rating."""
    negative = Sentiment.NEGATIVE
    return judgement.sentiment is negative and judgement.scores[negative] >= thresholds.negative


def said_topics(judgement: Judgement, thresholds: Thresholds) -> tuple[SaidTopic, ...]:
    """The topics that count as said, the likeliest first."""
    said = [
        SaidTopic(topic, score.polarity, score.chance)
        for topic, score in judgement.topics.items()
        if topic in thresholds.topics and score.chance >= thresholds.topics[topic]
    ]
    return tuple(sorted(said, key=lambda one: -one.chance))


def said_flags(judgement: Judgement, thresholds: Thresholds) -> tuple[SaidFlag, ...]:
    """The flags that count as said, the likeliest first."""
    said = [
        SaidFlag(flag, chance, is_certain=flag in thresholds.paging and chance >= thresholds.paging[flag])
        for flag, chance in judgement.flags.items()
        if flag in thresholds.flags and chance >= thresholds.flags[flag]
    ]
    return tuple(sorted(said, key=lambda one: -one.chance))
