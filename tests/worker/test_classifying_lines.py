"""`flask classify`: a line out for each line in, whatever they hold, and no database."""

import io
import json

import pytest

from tests.fakes import FakeClassifier
from worker.classifying_lines import UnreadableLine, classify_lines


def lines_of(*rows: object) -> list[dict[str, object]]:
    """What comes out for these rows."""
    out, report = io.StringIO(), io.StringIO()
    text = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    count = classify_lines(FakeClassifier(), (f"{line}\n" for line in text), out, report)
    made = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == len(made)
    assert report.getvalue().endswith(f"{count} comments, fake-1\n")
    return made


def test_a_line_gets_all_that_the_model_says() -> None:
    (row,) = lines_of({"id": 7, "text": "bad queue, slippery"})
    assert row == {
        "id": 7,
        "text": "bad queue, slippery",
        "sentiment": "negative",
        "sentiment_scores": {"negative": 0.9, "neutral": 0.05, "positive": 0.05},
        "topics": [{"key": "queue", "polarity": -1, "score": 0.9}],
        "flags": ["safety"],
        "language": "en",
    }


def test_lines_come_out_in_the_order_in_which_they_went_in() -> None:
    rows = lines_of(*({"text": f"good {n}"} for n in range(100)))
    assert [row["text"] for row in rows] == [f"good {n}" for n in range(100)]


@pytest.mark.parametrize("text", ["", "👍👍", "10/10", "   "])
def test_nothing_to_judge_is_said_with_a_reason(text: str) -> None:
    (row,) = lines_of({"text": text})
    assert (row["sentiment"], row["sentiment_scores"], row["topics"]) == (None, None, [])
    assert row["reason"] == "no words to judge"


def test_blank_lines_are_passed_over() -> None:
    assert len(lines_of("", {"text": "good"}, "  ")) == 1


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"text": 5}', '{"words": "x"}'])
def test_a_line_that_cannot_be_read_is_named_by_its_number(line: str) -> None:
    with pytest.raises(UnreadableLine, match="line 2"):
        lines_of({"text": "good"}, line)
