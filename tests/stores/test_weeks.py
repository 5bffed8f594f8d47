"""A week of hours on one line, in the words that people use."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.stores.weeks import DAY_WORDS, week_hours, week_text

NINE = [["09:00", "21:00"]]
ROUND = [["00:00", "24:00"]]
TEN = [["10:00", "20:00"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon-Fri 09:00-21:00; Sat,Sun 10:00-20:00", {**dict.fromkeys("12345", NINE), "6": TEN, "7": TEN}),
        ("пн-пт 9-21\nсб, нд: 10.00–20.00", {**dict.fromkeys("12345", NINE), "6": TEN, "7": TEN}),
        ("pon - pt 09:00-21:00", dict.fromkeys("12345", NINE)),
        ("Monday 9-13, 14-21; Tuesday closed", {"1": [["09:00", "13:00"], ["14:00", "21:00"]]}),
        ("п'ятниця 9-21", {"5": NINE}),
        ("Sat-Mon 10-20", {"1": TEN, "6": TEN, "7": TEN}),
        ("Fri 22:00-02:00", {"5": [["22:00", "02:00"]]}),
        ("daily 09:00-21:00", dict.fromkeys("1234567", NINE)),
        ("24/7", dict.fromkeys("1234567", ROUND)),
        ("цілодобово", dict.fromkeys("1234567", ROUND)),
        ("зачинено", {}),
        ("нд -", {}),
        ("", {}),
    ],
)
def test_a_week_is_read(text: str, expected: dict[str, list[list[str]]]) -> None:
    assert week_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Mon 9-10; Mon 9-11", "repeated_day", "Mon 9-11"),
        ("Mon-Fri 9-10; Wed 9-11", "repeated_day", "Wed 9-11"),
        ("xyz 9-10", "bad_week", "xyz 9-10"),
        ("Mon-Wed-Fri 9-10", "bad_week", "Mon-Wed-Fri 9-10"),
        ("9-21", "bad_week", "9-21"),
        ("Mon", "bad_week", "Mon"),
        ("Mon 25-26", "bad_hours", "Mon 25-26"),
        ("Mon 9-12, 11-14", "overlap", "Mon 9-12, 11-14"),
        ("<script>", "bad_week", "<script>"),
    ],
)
def test_a_part_that_is_no_hours_is_named(text: str, code: str, line: str) -> None:
    with pytest.raises(Invalid) as refusal:
        week_hours(text)
    assert refusal.value.faults == {"hours": code, "line": line}


def test_days_of_equal_hours_are_written_together() -> None:
    hours = {**dict.fromkeys("1235", NINE), "6": TEN, "7": TEN}
    assert week_text(hours) == "Mon-Wed,Fri 09:00-21:00; Sat,Sun 10:00-20:00"
    assert week_text(hours, "uk") == "Пн-Ср,Пт 09:00-21:00; Сб,Нд 10:00-20:00"
    assert week_text({"1": []}) == ""


INTERVALS = st.sampled_from([NINE, TEN, [["09:00", "13:00"], ["14:00", "21:00"]], [["22:00", "02:00"]]])


@given(st.dictionaries(st.sampled_from("1234567"), INTERVALS), st.sampled_from([*DAY_WORDS, "xx"]))
def test_what_is_written_is_read_again(hours: dict[str, list[list[str]]], language: str) -> None:
    assert week_hours(week_text(hours, language)) == hours


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Invalid):
        assert set(week_hours(text)) <= set("1234567")
