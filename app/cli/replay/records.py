"""The file that is replayed: JSON lines with a text, a rating and perhaps a label."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from app.classification.rules import Sentiment
from app.responses.rules import RATINGS

_LABELS = {str(label): label for label in Sentiment}


@dataclass(frozen=True, slots=True)
class Record:
    """What one shopper will say, and what somebody judged it to be."""

    text: str
    rating: int
    label: Sentiment | None


def read_records(lines: Iterable[bytes], limit: int | None) -> tuple[list[Record], list[str]]:
    """The first `limit` records, and for each malformed line among them its number and what is wrong."""
    records: list[Record] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if limit is not None and len(records) >= limit:
            break
        if not line.strip():
            continue
        try:
            records.append(_record(line))
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number}: {error or type(error).__name__}")
    return records, faults


def _record(line: bytes) -> Record:
    """Raises ``ValueError`` in words."""
    found = _object(line)
    text, rating, label = found.get("text"), found.get("rating"), found.get("label")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text is missing or empty")
    if isinstance(rating, bool) or not isinstance(rating, int) or rating not in RATINGS:
        raise ValueError("rating is not a whole number from 0 to 10")
    if label is not None and str(label) not in _LABELS:
        raise ValueError("label is not negative, neutral or positive")
    return Record(text, rating, _LABELS[str(label)] if label else None)


def _object(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - to its reader every malformed line is the same
    return found
