"""A model takes another's place only where it is better on comments that neither has learnt from."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.classification.rules import Flag, Judgement, Polarity, Sentiment, Thresholds, Topic, TopicScore
from training import compare
from training.data import read_labelled
from training.service import is_held


class Reader:
    """A model that finds every comment of one sentiment, and always the queue."""

    version = "reader"
    thresholds = Thresholds(topics={Topic.QUEUE: 0.5})

    def __init__(self, sentiment: Sentiment) -> None:
        self.sentiment = sentiment

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """The same of each."""
        scores = {it: float(it is self.sentiment) for it in Sentiment}
        said = {Topic.QUEUE: TopicScore(0.9, Polarity.BLAME)}
        return [Judgement(self.sentiment, scores, said) for _ in texts]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Five hundred corrected comments, all of them complaints about the queue."""
    path = tmp_path / "own.jsonl"
    rows = [
        {
            "text": f"черга {n}",
            "label": "negative",
            "lang": "uk",
            "topics": {"queue": -1},
            "flags": ["minors"],
        }
        for n in range(500)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def compared(own: Path, monkeypatch: pytest.MonkeyPatch, first: Sentiment, second: Sentiment) -> int:
    """The status of the command for two models."""
    models = {"one": Reader(first), "two": Reader(second)}
    monkeypatch.setattr(compare, "load_classifier", lambda path: models[path.name])
    return compare.main(["--own", str(own), "--model", "one", "--other", "two"])


def test_the_better_one_may_take_the_place(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(own, monkeypatch, Sentiment.POSITIVE, Sentiment.NEGATIVE) == 0
    held = sum(is_held(row.text) for row in read_labelled(own))
    assert f"two: sentiment macro-F1 1.000, topics micro-F1 1.000, n {held}" in capsys.readouterr().out


def test_one_that_is_no_better_may_not(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compared(own, monkeypatch, Sentiment.NEGATIVE, Sentiment.NEGATIVE) == 1
    assert compared(own, monkeypatch, Sentiment.NEGATIVE, Sentiment.POSITIVE) == 1


def test_few_comments_decide_nothing(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = own.read_text(encoding="utf-8").splitlines(keepends=True)[:40]
    own.write_text("".join(lines), encoding="utf-8")
    assert compared(own, monkeypatch, Sentiment.POSITIVE, Sentiment.NEGATIVE) == 2


def test_a_corrected_comment_is_read_with_all_that_is_known_of_it(own: Path) -> None:
    first = read_labelled(own)[0]
    assert first.topics == {Topic.QUEUE: Polarity.BLAME}
    assert first.flags == frozenset({Flag.MINORS})
