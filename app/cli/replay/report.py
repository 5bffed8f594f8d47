"""What a replay showed, in figures and in words. Pure arithmetic; the report is Markdown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from app.alerts.rules import Reason
from app.classification.rules import Sentiment
from app.cli.replay.shopper import Sent
from app.cli.replay.stored import Stored
from app.responses.rules import is_negative

_PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything that a replay saw."""

    title: str
    malformed: Sequence[str]
    sent: Sequence[Sent]
    stored: Sequence[Stored]
    unfinished: int
    seconds: float


def percentile(values: Iterable[float], share: int) -> float | None:
    """The smallest value that at least `share` per cent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share / 100 * len(ordered)) - 1)] if ordered else None


def macro_f1(pairs: Iterable[tuple[str, str | None]]) -> float | None:
    """The mean of the F1 scores of the labels that occur, over pairs of label and verdict."""
    counts = Counter(pairs)
    labels = sorted({label for label, _ in counts})
    scores = [_f1(counts, label) for label in labels]
    return sum(scores) / len(scores) if scores else None


def write_report(replay: Replay) -> str:
    """The whole report."""
    parts = (_head(replay), _counts(replay), _alerts(replay), _sentiment(replay), _times(replay))
    return "\n".join(line for part in parts for line in part)


def _f1(counts: Counter[tuple[str, str | None]], label: str) -> float:
    right = counts[label, label]
    said = sum(count for (_, verdict), count in counts.items() if verdict == label)
    meant = sum(count for (true, _), count in counts.items() if true == label)
    return 2 * right / (said + meant) if said + meant else 0.0


def _head(replay: Replay) -> Iterator[str]:
    yield f"# {replay.title}"
    yield ""
    rate = len(replay.sent) / replay.seconds if replay.seconds else 0.0
    yield f"{len(replay.sent)} records in {replay.seconds:.1f} s ({rate:.1f} responses/s)."
    if replay.unfinished:
        yield f"Gave up waiting: {replay.unfinished} comments, steps or notifications were still due."
    yield ""


def _counts(replay: Replay) -> Iterator[str]:
    keys = Counter(stored.key for stored in replay.stored)
    acknowledged = {sent.key for sent in replay.sent if sent.submit_seconds and sent.key}
    faults = Counter(sent.fault for sent in replay.sent if sent.fault)
    rows = [
        ("stored", len(keys)),
        ("duplicates", sum(keys.values()) - len(keys)),
        ("errors", sum(faults.values())),
        ("acknowledged but not stored", len(acknowledged - set(keys))),
        ("malformed lines skipped", len(replay.malformed)),
    ]
    yield from _table(("what", "count"), rows)
    said = [f"- {count} x {fault}" for fault, count in faults.most_common(10)]
    said += [f"- {fault}" for fault in replay.malformed[:20]]
    yield from [*said, ""] if said else said


def _alerts(replay: Replay) -> Iterator[str]:
    bad = [stored for stored in replay.stored if is_negative(stored.rating)]
    complaints = [
        stored
        for stored in replay.stored
        if not is_negative(stored.rating) and stored.sentiment == Sentiment.NEGATIVE
    ]
    opened = Counter(stored.alert_reason for stored in replay.stored)
    rows = [
        ("ratings of 0 to 6", len(bad), opened[Reason.RATING]),
        ("negative comments under a better rating", len(complaints), opened[Reason.COMMENT]),
    ]
    yield from _table(("alerts because of", "expected", "opened"), rows)


def _sentiment(replay: Replay) -> Iterator[str]:
    verdicts = {stored.key: stored.sentiment for stored in replay.stored if stored.is_judged}
    pairs = [
        (sent.record.label, verdicts[sent.key])
        for sent in replay.sent
        if sent.record.label and sent.key in verdicts
    ]
    if not pairs:
        return
    counts = Counter(pairs)
    columns: tuple[str | None, ...] = (*Sentiment, None)
    rows = [(label, *(counts[label, said] for said in columns)) for label in Sentiment]
    yield from _table(("label \\ classified as", *(said or "nothing" for said in columns)), rows)
    right = sum(label == said for label, said in pairs)
    yield f"Accuracy {right / len(pairs):.3f}, macro-F1 {macro_f1(pairs) or 0:.3f}, n = {len(pairs)}."
    yield ""


def _times(replay: Replay) -> Iterator[str]:
    found = {
        "submit (each POST, as the shopper sees it)": [
            s for sent in replay.sent for s in sent.submit_seconds
        ],
        "submit -> classified": _known(stored.classified_after for stored in replay.stored),
        "submit -> notification handed over": _known(stored.told_after for stored in replay.stored),
    }
    rows = [(name, len(values), *_percentiles(values)) for name, values in found.items()]
    yield from _table(("seconds", "n", *(f"p{share}" for share in _PERCENTILES)), rows)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _percentiles(values: Sequence[float]) -> list[str]:
    found = [percentile(values, share) for share in _PERCENTILES]
    return ["-" if value is None else f"{value:.3f}" for value in found]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "| --- |" + " ---: |" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"
    yield ""
