"""What a table would change: new, changed, the same, or refused with its reason. No database."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stores.imports.cells import CLEARED, guarded, unguarded
from app.stores.imports.columns import OWN_COLUMNS, Column, heading, is_heading
from app.stores.imports.plan import Chain, Known, Outcome, Plan, plan_import
from app.stores.imports.reader import BadSheet, read_sheet
from app.stores.imports.writer import write_stores, write_template

NINE = [["09:00", "21:00"]]
OLD = {
    Column.CODE: "K-1",
    Column.NAME: "Old",
    Column.REGION: "West",
    Column.KIND: "shop",
    Column.COUNTRY: "UA",
    Column.CURRENCY: "UAH",
    Column.TIME_ZONE: "Europe/Kyiv",
    Column.ADDRESS: "1 First St",
    Column.LANGUAGES: ["uk", "en"],
    Column.LABELS: ["franchise"],
    Column.HOURS: dict.fromkeys("12345", NINE),
    Column.CLOSED: False,
}


def chain(*stores: dict[Column, Any], points: tuple[str, ...] = ("Till 1",), **others: Any) -> Chain:
    """A chain with these stores."""
    known = {
        values[Column.CODE].casefold(): Known(UUID(int=n), values, points)
        for n, values in enumerate(stores or (OLD,), 1)
    }
    return Chain(known, ["West", "East"], ("uk", "en"), **others)


def plan(text: str, before: Chain | None = None) -> Plan:
    """What a table would change in a chain with the one store K-1."""
    return plan_import(read_sheet(text.encode(), is_heading), before or chain())


def faults(text: str, before: Chain | None = None) -> list[tuple[int, str, str]]:
    """The faults of a table: row, column, code."""
    return [(fault.row, fault.column, fault.code) for fault in plan(text, before).faults]


def changes(text: str) -> dict[str, tuple[Any, Any]]:
    """What the one row of a table changes."""
    (row,) = plan(text).rows
    return {change.column: (change.before, change.after) for change in row.changes}


def test_a_new_store_takes_what_its_row_says_and_sensible_defaults() -> None:
    (row,) = plan("Code,Name,Region,Country,Hours,Touchpoints\nK-2,New,East,PL,Mon 9-21,Till 1|Till 2").rows
    assert row.outcome is Outcome.NEW
    assert row.values == {
        Column.NAME: "New",
        Column.REGION: "East",
        Column.KIND: "shop",
        Column.COUNTRY: "PL",
        Column.CURRENCY: "PLN",
        Column.TIME_ZONE: "Europe/Warsaw",
        Column.ADDRESS: "",
        Column.LABELS: [],
        Column.HOURS: {"1": NINE},
    }
    assert row.points == ("Till 1", "Till 2")


def test_a_known_store_changes_where_its_row_differs() -> None:
    table = "код;назва;регіон;вид;адреса;мітки;точки контакту\nk-1;Нова;west;доставка;;a, b;till 1|Door"
    found = plan(table)
    (row,) = found.rows
    assert (row.outcome, row.code, row.points) == (Outcome.CHANGED, "K-1", ("Door",))
    assert changes(table) == {
        Column.NAME: ("Old", "Нова"),
        Column.KIND: ("shop", "delivery"),
        Column.LABELS: (["franchise"], ["a", "b"]),
    }
    assert found.new_regions == []


def test_an_empty_cell_keeps_and_a_dash_clears() -> None:
    header = "Code;Address;Labels;Hours;Name"
    assert changes(f"{header}\nK-1;;;;") == {}
    cleared = changes(f"{header}\nK-1;-;-;-;")
    assert {column: after for column, (_before, after) in cleared.items()} == CLEARED
    assert changes(f"{header}\nK-1;'-;;;")[Column.ADDRESS] == ("1 First St", "-")


def test_days_may_have_columns_of_their_own() -> None:
    (_before, after) = changes("Code;Mon;Sat;Sun\nK-1;closed;10-20;")[Column.HOURS]
    assert after == {**dict.fromkeys("2345", NINE), "6": [["10:00", "20:00"]]}


def test_a_store_is_closed_and_opened_by_its_row() -> None:
    assert changes("Code;Closed\nK-1;так") == {Column.CLOSED: (False, True)}
    assert changes("Code;Closed\nK-1;no") == {}


def test_the_same_row_twice_changes_nothing() -> None:
    table = write_stores([{**OLD, Column.POINTS: ["Till 1"]}], "uk").decode("utf-8-sig")
    assert [row.outcome for row in plan(table).rows] == [Outcome.SAME]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Code;Name\nK-1;Old;more", [(2, "", "ragged")]),
        ("Code;Name;Region\nK-2;New", [(2, "", "ragged")]),
        ("Code;Name\nCode;Name", [(2, "", "header_again")]),
        ("Code;Name\n;Nameless code", [(2, "Code", "no_code")]),
        ("Code;Name\nK 1;Old", [(2, "Code", "bad_code")]),
        ("Code;Name\n1E+05;Excel", [(2, "Code", "bad_code")]),
        ("Code\nK-1\nk-1", [(3, "Code", "repeated_code")]),
        ("Code\nK-2", [(2, "name", "no_name"), (2, "region", "no_region")]),
        ("Code;Name;Region\nK-2;;", [(2, "Name", "no_name"), (2, "Region", "no_region")]),
        ("Code;Name;Region\nK-2;New;" + "x" * 121, [(2, "Region", "too_long")]),
        ("Code;Kind\nK-1;palace", [(2, "Kind", "unknown_kind")]),
        ("Code;Country\nK-1;Nowhere", [(2, "Country", "unknown_country")]),
        ("Code;Currency\nK-1;DEM", [(2, "Currency", "unknown_currency")]),
        ("Code;Time zone\nK-1;Europe/Lviv", [(2, "Time zone", "unknown_zone")]),
        ("Code;Languages\nK-1;uk, xx", [(2, "Languages", "unknown_language")]),
        ("Code;Labels\nK-1;" + "x" * 41, [(2, "Labels", "long_label")]),
        ("Code;Hours\nK-1;Mon 25-26", [(2, "Hours", "bad_hours")]),
        ("Code;Hours\nK-1;sometimes", [(2, "Hours", "bad_week")]),
        ("Code;Tue\nK-1;late", [(2, "Tue", "bad_hours")]),
        ("Code;Closed\nK-1;maybe", [(2, "Closed", "yes_or_no")]),
        ("Code;Points\nK-1;" + "|".join(f"T {n}" for n in range(51)), [(2, "Points", "many_points")]),
        (
            "Code;Name;Region;Country\nK-2;New;West;US",
            [(2, "time_zone", "no_time_zone")],
        ),
    ],
)
def test_a_row_is_refused_with_its_column_and_reason(
    table: str, expected: list[tuple[int, str, str]]
) -> None:
    assert faults(table) == expected


def test_all_faults_of_all_rows_are_told_at_once() -> None:
    table = "Code;Kind;Country;Hours\nK-1;palace;Nowhere;late\nK 2;shop;UA;\nK-1;shop;UA;"
    assert faults(table) == [
        (2, "Kind", "unknown_kind"),
        (2, "Country", "unknown_country"),
        (2, "Hours", "bad_week"),
        (3, "Code", "bad_code"),
        (4, "Code", "repeated_code"),
    ]


def test_a_store_out_of_scope_is_as_if_it_were_not_there() -> None:
    known = {"k-1": Known(UUID(int=1), OLD, is_in_scope=False)}
    before = Chain(known, ["West"], ("uk",), may_create=False)
    table = "Code;Name;Region\nK-1;Mine now;West\nK-2;New;West"
    assert faults(table, before) == [(2, "Code", "no_such_store"), (3, "Code", "no_such_store")]


def test_touchpoints_need_a_survey_to_ask() -> None:
    assert faults("Code;Points\nK-1;Door", chain(has_survey=False)) == [(2, "Points", "no_survey")]


def test_columns_that_are_not_ours_and_those_that_are_missing_are_told() -> None:
    found = plan("Code;Telephone;<b>x</b>;\nK-1;044;;")
    assert found.unknown == ["Telephone", "<b>x</b>"]
    assert found.missing == [Column.NAME, Column.REGION]
    assert found.counts[Outcome.SAME] == 1


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Name;Region", "no_code_column"),
        ("Code;Код;Name", "repeated_column"),
        ("Code;Hours;Mon", "two_hours"),
    ],
)
def test_a_header_that_cannot_be_followed_refuses_the_file(header: str, code: str) -> None:
    with pytest.raises(BadSheet) as refusal:
        plan(f"{header}\n" + ";".join("x" for _ in header.split(";")))
    assert refusal.value.code == code


def test_a_new_region_is_made_once_however_it_is_spelt() -> None:
    found = plan("Code;Name;Region\nK-2;Two;Південь\nK-3;Three; ПІВДЕНЬ \nK-4;Four;EAST")
    assert found.new_regions == ["Південь"]
    assert [row.values[Column.REGION] for row in found.rows] == ["Південь", "Південь", "East"]


def test_the_region_of_a_refused_row_is_not_made() -> None:
    assert plan("Code;Name;Region;Kind\nK-2;Two;South;palace").new_regions == []


def test_the_mark_differs_as_soon_as_anything_does() -> None:
    table = "Code;Name;Region\nK-1;New;West\nK-2;Two;East"
    others = [
        plan(table.replace("New", "Newer")),
        plan(table.replace("Two", "Three")),
        plan(table.replace("East", "South")),
        plan(f"{table}\nbad code;x;x"),
        plan(table, chain({**OLD, Column.NAME: "Renamed meanwhile"})),
        plan(table, chain(OLD, {**OLD, Column.CODE: "K-2"})),
    ]
    marks = {found.mark for found in others}
    assert len(marks) == len(others)
    assert plan(table).mark not in marks
    assert plan(table).mark == plan(table.replace(";", ",")).mark


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


@given(NAMES)
def test_an_apostrophe_keeps_formulas_asleep_and_is_taken_away_again(text: str) -> None:
    assert guarded(text)[:1] not in tuple("=+-@\t\r")
    assert unguarded(guarded(text)) == text


@given(
    name=NAMES,
    address=NAMES,
    labels=st.lists(NAMES, max_size=3),
    points=st.lists(NAMES, max_size=4),
    language=st.sampled_from(["uk", "en", "pl", "xx"]),
)
def test_an_export_imported_again_changes_nothing(
    *, name: str, address: str, labels: list[str], points: list[str], language: str
) -> None:
    """The values are made as the product would have stored them: by reading a table that somebody sent."""
    first = write_stores(
        [{**OLD, Column.NAME: name, Column.ADDRESS: address, Column.LABELS: labels, Column.POINTS: points}],
        language,
    )
    (row,) = plan_import(read_sheet(first, is_heading), chain(OLD, points=())).rows
    if row.outcome is Outcome.REFUSED:
        return
    now = {**OLD, **{change.column: change.after for change in row.changes}}
    again = write_stores([{**now, Column.POINTS: row.points}], language)
    (row,) = plan_import(read_sheet(again, is_heading), chain(now, points=tuple(row.points))).rows
    assert row.outcome is Outcome.SAME, row.changes


@pytest.mark.parametrize("language", ["uk", "en", "pl"])
def test_the_template_is_a_table_that_would_be_imported_whole(language: str) -> None:
    content = write_template(language)
    assert content.startswith(b"\xef\xbb\xbf")
    sheet = read_sheet(content, is_heading)
    before = Chain({}, [], ("uk", "en", "pl"))
    assert [row.outcome for row in plan_import(sheet, before).rows] == [Outcome.NEW, Outcome.NEW]
    assert sheet.header == [heading(column, language) for column in OWN_COLUMNS]


CELLS = st.text(alphabet="K-12;,\t\"\n\r|'=@+Пн9:.абв<>\0\u200b🏬", max_size=12)
SHEETS = st.lists(st.lists(st.one_of(CELLS, st.sampled_from([*OWN_COLUMNS, "K-1", "24/7"])), max_size=5))


@given(SHEETS)
def test_no_table_raises_anything_but_a_fault(rows: list[list[str]]) -> None:
    text = "code;name;region;weekly_hours;touchpoints\n" + "\n".join(";".join(row) for row in rows)
    with suppress(BadSheet):
        found = plan(text)
        assert sum(found.counts.values()) == len(found.rows)
        assert all(bool(row.faults) is (row.outcome is Outcome.REFUSED) for row in found.rows)
        assert found.mark
