"""What a judgement says depends on thresholds alone."""

from app.classification.rules import (
    Flag,
    Judgement,
    Polarity,
    SaidFlag,
    SaidTopic,
    Sentiment,
    Thresholds,
    Topic,
    TopicScore,
    said_flags,
    said_topics,
)

JUDGEMENT = Judgement(
    Sentiment.NEGATIVE,
    {Sentiment.NEGATIVE: 0.8, Sentiment.NEUTRAL: 0.1, Sentiment.POSITIVE: 0.1},
    {
        Topic.PRICE: TopicScore(0.55, Polarity.PRAISE),
        Topic.QUEUE: TopicScore(0.9, Polarity.BLAME),
        Topic.PROMO: TopicScore(0.3, Polarity.MENTION),
    },
    {Flag.SAFETY: 0.6, Flag.QUESTION: 0.7, Flag.MINORS: 0.95},
)


def test_a_topic_counts_as_said_from_its_threshold_on_and_the_likeliest_comes_first() -> None:
    thresholds = Thresholds(topics={Topic.PRICE: 0.55, Topic.QUEUE: 0.5, Topic.PROMO: 0.31})
    assert said_topics(JUDGEMENT, thresholds) == [
        SaidTopic(Topic.QUEUE, Polarity.BLAME, 0.9),
        SaidTopic(Topic.PRICE, Polarity.PRAISE, 0.55),
    ]


def test_a_label_without_a_threshold_is_never_said() -> None:
    assert said_topics(JUDGEMENT, Thresholds()) == []
    assert said_flags(JUDGEMENT, Thresholds()) == []


def test_a_flag_pages_only_from_its_stricter_threshold_on() -> None:
    thresholds = Thresholds(
        flags={Flag.SAFETY: 0.5, Flag.QUESTION: 0.5, Flag.MINORS: 0.5},
        paging={Flag.SAFETY: 0.8, Flag.MINORS: 0.8},
    )
    assert said_flags(JUDGEMENT, thresholds) == [
        SaidFlag(Flag.MINORS, 0.95, pages=True),
        SaidFlag(Flag.QUESTION, 0.7, pages=False),
        SaidFlag(Flag.SAFETY, 0.6, pages=False),
    ]
