"""Opening hours as arithmetic: the clock of every promise."""

import time as stopwatch
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.stores.calendar import Calendar

KYIV = ZoneInfo("Europe/Kyiv")
ZONES = (
    "Europe/Kyiv",
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # the clocks move by half an hour
    "Africa/Cairo",  # they move at midnight
    "America/Nuuk",  # they skip the last hour of a day
    "Pacific/Chatham",
)
MINUTE = timedelta(minutes=1)


def week(*hours: list[str], zone: str = "Europe/Kyiv", **dated: list[list[str]]) -> Calendar:
    """The same hours on each day, except on dates given as ``d2026_12_25``."""
    days = {name[1:].replace("_", "-"): value for name, value in dated.items()}
    return Calendar.from_hours(zone, {str(day): list(hours) for day in range(1, 8)}, days)


def kyiv(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of 2026 as the clocks in Kyiv show it."""
    return datetime(2026, month, day, hour, minute, tzinfo=KYIV).astimezone(UTC)


def test_thirty_minutes_within_the_day_are_thirty_minutes() -> None:
    assert week(["09:00", "21:00"]).add_working_minutes(kyiv(11, 25, 14), 30) == kyiv(11, 25, 14, 30)


def test_an_answer_of_the_late_night_is_due_after_opening() -> None:
    assert week(["10:00", "22:00"]).add_working_minutes(kyiv(11, 25, 22, 40), 30) == kyiv(11, 26, 10, 30)


def test_minutes_before_closing_are_carried_to_the_next_morning() -> None:
    assert week(["09:00", "21:00"]).add_working_minutes(kyiv(11, 25, 20, 50), 30) == kyiv(11, 26, 9, 20)


def test_a_promise_may_end_exactly_at_closing() -> None:
    assert week(["09:00", "21:00"]).add_working_minutes(kyiv(11, 25, 20, 30), 30) == kyiv(11, 25, 21)


def test_no_minutes_from_a_closed_store_mean_its_opening() -> None:
    calendar = week(["09:00", "21:00"])
    assert calendar.add_working_minutes(kyiv(11, 25, 21), 0) == kyiv(11, 26, 9)
    assert calendar.add_working_minutes(kyiv(11, 25, 14), 0) == kyiv(11, 25, 14)


def test_a_lunch_break_does_not_count() -> None:
    calendar = week(["09:00", "13:00"], ["14:00", "21:00"])
    assert calendar.add_working_minutes(kyiv(11, 25, 12, 45), 30) == kyiv(11, 25, 14, 15)
    assert calendar.working_minutes(kyiv(11, 25, 12, 45), kyiv(11, 25, 14, 15)) == 30
    assert not calendar.is_open(kyiv(11, 25, 13))
    assert calendar.next_opening(kyiv(11, 25, 13)) == kyiv(11, 25, 14)


def test_a_store_opens_at_the_first_instant_and_is_closed_at_the_last() -> None:
    calendar = week(["09:00", "21:00"])
    assert calendar.is_open(kyiv(11, 25, 9))
    assert not calendar.is_open(kyiv(11, 25, 9) - timedelta(microseconds=1))
    assert not calendar.is_open(kyiv(11, 25, 21))
    assert calendar.is_open(kyiv(11, 25, 21) - timedelta(microseconds=1))


@pytest.mark.parametrize("hours", [["00:00", "24:00"], ["00:00", "00:00"], ["09:00", "09:00"]])
def test_a_store_open_round_the_clock_never_waits(hours: list[str]) -> None:
    calendar = week(hours)
    start = kyiv(11, 25, 23, 50)
    assert calendar.is_open(start)
    assert calendar.add_working_minutes(start, 30) == start + 30 * MINUTE
    assert calendar.working_minutes(start, start + timedelta(days=3)) == 3 * 24 * 60


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    calendar = Calendar.from_hours("Europe/Kyiv", {"5": [["20:00", "02:00"]]}, {})  # Fridays only
    assert calendar.is_open(kyiv(11, 28, 1, 59))
    assert not calendar.is_open(kyiv(11, 28, 2))
    assert not calendar.is_open(kyiv(11, 27, 1))
    assert calendar.add_working_minutes(kyiv(11, 28, 1, 45), 30) == kyiv(12, 4, 20, 15)


def test_a_closed_day_is_skipped() -> None:
    calendar = week(["09:00", "21:00"], d2026_12_25=[])
    assert not calendar.is_open(kyiv(12, 25, 12))
    assert calendar.add_working_minutes(kyiv(12, 24, 20, 50), 30) == kyiv(12, 26, 9, 20)


def test_a_dated_day_has_its_own_hours_and_no_others() -> None:
    calendar = week(["09:00", "21:00"], d2026_12_31=[["09:00", "15:00"]])
    assert not calendar.is_open(kyiv(12, 31, 15))
    assert calendar.add_working_minutes(kyiv(12, 31, 14, 50), 30) == datetime(2027, 1, 1, 9, 20, tzinfo=KYIV)


def test_the_night_before_a_closed_day_runs_to_its_end() -> None:
    calendar = week(["20:00", "02:00"], d2026_12_25=[])
    assert calendar.is_open(kyiv(12, 25, 1))
    assert not calendar.is_open(kyiv(12, 25, 21))
    assert not calendar.is_open(kyiv(12, 26, 1))


def test_hours_that_overlap_count_once() -> None:
    calendar = week(["09:00", "15:00"], ["12:00", "18:00"], ["13:00", "14:00"])
    assert calendar.working_minutes(kyiv(11, 25, 0), kyiv(11, 26, 0)) == 9 * 60
    night = week(["18:00", "10:00"], ["09:00", "12:00"])  # one day's night ends in the next day's morning
    assert night.working_minutes(kyiv(11, 25, 0), kyiv(11, 26, 0)) == 18 * 60


def test_a_store_without_hours_is_never_never_due() -> None:
    calendar = Calendar.from_hours("Europe/Kyiv", {}, {})
    start = kyiv(11, 25, 12)
    assert calendar.add_working_minutes(start, 30) == start + 30 * MINUTE
    assert calendar.next_opening(start) is None
    assert not calendar.is_open(start)
    assert calendar.working_minutes(start, start + timedelta(days=10)) == 0


def test_where_the_hours_end_for_good_the_wall_clock_goes_on_from_there() -> None:
    calendar = Calendar.from_hours(
        "Europe/Kyiv", {}, {"2026-11-25": [["09:00", "13:00"], ["14:00", "15:00"]]}
    )
    assert calendar.add_working_minutes(kyiv(11, 25, 12, 50), 70) == kyiv(11, 25, 15)
    assert calendar.add_working_minutes(kyiv(11, 25, 12, 50), 71) == kyiv(11, 25, 15, 1)


def test_a_long_closure_does_not_hide_the_minutes_after_it() -> None:
    calendar = Calendar.from_hours(
        "UTC", {}, {"2026-01-01": [["09:00", "10:00"]], "2026-06-01": [["09:00", "10:00"]]}
    )
    year = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert calendar.working_minutes(*year) == 120


def test_an_end_before_its_start_holds_no_minutes() -> None:
    assert week(["09:00", "21:00"]).working_minutes(kyiv(11, 25, 14), kyiv(11, 25, 13)) == 0


class TestSpringNight:
    """29 March 2026 in Kyiv: 03:00 becomes 04:00."""

    def test_a_night_shift_is_an_hour_shorter(self) -> None:
        calendar = week(["22:00", "06:00"])
        assert calendar.working_minutes(kyiv(3, 28, 22), kyiv(3, 29, 6)) == 7 * 60
        assert calendar.add_working_minutes(kyiv(3, 29, 2, 50), 30) == kyiv(3, 29, 4, 20)

    def test_the_skipped_hour_is_not_open(self) -> None:
        calendar = week(["03:15", "03:45"])
        assert calendar.working_minutes(kyiv(3, 29, 0), kyiv(3, 30, 0)) == 0
        assert calendar.add_working_minutes(kyiv(3, 29, 0), 10) == kyiv(3, 30, 3, 25)

    def test_hours_that_begin_in_the_skipped_hour_begin_after_it(self) -> None:
        calendar = week(["03:30", "05:00"])
        assert calendar.next_opening(kyiv(3, 29, 0)) == kyiv(3, 29, 4)
        assert calendar.working_minutes(kyiv(3, 29, 0), kyiv(3, 30, 0)) == 60

    def test_hours_that_end_in_the_skipped_hour_end_before_it(self) -> None:
        calendar = week(["01:00", "03:30"])
        assert calendar.working_minutes(kyiv(3, 29, 0), kyiv(3, 30, 0)) == 120

    def test_a_closing_never_comes_before_its_opening(self) -> None:
        calendar = week(["03:30", "04:00"])
        assert calendar.next_opening(kyiv(3, 29, 0)) == kyiv(3, 30, 3, 30)

    def test_the_whole_day_has_23_hours(self) -> None:
        assert week(["00:00", "24:00"]).working_minutes(kyiv(3, 29, 0), kyiv(3, 30, 0)) == 23 * 60


class TestAutumnNight:
    """25 October 2026 in Kyiv: 04:00 becomes 03:00 again."""

    def test_a_night_shift_is_an_hour_longer(self) -> None:
        calendar = week(["22:00", "06:00"])
        assert calendar.working_minutes(kyiv(10, 24, 22), kyiv(10, 25, 6)) == 9 * 60
        assert calendar.add_working_minutes(kyiv(10, 25, 2, 50), 30) == kyiv(10, 25, 2, 50) + 30 * MINUTE

    def test_a_time_that_comes_twice_means_the_first(self) -> None:
        calendar = week(["03:30", "05:00"])
        assert calendar.working_minutes(kyiv(10, 25, 0), kyiv(10, 26, 0)) == 150
        assert calendar.next_opening(kyiv(10, 25, 0)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert week(["01:00", "03:30"]).working_minutes(kyiv(10, 25, 0), kyiv(10, 26, 0)) == 150

    def test_neighbours_that_meet_in_the_repeated_hour_leave_no_gap(self) -> None:
        calendar = week(["01:00", "03:30"], ["03:30", "06:00"])
        assert calendar.working_minutes(kyiv(10, 25, 0), kyiv(10, 26, 0)) == 6 * 60

    @pytest.mark.parametrize("fold", [0, 1])
    def test_both_repeated_hours_are_open(self, fold: int) -> None:
        repeated = datetime(2026, 10, 25, 3, 30, tzinfo=KYIV, fold=fold)
        assert week(["00:00", "24:00"]).is_open(repeated)
        assert not week(["09:00", "21:00"]).is_open(repeated)

    def test_the_whole_day_has_25_hours(self) -> None:
        assert week(["00:00", "24:00"]).working_minutes(kyiv(10, 25, 0), kyiv(10, 26, 0)) == 25 * 60


def test_answers_are_in_utc_whatever_zone_is_asked_in() -> None:
    calendar = week(["00:00", "24:00"])
    start = datetime(2026, 10, 25, 3, 50, tzinfo=KYIV)  # local arithmetic would be an hour wrong here
    due = calendar.add_working_minutes(start, 90)
    assert due == start.astimezone(UTC) + 90 * MINUTE
    assert due.tzinfo is UTC
    opening = calendar.next_opening(start)
    assert opening is not None
    assert opening.tzinfo is UTC


def test_the_middle_of_the_day_is_the_same_in_every_zone() -> None:
    for zone in ZONES:
        noon = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo(zone))
        calendar = week(["09:00", "13:00"], zone=zone)
        assert calendar.add_working_minutes(noon, 30) == noon.astimezone(UTC) + 30 * MINUTE


def test_what_is_no_time_or_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        week(["nine", "21:00"])
    with pytest.raises(ValueError, match="isoformat"):
        Calendar.from_hours("UTC", {}, {"someday": []})
    with pytest.raises(LookupError):
        week(["09:00", "21:00"], zone="Mars/Olympus")


@pytest.mark.parametrize(
    "hours", [[["09:00", "21:00"]], [["00:00", "24:00"]], [["09:00", "13:00"], ["14:00", "21:00"]], []]
)
def test_the_submit_path_can_afford_it(hours: list[list[str]]) -> None:
    calendar = week(*hours)
    start = kyiv(11, 25, 20, 50)
    best = min(_seconds(calendar, start) for _ in range(50))
    assert best < 100e-6


def _seconds(calendar: Calendar, start: datetime) -> float:
    began = stopwatch.perf_counter()
    calendar.add_working_minutes(start, 30)
    return stopwatch.perf_counter() - began


# Whatever the hours, the zone and the night.


@st.composite
def intervals(draw: st.DrawFn) -> list[list[str]]:
    """The hours of one day: up to three intervals, the last perhaps over midnight, or none."""
    edges = sorted(draw(st.sets(st.integers(0, 95), max_size=6)))
    texts = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in edges[: len(edges) // 2 * 2]]
    pairs = [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]
    runs_over_midnight = draw(st.booleans())
    if pairs and runs_over_midnight:
        pairs[-1][1] = draw(st.sampled_from(["00:00", "00:30", "24:00", pairs[0][0]]))
    return pairs


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Calendars of any zone, some with dated days near both DST nights."""
    dated = st.dictionaries(
        st.dates(date(2026, 3, 25), date(2026, 4, 2)).map(date.isoformat), intervals(), max_size=3
    )
    weekly = {str(day): draw(intervals()) for day in range(1, 8)}
    return Calendar.from_hours(draw(st.sampled_from(ZONES)), weekly, draw(dated))


NIGHTS = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 4, 5), date(2026, 4, 24)]
)
INSTANTS = st.builds(
    lambda day, minute: datetime.combine(day, time(0), UTC) + minute * MINUTE,
    NIGHTS,
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
)


def _has_hours(calendar: Calendar) -> bool:
    return any(calendar.weekly)


@given(calendars(), INSTANTS, st.integers(0, 3000))
@settings(deadline=None)
def test_a_deadline_is_never_early(calendar: Calendar, start: datetime, minutes: int) -> None:
    assert calendar.add_working_minutes(start, minutes) >= start + minutes * MINUTE


@given(calendars(), INSTANTS, st.integers(0, 3000))
@settings(deadline=None)
def test_counting_back_gives_the_minutes_again(calendar: Calendar, start: datetime, minutes: int) -> None:
    assume(_has_hours(calendar))
    due = calendar.add_working_minutes(start, minutes)
    assert calendar.working_minutes(start, due) == minutes


@given(calendars(), INSTANTS, st.integers(0, 500), st.integers(0, 2000))
@settings(deadline=None)
def test_a_later_start_or_more_minutes_never_make_an_earlier_deadline(
    calendar: Calendar, start: datetime, minutes: int, more: int
) -> None:
    due = calendar.add_working_minutes(start, minutes)
    assert calendar.add_working_minutes(start, minutes + more) >= due
    assert calendar.add_working_minutes(start + more * MINUTE, minutes) >= due


@given(calendars(), INSTANTS, st.integers(0, 500), st.integers(0, 500))
@settings(deadline=None)
def test_two_waits_in_a_row_are_one_long_wait(
    calendar: Calendar, start: datetime, first: int, second: int
) -> None:
    assume(first > 0 and second > 0)
    halfway = calendar.add_working_minutes(start, first)
    assert calendar.add_working_minutes(halfway, second) == calendar.add_working_minutes(
        start, first + second
    )


@given(calendars(), INSTANTS)
@settings(deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, at: datetime) -> None:
    assume(_has_hours(calendar))
    opening = calendar.next_opening(at)
    assert opening is not None
    assert opening >= at
    assert calendar.is_open(opening)
    assert calendar.working_minutes(at, opening) == 0


@given(calendars(), INSTANTS)
@settings(deadline=None)
def test_minutes_add_up_over_a_cut(calendar: Calendar, cut: datetime) -> None:
    start, end = cut - 2000 * MINUTE, cut + 2000 * MINUTE
    parts = calendar.working_minutes(start, cut) + calendar.working_minutes(cut, end)
    assert parts == calendar.working_minutes(start, end)


@given(calendars(), INSTANTS)
@settings(deadline=None)
def test_open_means_what_the_clock_on_the_wall_says(calendar: Calendar, at: datetime) -> None:
    assume(not any(_comes_twice(calendar, at + hours * timedelta(hours=1)) for hours in range(-3, 4)))
    local = at.astimezone(calendar.zone)
    assert calendar.is_open(at) == any(_wall_says_open(calendar, local))


def _comes_twice(calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(calendar.zone)
    return local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]


def _wall_says_open(calendar: Calendar, local: datetime) -> Iterator[bool]:
    today, clock = local.date(), local.time()
    for opens, closes in _hours(calendar, today):
        yield opens <= clock and (clock < closes or closes <= opens)
    for opens, closes in _hours(calendar, today - timedelta(days=1)):
        yield closes <= opens and clock < closes


def _hours(calendar: Calendar, day: date) -> tuple[tuple[time, time], ...]:
    return calendar.dated.get(day, calendar.weekly[day.weekday()])
