"""The comments written for this project: every line can be used, none comes twice, and labels agree."""

from pathlib import Path

import pytest

from app.classification.rules import CRITICAL_FLAGS, Flag, Polarity, Sentiment, Topic
from training.corpus import (
    SETTINGS,
    SIMILAR,
    Comment,
    Likeness,
    comment_of,
    counts,
    grams,
    read_corpus,
    wanting,
    without_likes,
)

LINE = "uk\tgrocery\tplain\t0\tqueue-,staff_attitude+\tsuggestion\tЧерга довга, але дівчата чемні"


@pytest.fixture(scope="module")
def corpus() -> list[Comment]:
    """All of it."""
    return read_corpus()


def test_a_line_says_everything_about_its_comment() -> None:
    comment = comment_of(LINE)
    assert (comment.lang, comment.setting, comment.kind) == ("uk", "grocery", "plain")
    assert comment.sentiment is Sentiment.NEUTRAL
    assert comment.topics == {Topic.QUEUE: Polarity.BLAME, Topic.STAFF_ATTITUDE: Polarity.PRAISE}
    assert comment.flags == {Flag.SUGGESTION}
    assert comment.is_mixed


@pytest.mark.parametrize(
    "spoilt",
    [
        LINE.replace("\t0\t", "\tn\t"),
        LINE.replace("queue-,", "queue?,"),
        LINE.replace("queue-,", "tills-,"),
        LINE.replace("suggestion", "hint"),
        LINE.replace("grocery", "zoo"),
        LINE.replace("queue-,staff_attitude+", "queue-"),
        LINE.replace("\t0\tqueue-,staff_attitude+", "\tp\tqueue-"),
        LINE + "\tmore",
        "",
    ],
)
def test_a_line_that_contradicts_itself_is_named(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "own.tsv").write_text(f"{LINE}\n{spoilt}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"own\.tsv, line 2"):
        read_corpus(tmp_path)


def test_likeness_sees_neither_case_nor_punctuation() -> None:
    assert grams("Дуже, дуже добре!") == grams("дуже дуже ДОБРЕ")
    assert grams("так") == {"так"}


def test_a_comment_like_an_earlier_or_an_evaluation_text_is_left_out() -> None:
    comments = [
        comment_of(LINE),
        comment_of(LINE.replace("чемні", "чемненькі")),
        comment_of(LINE.replace("Черга довга, але дівчата чемні", "каса працює одна, зате усміхаються")),
    ]
    kept, out = without_likes(comments, ["КАСА працює одна - зате усміхаються!"])
    assert kept == comments[:1]
    assert len(out) == 2


def test_no_written_comment_resembles_another(corpus: list[Comment]) -> None:
    _, out = without_likes(corpus, ())
    assert out == []


def test_every_topic_flag_setting_and_language_is_there(corpus: list[Comment]) -> None:
    found = counts(corpus)
    assert set(found["topic"]) == set(Topic)
    assert set(found["flag"]) == set(Flag)
    assert set(found["setting"]) <= set(SETTINGS)
    assert min(found["topic"].values()) >= 100
    assert min(found["flag"][flag] for flag in CRITICAL_FLAGS) >= 100


def test_what_is_wanting_is_said() -> None:
    assert "queue: 1 of 120" in wanting([comment_of(LINE)])
    assert "safety: 0 of 120" in wanting([comment_of(LINE)])


def test_likes_are_found_though_only_the_rarest_sequences_are_looked_up(corpus: list[Comment]) -> None:
    texts = [comment.text for comment in corpus[:400]]
    close = [text[:-2] + "ок" for text in texts[::7] if len(text) > 40]
    far = [text[: len(text) // 2] for text in texts[1::7]]
    found = Likeness([*texts, *close, *far])
    for text in texts:
        found.keep(text, text)
    kept = [grams(text) for text in texts]
    for text in [*close, *far]:
        exact = max(len(grams(text) & own) / len(grams(text) | own) for own in kept)
        assert found.nearest(text)[0] == pytest.approx(exact if exact > SIMILAR else 0.0)
