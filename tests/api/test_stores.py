"""Stores are kept in step with the chain's own list, under the same rules as on their page."""

from typing import Any

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.db import reading
from app.stores.models import Region, Store
from tests.api.cast import ask, faults, new_api_key, write
from tests.fakes import Hands
from tests.make import EVERY_DAY, Chain, rows_of

NEW: dict[str, Any] = {"code": "KYIV-12", "name": "Kyiv 12", "region": "West"}
WHOLE: dict[str, Any] = {
    **NEW,
    "kind": "online_shop",
    "address": "Khreshchatyk 12",
    "country": "pl",
    "currency": "pln",
    "time_zone": "europe/kiev",
    "languages": ["en", "uk", "en"],
    "labels": ["Outlet", "outlet", "Франшиза"],
    "weekly_hours": {"1": ["14:00-21:00", "9-13"], "7": []},
    "dated_hours": {"2026-12-25": [], "2026-12-24": ["10:00-15:00"]},
}


def test_a_store_is_added_as_it_is_told(app: Flask, chain: Chain, hands: Hands) -> None:
    status, made = write(app, new_api_key(chain), "POST /stores", WHOLE)
    assert status == 201
    assert made == {
        "id": made["id"],
        "code": "KYIV-12",
        "name": "Kyiv 12",
        "region": "West",
        "kind": "online_shop",
        "address": "Khreshchatyk 12",
        "country": "PL",
        "currency": "PLN",
        "time_zone": "Europe/Kyiv",
        "languages": ["en", "uk"],
        "labels": ["Outlet", "Франшиза"],
        "weekly_hours": {"1": ["09:00-13:00", "14:00-21:00"]},
        "dated_hours": {"2026-12-24": ["10:00-15:00"], "2026-12-25": []},
        "created_at": "2026-11-25T12:00:00Z",
        "retired_at": None,
    }
    assert ask(app, new_api_key(chain), f"/stores/{made['id']}") == (200, made)


def test_the_least_is_code_name_and_region(app: Flask, chain: Chain) -> None:
    status, made = write(app, new_api_key(chain), "POST /stores", NEW)
    assert (status, made["kind"], made["country"], made["weekly_hours"]) == (201, "shop", "UA", {})


def test_a_region_is_found_whatever_its_case_or_made(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    assert write(app, key, "POST /stores", {**NEW, "region": "wEST"})[1]["region"] == "West"
    write(app, key, "POST /stores", {**NEW, "code": "N1", "region": "North"})
    assert sorted(region.name for region in rows_of(chain, Region)) == ["East", "North", "West"]


def test_a_code_is_taken_once_and_its_store_named(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    for request in ("POST /stores", f"PATCH /stores/{chain.other_store_id}"):
        status, problem = write(app, key, request, {**NEW, "code": "s1"})
        assert (status, problem["code"]) == (409, "code_taken")
        assert problem["details"] == {"id": str(chain.store_id)}
    assert write(app, key, f"PATCH /stores/{chain.store_id}", {"code": "s1"})[0] == 200


BAD: list[tuple[dict[str, Any], str]] = [
    ({"code": ""}, "code: no_code"),
    ({"code": "a b"}, "code: bad_code"),
    ({"code": "x" * 33}, "code: bad_code"),
    ({"name": "\n"}, "name: empty"),
    ({"region": ""}, "region: empty"),
    ({"kind": "kiosk"}, "kind: unknown_value"),
    ({"address": "x" * 301}, "address: too_long"),
    ({"country": "XX"}, "country: unknown"),
    ({"currency": "USDT"}, "currency: unknown"),
    ({"time_zone": "Mars/Olympus"}, "time_zone: unknown"),
    ({"languages": []}, "languages: empty"),
    ({"languages": ["ru"]}, "languages: unknown_value"),
    ({"languages": "uk"}, "languages: wrong_type"),
    ({"languages": [1]}, "languages.0: wrong_type"),
    ({"labels": ["a,b"]}, "labels: bad_label"),
    ({"labels": ["x" * 41]}, "labels: long_label"),
    ({"labels": [str(n) for n in range(21)]}, "labels: many_labels"),
    ({"weekly_hours": {"8": []}}, "weekly_hours.8.?: unknown_value"),
    ({"weekly_hours": {"1": ["25:00-26:00"]}}, "weekly_hours.1: bad_hours"),
    ({"weekly_hours": {"1": ["09:00-12:00", "11:00-13:00"]}}, "weekly_hours.1: overlap"),
    ({"weekly_hours": {"1": ["9-10"] * 60}}, "weekly_hours.1: many_intervals"),
    ({"weekly_hours": {"1": [["09:00", "12:00"]]}}, "weekly_hours.1.0: wrong_type"),
    ({"dated_hours": {"2026-02-30": []}}, "dated_hours.2026-02-30.?: bad_date"),
    ({"dated_hours": {"25.12.2026": []}}, "dated_hours.?.?: bad_date"),
    ({"dated_hours": {"1764072000": []}}, "dated_hours.1764072000.?: bad_date"),
    ({"dated_hours": {"2026-W52-5": []}}, "dated_hours.2026-W52-5.?: bad_date"),
    ({"dated_hours": {f"{n}-01-01": [] for n in range(2000, 2101)}}, "dated_hours: many_dates"),
]


@pytest.mark.parametrize(("part", "fault"), BAD, ids=lambda part: str(part)[:40])
def test_what_the_page_refuses_the_api_refuses(
    app: Flask, chain: Chain, part: dict[str, Any], fault: str
) -> None:
    key = new_api_key(chain)
    for request, body in (("POST /stores", {**NEW, **part}), (f"PATCH /stores/{chain.store_id}", part)):
        status, problem = write(app, key, request, body)
        assert (status, faults(problem)) == (422, [fault])
    assert sorted(store.code for store in rows_of(chain, Store)) == ["S1", "S2"]


def test_a_change_leaves_the_rest_as_it_is(app: Flask, chain: Chain, hands: Hands) -> None:
    path, key = f"PATCH /stores/{chain.store_id}", new_api_key(chain)
    status, shown = write(app, key, path, {"name": "Renamed", "labels": ["new"], "region": "East"})
    assert (status, shown["name"], shown["labels"], shown["region"]) == (200, "Renamed", ["new"], "East")
    with reading(chain.organisation_id) as session:
        store = session.get_one(Store, (chain.organisation_id, chain.store_id))
        assert (store.code, store.weekly_hours, store.time_zone) == ("S1", EVERY_DAY, "Europe/Kyiv")
    assert write(app, key, path, {"weekly_hours": {}})[1]["weekly_hours"] == {}
    assert write(app, key, path, {"retired": True})[1]["retired_at"] == "2026-11-25T12:00:00Z"
    assert write(app, key, path, {"retired": False})[1]["retired_at"] is None
    deeds = [(entry.deed, entry.subject) for entry in rows_of(chain, AuditEntry)]
    assert deeds == [
        ("store.changed", "S1"),
        ("store.changed", "S1"),
        ("store.retired", "S1"),
        ("store.restored", "S1"),
    ]


@pytest.mark.parametrize("name", ["name", "kind", "address", "languages", "weekly_hours", "retired"])
def test_null_changes_nothing_and_is_refused(app: Flask, chain: Chain, name: str) -> None:
    status, problem = write(app, new_api_key(chain), f"PATCH /stores/{chain.store_id}", {name: None})
    assert (status, problem["code"]) == (422, "invalid")


def test_stores_are_filtered(app: Flask, chain: Chain) -> None:
    key = new_api_key(chain)
    write(app, key, "POST /stores", WHOLE)

    def codes(query: str) -> list[str]:
        return sorted(item["code"] for item in ask(app, key, f"/stores?{query}")[1]["items"])

    assert codes("") == ["KYIV-12", "S1", "S2"]
    assert codes("kind=online_shop") == ["KYIV-12"]
    assert codes("country=ua") == ["S1", "S2"]
    assert codes("label=Франшиза") == codes("label=Outlet") == ["KYIV-12"]
    assert codes("label=Out") == codes("label=%25") == codes("label=%22%2C%20%22") == []
    assert codes("region=west") == ["KYIV-12", "S1"]
    assert codes("code=kyiv-12") == ["KYIV-12"]
    assert codes("region=west&kind=shop") == ["S1"]
    assert ask(app, key, "/stores?region=North")[1]["errors"] == [{"path": "region", "code": "unknown_value"}]
    assert ask(app, key, "/stores?country=XX")[1]["errors"] == [{"path": "country", "code": "unknown"}]


def test_a_limited_key_keeps_to_its_stores(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    key = new_api_key(chain, stores=[chain.store_id])
    assert [item["code"] for item in ask(app, key, "/stores")[1]["items"]] == ["S1"]
    for store_id in (chain.other_store_id, foreign_chain.store_id):
        assert ask(app, key, f"/stores/{store_id}")[0] == 404
        assert write(app, key, f"PATCH /stores/{store_id}", {"name": "Mine"})[0] == 404
    status, problem = write(app, key, "POST /stores", NEW)
    assert (status, problem["code"]) == (403, "wrong_scope")
    assert write(app, key, f"PATCH /stores/{chain.store_id}", {"name": "Ours"})[0] == 200
    status, problem = write(app, key, f"PATCH /stores/{chain.store_id}", {"region": "Brand new"})
    assert (status, problem["errors"]) == (422, [{"path": "region", "code": "unknown_value"}])
