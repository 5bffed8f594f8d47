"""The words that decided are those without which a label would be less likely."""

from collections.abc import Sequence

from app.classification.rules import Flag, Judgement, Polarity, Sentiment, Topic, TopicScore
from worker.explaining import MOST_PARTS, MOST_STRETCHES, decisive, parts_of


def judge(texts: Sequence[str]) -> list[Judgement | None]:
    """A model that knows three words."""
    return [_judge(text) for text in texts]


def _judge(text: str) -> Judgement | None:
    if not any(sign.isalpha() for sign in text):
        return None
    negative = 0.9 if "хамство" in text else 0.2
    rest = (1 - negative) / 2
    return Judgement(
        Sentiment.NEGATIVE,
        {Sentiment.NEGATIVE: negative, Sentiment.NEUTRAL: rest, Sentiment.POSITIVE: rest},
        {Topic.QUEUE: TopicScore(0.1 + 0.4 * ("довга" in text) + 0.4 * ("черга" in text), Polarity.BLAME)},
        {Flag.SAFETY: 0.05},
    )


TEXT = "Була довга черга, а потім хамство на касі"


def words(labels: Sequence[str], text: str = TEXT) -> dict[str, list[str]]:
    """The decisive words themselves."""
    found = decisive(judge, text, labels)
    return {label: [text[start:end] for start, end in stretches] for label, stretches in found.items()}


def test_the_word_that_decides_is_found_for_each_label() -> None:
    assert words(["sentiment:negative", "topic:queue"]) == {
        "sentiment:negative": ["хамство"],
        "topic:queue": ["довга черга"],
    }


def test_a_label_that_no_word_decides_is_left_out() -> None:
    assert words(["flag:safety"]) == {}


def test_one_word_needs_no_explanation() -> None:
    assert decisive(judge, "хамство", ["sentiment:negative"]) == {}
    assert decisive(judge, "👍 👍", ["sentiment:negative"]) == {}


def test_a_long_text_is_left_out_in_groups() -> None:
    text = "слово " * 1_000 + "хамство"
    assert len(parts_of(text)) <= MOST_PARTS
    ((stretch,),) = decisive(judge, text, ["sentiment:negative"]).values()
    assert text[slice(*stretch)].endswith("хамство")


def test_stretches_are_few_and_strongest_first() -> None:
    def by_length(texts: Sequence[str]) -> list[Judgement | None]:
        return [Judgement(Sentiment.NEUTRAL, {Sentiment.NEUTRAL: len(text) / 100}) for text in texts]

    text = "a bbb a cccc a bbb a cccc a bbb a cccc a bbb"
    found = decisive(by_length, text, ["sentiment:neutral"])["sentiment:neutral"]
    assert len(found) <= MOST_STRETCHES
    assert text[slice(*found[0])] == "cccc"
