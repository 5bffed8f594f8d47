"""Sentiments, topics, flags and languages as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.classification.corrections import PastCorrection
from app.classification.model_card import WHOLE, Measure, Score
from app.classification.rules import Flag, Language, Part, Polarity, Sentiment, Topic

_BADGES = {Sentiment.NEGATIVE: "neg", Sentiment.NEUTRAL: "mid", Sentiment.POSITIVE: "pos"}
_POLARITY_BADGES = {Polarity.BLAME: "neg", Polarity.MENTION: "muted", Polarity.PRAISE: "pos"}


def sentiment_words() -> dict[str, str]:
    """Sentiments, and the comment that is still to be read."""
    return {
        Sentiment.NEGATIVE: _("Negative"),
        Sentiment.NEUTRAL: _("Neutral"),
        Sentiment.POSITIVE: _("Positive"),
        "pending": _("Being read"),
    }


def sentiment_badge(sentiment: str) -> str:
    """The badge of a sentiment."""
    return _BADGES[Sentiment(sentiment)]


def polarity_badge(polarity: int) -> str:
    """The badge of a topic by how it is spoken of."""
    return _POLARITY_BADGES[Polarity(polarity)]


def polarity_words() -> dict[int, str]:
    """How a topic is spoken of."""
    return {Polarity.BLAME: _("blame"), Polarity.MENTION: _("mention"), Polarity.PRAISE: _("praise")}


def topic_words() -> dict[str, str]:
    """What comments talk about."""
    return {
        Topic.STAFF_ATTITUDE: _("Staff attitude"),
        Topic.STAFF_COMPETENCE: _("Staff knowledge"),
        Topic.STAFF_AVAILABILITY: _("Staff availability"),
        Topic.QUEUE: _("Queue and waiting"),
        Topic.CHECKOUT_PAYMENT: _("Checkout and payment"),
        Topic.PRICE: _("Price level"),
        Topic.PROMO: _("Promotions and price tags"),
        Topic.ASSORTMENT: _("Range"),
        Topic.AVAILABILITY: _("Stock"),
        Topic.PRODUCT_QUALITY: _("Product quality"),
        Topic.RETURNS_WARRANTY: _("Returns, warranty, repair"),
        Topic.DELIVERY: _("Delivery and courier"),
        Topic.ORDER_PICKUP: _("Order and pick-up"),
        Topic.CLEANLINESS: _("Cleanliness"),
        Topic.ATMOSPHERE: _("Store environment"),
        Topic.ACCESS_LOCATION: _("Access and location"),
        Topic.DIGITAL: _("Site and app"),
        Topic.LOYALTY: _("Loyalty and messages"),
        Topic.CONTACT_CENTRE: _("Contact centre"),
        Topic.BRAND_GENERAL: _("General impression"),
        Topic.OTHER: _("Other"),
    }


def flag_words() -> dict[str, str]:
    """Signs that matter whatever the topic."""
    return {
        Flag.SAFETY: _("Danger or injury"),
        Flag.DISCRIMINATION: _("Discrimination"),
        Flag.HARASSMENT: _("Harassment"),
        Flag.FRAUD_THEFT: _("Theft or fraud"),
        Flag.HEALTH_ALLERGY: _("Allergy or poisoning"),
        Flag.DATA_LEAK: _("Data leak"),
        Flag.MINORS: _("Concerns children"),
        Flag.LEGAL_THREAT: _("Threatens with law"),
        Flag.MEDIA_THREAT: _("Threatens with publicity"),
        Flag.CHURN_INTENT: _("Wants to leave"),
        Flag.REPEAT_COMPLAINT: _("Complains again"),
        Flag.CALLBACK_REQUEST: _("Asks to be called"),
        Flag.PRAISE_NAMED_PERSON: _("Praises somebody by name"),
        Flag.PERSONAL_DATA_IN_TEXT: _("Personal data in the text"),
        Flag.ABUSE_SPAM: _("Abuse or spam"),
        Flag.SUGGESTION: _("Suggestion"),
        Flag.QUESTION: _("Question"),
    }


def language_words() -> dict[str, str]:
    """Languages of comments."""
    return {
        Language.UKRAINIAN: _("Ukrainian"),
        Language.RUSSIAN: _("Russian"),
        Language.MIXED: _("Mixed speech"),
        Language.ENGLISH: _("English"),
        Language.POLISH: _("Polish"),
        Language.OTHER: _("Another language"),
    }


def label_word(label: str) -> str:
    """A label as the model names it (`topic:queue`), in words; itself where nobody knows it."""
    head, _colon, name = label.partition(":")
    known = {"sentiment": sentiment_words, "topic": topic_words, "flag": flag_words}
    return known[head]().get(name, label) if head in known else label


def texts_word(texts: str) -> str:
    """The texts that a model was measured on; as its maker names them where they are not ours."""
    known = {
        "test": _("Reviews of goods and public texts, set aside"),
        "validation": _("Reviews of goods and public texts, tuned on"),
        "store_comments_dev": _("Comments about shops, by another hand"),
        "written, held back": _("Comments about shops, written for training and held back"),
    }
    return known.get(texts, texts)


def part_word(part: str) -> str:
    """A part of texts: a language, real reviews alone, or both."""
    known = language_words() | {
        WHOLE: _("All"),
        "reviews": _("Reviews"),
        "translit": _("Typed in Latin letters"),
    }
    return ": ".join(known.get(word, word) for word in part.split(", "))


def measure_words() -> dict[Measure, str]:
    """What is measured of a model."""
    return {
        Measure.SENTIMENT: _("Sentiment"),
        Measure.BINARY: _("Good or bad"),
        Measure.NEGATIVE: _("Complaint"),
        Measure.LABEL: _("Label"),
        Measure.CALIBRATION: _("Error of probabilities"),
        Measure.TOPICS_MICRO: _("Topics, each mention alike"),
        Measure.TOPICS_MACRO: _("Topics, each topic alike"),
        Measure.POLARITY: _("Blame or praise of a topic, share right"),
        Measure.SHOWN_RECALL: _("Critical signs: share that is shown"),
        Measure.SHOWN_PRECISION: _("Critical signs: share right of the shown"),
        Measure.PAGING_RECALL: _("Critical signs: share that wakes somebody"),
        Measure.PAGING_PRECISION: _("Critical signs: share right of those that wake"),
        Measure.INT8_SAME: _("Same sentiment as at full precision"),
        Measure.INT8_LOST: _("Lost to rounding"),
    }


def measured(score: Score) -> str:
    """What a figure measures: a label, or something of them all."""
    return label_word(score.label) if score.label else measure_words()[score.measure]


def share(number: float) -> str:
    """A figure between 0 and 1, with two digits; what rounds to nothing has no sign."""
    return str(format_decimal(round(number, 2) + 0.0, format="0.00"))


def whole(number: int) -> str:
    """A count, in groups of three digits."""
    return str(format_decimal(number))


def quoted(parts: Iterable[str]) -> str:
    """The words that decided, each in quotation marks."""
    return ", ".join(_("“%(words)s”", words=part) for part in parts)


def correction(one: PastCorrection) -> str:
    """What a correction changed: before, and after."""
    return _("%(was)s → %(became)s", was=_part(one.part, one.was), became=_part(one.part, one.became))


def _part(part: Part, said: Mapping[str, Any]) -> str:
    if part is Part.SENTIMENT:
        return sentiment_words().get(str(said["sentiment"]), "–")
    topics, polarities = topic_words(), polarity_words()
    return ", ".join(f"{topics[topic]} ({polarities[said[topic]]})" for topic in said) or _("no topic")
