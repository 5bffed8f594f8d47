"""`flask classify`: JSON lines in, JSON lines out, a batch at a time. No database is needed."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

from app.classification.language import language_of
from app.classification.rules import Classifier, Judgement, said_flags, said_topics

AT_ONCE = 32
_REPORT_EVERY = 1_000


class UnreadableLine(ValueError):
    """A line that is no JSON object with a text; says which."""


def classify_lines(classifier: Classifier, lines: Iterable[str], out: TextIO, report: TextIO) -> int:
    """Judge the `text` of each line, in order; how many there were. Raises `UnreadableLine`.

    What stood in a line stays in it. Every so often a word of progress goes to `report`.
    """
    count = 0
    found = _rows(lines)
    while rows := list(islice(found, AT_ONCE)):
        judged = classifier.classify([row["text"] for row in rows])
        out.writelines(
            json.dumps(row | _said(classifier, row["text"], judgement), ensure_ascii=False) + "\n"
            for row, judgement in zip(rows, judged, strict=True)
        )
        count += len(rows)
        if count % _REPORT_EVERY < len(rows):
            report.write(f"{count} comments\n")
    out.flush()
    report.write(f"{count} comments, {classifier.version}\n")
    return count


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as fault:
            raise UnreadableLine(f"line {number}: no JSON: {fault}") from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise UnreadableLine(f'line {number}: not an object with a "text"')
        yield row


def _said(classifier: Classifier, text: str, judgement: Judgement | None) -> dict[str, Any]:
    """What the model says; nulls and a reason where the text holds nothing to judge."""
    if judgement is None:
        empty: dict[str, Any] = {"sentiment": None, "sentiment_scores": None, "topics": [], "flags": []}
        language = language_of(text)
        reason = "a script that the model has not learnt" if language else "no words to judge"
        return empty | {"language": language, "reason": reason}
    return {
        "sentiment": judgement.sentiment,
        "sentiment_scores": {word: round(score, 4) for word, score in judgement.scores.items()},
        "topics": [
            {"key": one.topic, "polarity": int(one.polarity), "score": round(one.chance, 4)}
            for one in said_topics(judgement, classifier.thresholds)
        ],
        "flags": [one.flag for one in said_flags(judgement, classifier.thresholds)],
        "language": language_of(text, judgement.language),
    }
