"""Hours of many stores at once: read what would change, confirm exactly that."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import get_row, transaction
from app.stores.hours import Hours, HoursChange, HoursPlan, HoursRow
from app.stores.models import Store
from app.stores.rules import DATED_MOST
from tests.fakes import Hands
from tests.make import EVERY_DAY, NOON, Chain, get_alert_of, make_response, sign_in
from tests.stores.tables import deeds_of, stores_of

TEN = [["10:00", "20:00"]]
WEEK = {"week": "пн-нд 10:00-20:00"}


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def mark_of(answer: TestResponse) -> str:
    """The mark of what a page shows."""
    found = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert found, answer.text
    return found[1]


def change(client: FlaskClient, **form: str) -> TestResponse:
    """Look at what would change, and confirm it."""
    mark = mark_of(client.post("/stores/hours", data=form))
    return client.post("/stores/hours/apply", data={**form, "mark": mark})


def test_looking_changes_nothing(owner: FlaskClient, chain: Chain) -> None:
    assert owner.get("/stores/hours").status_code == 200
    page = owner.post("/stores/hours", data=WEEK).text
    assert "2 stores are meant · 2 would change" in page
    assert "Mon-Sun 09:00-21:00" in page
    assert "Mon-Sun 10:00-20:00" in page
    assert stores_of(chain)["S1"].weekly_hours == EVERY_DAY


def test_what_was_confirmed_is_applied_and_recorded(owner: FlaskClient, chain: Chain) -> None:
    answer = change(owner, **WEEK, dated_hours="2026-12-25 closed\n31.12.2026 9-15")
    assert answer.status_code == 303
    assert "The hours of 2 stores have been changed." in owner.get(answer.location).text
    for store in stores_of(chain).values():
        assert store.weekly_hours == dict.fromkeys("1234567", TEN)
        assert store.dated_hours == {"2026-12-25": [], "2026-12-31": [["09:00", "15:00"]]}
    fields = {"fields": ["weekly_hours", "dated_hours"]}
    assert deeds_of(chain) == [("store.changed", "Owner", code, fields) for code in ("S1", "S2")]


@pytest.mark.parametrize("field", ["region", "store"])
def test_only_the_stores_that_were_chosen_change(owner: FlaskClient, chain: Chain, field: str) -> None:
    change(owner, **WEEK, **{field: str(chain.region_id) if field == "region" else "s1"})
    found = stores_of(chain)
    assert found["S1"].weekly_hours["1"] == TEN
    assert found["S2"].weekly_hours == EVERY_DAY


def test_closed_stores_are_left_alone(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.other_store_id).retired_at = NOON
    change(owner, **WEEK)
    assert stores_of(chain)["S2"].weekly_hours == EVERY_DAY


def test_a_dated_day_is_added_to_those_that_are_there_and_taken_away_again(
    owner: FlaskClient, chain: Chain
) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).dated_hours = {"2026-12-24": []}
    change(owner, dated_hours="2026-12-25 closed")
    assert stores_of(chain)["S1"].dated_hours == {"2026-12-24": [], "2026-12-25": []}
    assert stores_of(chain)["S1"].weekly_hours == EVERY_DAY
    change(owner, usual_days="25.12.2026")
    assert {code: store.dated_hours for code, store in stores_of(chain).items()} == {
        "S1": {"2026-12-24": []},
        "S2": {},
    }


def test_open_alerts_keep_their_deadlines(owner: FlaskClient, chain: Chain) -> None:
    key = make_response(chain, 2, comment="Черга", contact="067 123 45 67")
    before = get_alert_of(chain, key)
    change(owner, week="нд 10:00-11:00")
    after = get_alert_of(chain, key)
    assert (after.answer_due_at, after.acknowledge_due_at) == (
        before.answer_due_at,
        before.acknowledge_due_at,
    )


def test_stores_that_have_those_hours_already_are_not_touched(owner: FlaskClient, chain: Chain) -> None:
    page = owner.post("/stores/hours", data={"week": "daily 09:00-21:00"}).text
    assert "2 stores are meant · 0 would change" in page
    assert 'name="mark"' not in page


def test_what_has_changed_since_is_shown_anew(owner: FlaskClient, chain: Chain) -> None:
    mark = mark_of(owner.post("/stores/hours", data=WEEK))
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).weekly_hours = {}
    answer = owner.post("/stores/hours/apply", data={**WEEK, "mark": mark})
    assert answer.status_code == 409
    assert "The stores have changed since you looked" in answer.text
    assert stores_of(chain)["S2"].weekly_hours == EVERY_DAY
    again = owner.post("/stores/hours/apply", data={**WEEK, "mark": mark_of(answer)})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "week"),
        ({"week": "late"}, "week"),
        ({"week": "Mon 9-10; Mon 10-11"}, "week"),
        ({"dated_hours": "someday closed"}, "dated_hours"),
        ({"usual_days": "someday"}, "usual_days"),
        ({**WEEK, "region": "nowhere"}, "region"),
        ({**WEEK, "store": "S9"}, "store"),
        ({**WEEK, "kind": "palace"}, "kind"),
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_kept(
    owner: FlaskClient, chain: Chain, form: dict[str, str], field: str
) -> None:
    for path in ("/stores/hours", "/stores/hours/apply"):
        answer = owner.post(path, data=form)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        typed = [value for name, value in form.items() if name not in ("region", "kind")]
        assert all(value in answer.text for value in typed)
    assert stores_of(chain)["S1"].weekly_hours == EVERY_DAY


def test_a_store_never_gets_more_days_than_one_may_have(owner: FlaskClient, chain: Chain) -> None:
    days: dict[str, object] = {f"20{year:02}-01-01": [] for year in range(DATED_MOST)}
    with transaction(chain.organisation_id) as session:
        get_row(session, Store, chain.store_id).dated_hours = days
    answer = owner.post("/stores/hours", data={"dated_hours": "2026-12-25 closed"})
    assert answer.status_code == 422
    assert "Store 1 would have more than 100 days that differ." in answer.text


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_managers_may_not_change_hours(app: Flask, chain: Chain, who: str) -> None:
    client = sign_in(app, chain, who)
    assert client.get("/stores/hours").status_code == 403
    assert client.post("/stores/hours", data=WEEK).status_code == 403
    assert client.post("/stores/hours/apply", data=WEEK).status_code == 403


def test_another_chains_stores_are_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    change(stranger, **WEEK)
    assert stores_of(chain)["S1"].weekly_hours == EVERY_DAY
    refused = stranger.post("/stores/hours", data={**WEEK, "region": str(chain.region_id)})
    assert refused.status_code == 422


def test_the_mark_differs_with_the_stores_and_their_hours() -> None:
    def plan(before: Hours, change: HoursChange, code: str = "S1") -> str:
        row = HoursRow(UUID(int=1), code, "Store", before, before.changed(change))
        return HoursPlan([row], 1).mark

    usual, later = Hours(EVERY_DAY, {}), HoursChange(week={"1": TEN})
    marks = {
        plan(usual, later),
        plan(usual, later, "S2"),
        plan(Hours({}, {}), later),
        plan(usual, HoursChange(week={"2": TEN})),
        plan(usual, HoursChange(week={"1": TEN}, dated={"2026-12-25": []})),
    }
    assert len(marks) == 5
