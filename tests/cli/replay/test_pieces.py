"""Reading the file, reading the page, and the arithmetic of the report."""

import json
from typing import Any

import pytest

from app.alerts.rules import Reason
from app.classification.rules import Sentiment
from app.cli.replay.records import Record, read_records
from app.cli.replay.report import Replay, macro_f1, percentile, write_report
from app.cli.replay.shopper import Refused, Sent, first_form
from app.cli.replay.stored import Stored

PAGE = """
<form method="post" action="/q/ABC?lang=uk"><input type="hidden" name="key" value="k&amp;1">
<input name="website"><input type="hidden" name="version" value="7"><button name="rating" value="3"></form>
<form action="/other"><input type="hidden" name="key" value="wrong"></form>
"""


def _line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def test_a_record_has_a_text_a_rating_and_perhaps_a_label() -> None:
    lines = [
        _line(text="добре", rating=9, label="positive", stars=5),
        b"\n",
        b"\xef\xbb\xbf" + _line(text="ok", rating=0),
    ]
    records, faults = read_records(lines, None)
    assert records == [Record("добре", 9, Sentiment.POSITIVE), Record("ok", 0, None)]
    assert faults == []


def test_a_malformed_line_is_named_and_skipped() -> None:
    lines = [
        b"{",
        b"[]",
        b"\xff\xfe",
        _line(rating=5),
        _line(text="  ", rating=5),
        _line(text="a", rating=11),
        _line(text="a", rating=5.0),
        _line(text="a", rating=True),
        _line(text="a", rating="5"),
        _line(text="a", rating=5, label="angry"),
        _line(text="a", rating=5, label=["negative"]),
        b"[" * 100_000,
        _line(text="a", rating=5),
    ]
    records, faults = read_records(lines, None)
    assert len(records) == 1
    assert [fault.partition(":")[0] for fault in faults] == [f"line {number}" for number in range(1, 13)]
    assert faults[5] == "line 6: rating is not a whole number from 0 to 10"


def test_a_limit_counts_records_not_lines() -> None:
    lines = [b"nonsense", *[_line(text=str(n), rating=n) for n in range(5)]]
    records, faults = read_records(lines, 2)
    assert [record.rating for record in records] == [0, 1]
    assert len(faults) == 1


def test_a_shopper_fills_in_the_first_form_of_the_page() -> None:
    form = first_form(PAGE, "http://shop.example/q/ABC")
    assert form.address == "http://shop.example/q/ABC?lang=uk"
    assert form.hidden == {"key": "k&1", "version": "7"}


def test_a_page_without_a_form_is_refused() -> None:
    with pytest.raises(Refused):
        first_form("<p>closed</p>", "http://shop.example/")


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, share) for share in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert percentile([3.0], 99) == 3.0
    assert percentile([], 50) is None


def test_macro_f1_weighs_labels_alike() -> None:
    assert macro_f1([("positive", "positive")] * 8 + [("negative", "negative")] * 2) == 1.0
    # Positive: 8 of 10 said right, all found: 16/18. Negative: never said.
    assert macro_f1([("positive", "positive")] * 8 + [("negative", "positive")] * 2) == pytest.approx(4 / 9)
    assert macro_f1([]) is None


def test_the_report_tells_what_was_lost_doubled_and_missed() -> None:
    record = Record("bad", 2, Sentiment.NEGATIVE)
    sent = [
        Sent(record, "a", (0.1, 0.2), None),
        Sent(record, "b", (0.1,), "POST answered 500"),
        Sent(record, None, (), "GET answered 404"),
    ]
    one = Stored("a", 2, "negative", True, 1.5, Reason.RATING, 0.4)
    report = write_report(Replay("Replay", ["line 2: not JSON"], sent, [one, one], 3, 2.0))
    for row in (
        "| stored | 1 |",
        "| duplicates | 1 |",
        "| errors | 2 |",
        "| acknowledged but not stored | 1 |",
        "| malformed lines skipped | 1 |",
        "| ratings of 0 to 6 | 2 | 2 |",
        "| negative | 1 | 0 | 0 | 0 |",
        "Accuracy 1.000, macro-F1 1.000, n = 1.",
        "| submit -> classified | 2 | 1.500 | 1.500 | 1.500 |",
        "| submit -> notification handed over | 2 | 0.400 | 0.400 | 0.400 |",
    ):
        assert row in report.splitlines()
    assert "Gave up waiting: 3" in report
