"""What the fields of a store may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.stores import places, rules
from app.stores.calendar import Calendar


def refusal(rule: object, text: str) -> str:
    """The code of the fault that a rule finds in a text."""
    assert callable(rule)
    with pytest.raises(Invalid) as caught:
        rule(text)
    return next(iter(caught.value.faults.values()))


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", []),
        (" , ", []),
        ("09:00-21:00", [["09:00", "21:00"]]),
        ("9-21", [["09:00", "21:00"]]),
        ("9.00–21.30", [["09:00", "21:30"]]),
        ("14:00-21:00, 09:00-13:00", [["09:00", "13:00"], ["14:00", "21:00"]]),
        ("09:00-13:00,13:00-21:00", [["09:00", "13:00"], ["13:00", "21:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("00:00-00:00", [["00:00", "00:00"]]),
        ("20:00-02:00", [["20:00", "02:00"]]),
        ("10:00-14:00, 20:00 — 02:00", [["10:00", "14:00"], ["20:00", "02:00"]]),
    ],
)
def test_hours_are_read_as_people_type_them(text: str, hours: list[list[str]]) -> None:
    assert rules.day_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nine to five", "bad_hours"),
        ("09:00", "bad_hours"),
        ("09:00-25:00", "bad_hours"),
        ("09:00-24:30", "bad_hours"),
        ("09:60-10:00", "bad_hours"),
        ("24:00-02:00", "bad_hours"),
        ("09:00-09:00", "bad_hours"),
        ("٠٩:٠٠-٢١:٠٠", "bad_hours"),
        ("09:00-21:00; 22:00-23:00", "bad_hours"),
        ("-1:00-5:00", "bad_hours"),
        ("09:00-14:00, 13:00-21:00", "overlap"),
        ("20:00-02:00, 21:00-23:00", "overlap"),
        ("09:00-10:00, 09:00-10:00", "overlap"),
        ("1-2, 3-4, 5-6, 7-8, 9-10, 11-12, 13-14", "many_intervals"),
    ],
)
def test_hours_that_mean_nothing_are_refused(text: str, code: str) -> None:
    assert refusal(rules.day_hours, text) == code


@given(st.text(max_size=60))
def test_any_text_is_hours_or_a_clear_refusal(text: str) -> None:
    try:
        hours = rules.day_hours(text)
    except Invalid:
        return
    assert rules.day_hours(rules.hours_text(hours)) == hours
    Calendar.from_hours("Europe/Kyiv", {"1": hours}, {})


def test_days_that_differ_stand_one_on_a_line() -> None:
    typed = "31.12.2026 9-15\n\n2026-12-25 closed\n2027-01-01 Зачинено"
    days = rules.dated_hours(typed)
    assert days == {"2026-12-25": [], "2026-12-31": [["09:00", "15:00"]], "2027-01-01": []}
    assert rules.dated_hours_text(days, "зачинено").splitlines() == [
        "2026-12-25 зачинено",
        "2026-12-31 09:00-15:00",
        "2027-01-01 зачинено",
    ]


def test_the_readers_own_word_for_closed_is_understood() -> None:
    assert rules.dated_hours("2026-12-25 fermé", "fermé") == {"2026-12-25": []}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-13-01 closed", "bad_date"),
        ("31.02.2026 closed", "bad_date"),
        ("tomorrow closed", "bad_date"),
        ("2026-12-25", "bad_hours"),
        ("2026-12-25 perhaps", "bad_hours"),
        ("2026-12-25 9-15, 14-16", "overlap"),
        ("2026-12-25 closed\n25.12.2026 9-15", "repeated_date"),
    ],
)
def test_a_line_that_means_nothing_is_named(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.dated_hours(text)
    assert caught.value.faults == {"hours": code, "line": text.splitlines()[-1]}


def test_there_is_an_end_to_days_that_differ() -> None:
    days = "\n".join(f"{year}-12-25 closed" for year in range(2026, 2127))
    assert refusal(rules.dated_hours, days) == "many_dates"


@pytest.mark.parametrize("code", ["K-12", "007", "Київ_3", "a.b/c", "x" * 32])
def test_a_store_code_is_letters_digits_and_a_few_signs(code: str) -> None:
    assert rules.store_code(code) == code


@pytest.mark.parametrize("code", ["-12", "a b", "x" * 33, "<b>", "a,b", "=1+1", "🏬"])
def test_other_store_codes_are_refused(code: str) -> None:
    assert refusal(rules.store_code, code) == "bad_code"


def test_labels_are_kept_once_in_their_order() -> None:
    assert rules.labels("franchise, Airport,, FRANCHISE ,") == ["franchise", "Airport"]
    assert rules.labels("") == []
    assert refusal(rules.labels, "x" * 41) == "long_label"
    assert refusal(rules.labels, ",".join(str(n) for n in range(21))) == "many_labels"


def test_countries_are_those_of_iso_3166() -> None:
    assert len(places.countries("uk")) == 249
    assert places.countries("uk")["UA"] == "Україна"
    assert places.country_code("ua") == "UA"
    for text in ("", "XK", "EU", "UK", "UKR", "ZZ", "я"):
        assert refusal(places.country_code, text) == "unknown"


def test_currencies_are_those_in_use() -> None:
    assert places.currency_code("uah") == "UAH"
    for text in ("", "DEM", "XAU", "₴", "UAK"):
        assert refusal(places.currency_code, text) == "unknown"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("europe/kiev", "Europe/Kyiv"),
        ("Europe/Uzhgorod", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),
        ("US/Eastern", "America/New_York"),
        ("UTC", "Etc/UTC"),
    ],
)
def test_old_names_of_zones_become_those_of_today(typed: str, meant: str) -> None:
    assert places.time_zone_name(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "Kyiv", "Europe/Lviv", "+02:00", "../../etc/passwd", "Europe/Kyiv\0", "localtime"]
)
def test_what_is_no_zone_is_refused(typed: str) -> None:
    assert refusal(places.time_zone_name, typed) == "unknown"


def test_every_zone_that_is_offered_can_be_used() -> None:
    for zone in places.time_zones():
        assert places.time_zone_name(zone) == zone
        Calendar.from_hours(zone, {}, {})


def test_days_are_days_in_the_zone_of_most_stores() -> None:
    assert rules.home_zone(["Europe/Kyiv", "Europe/Warsaw", "Europe/Warsaw"]) == "Europe/Warsaw"
    assert rules.home_zone([]) == "Europe/Kyiv"
