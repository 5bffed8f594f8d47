"""Who did what to stores, touchpoints and codes is recorded, with the names of the fields that changed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.touchpoints.actions import create_touchpoint
from app.touchpoints.models import QrCode
from tests.make import NOON, Chain, rows_of, sign_in
from tests.stores.tables import deeds_of
from tests.stores.test_views import form


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def test_what_is_done_to_stores_is_recorded(owner: FlaskClient, chain: Chain) -> None:
    address = f"/stores/{chain.store_id}"
    owner.post("/stores/new", data=form(chain))
    whole = form(chain, code="S1", name="Store 1", labels="", dated_hours="", address="", time_zone="")
    whole |= {"time_zone": "Europe/Kyiv", "first_language": "uk", "kind": "delivery"}
    whole |= {f"hours_{day}": "9-21" for day in range(1, 8)}
    assert owner.post(f"{address}/edit", data=whole).status_code == 303
    owner.post(f"{address}/edit", data=whole)
    owner.post(f"{address}/retire", data={"confirm": "S2"})
    owner.post(f"{address}/retire", data={"confirm": "S1"})
    owner.post(f"{address}/restore")
    assert deeds_of(chain) == [
        ("store.changed", "Owner", "S1", {"fields": ["kind"]}),
        ("store.created", "Owner", "K-12", {}),
        ("store.restored", "Owner", "S1", {}),
        ("store.retired", "Owner", "S1", {}),
    ]


def test_what_is_done_to_touchpoints_is_recorded(owner: FlaskClient, chain: Chain) -> None:
    address = f"/touchpoints/{chain.touchpoint_id}"
    survey = {"survey_id": str(chain.survey_id)}
    owner.post("/touchpoints/new", data={"store": "S1", "name": "Door", **survey})
    owner.post(address, data={"name": "Till 7", **survey})
    owner.post(address, data={"name": "Till 7", **survey})
    owner.post(f"{address}/retire")
    owner.post(f"{address}/restore")
    assert deeds_of(chain) == [
        ("touchpoint.changed", "Owner", "S1 · Till 7", {"fields": ["name"]}),
        ("touchpoint.created", "Owner", "S1 · Door", {}),
        ("touchpoint.restored", "Owner", "S1 · Till 7", {}),
        ("touchpoint.retired", "Owner", "S1 · Till 7", {}),
    ]


def test_what_is_done_to_codes_is_recorded(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        door = create_touchpoint(session, chain.other_store_id, chain.survey_id, "Door", now=NOON)
    address = f"/touchpoints/codes/{chain.code}"
    known = {row.code for row in rows_of(chain, QrCode)}
    owner.post(f"/touchpoints/{chain.touchpoint_id}/codes")
    (new,) = {row.code for row in rows_of(chain, QrCode)} - known
    owner.post(f"{address}/repoint", data={"touchpoint_id": str(chain.touchpoint_id)})
    owner.post(f"{address}/repoint", data={"touchpoint_id": str(door)})
    owner.post(f"{address}/retire", data={"confirm": "wrong"})
    owner.post(f"{address}/retire", data={"confirm": chain.code})
    owner.post(f"{address}/restore")
    assert deeds_of(chain) == [
        ("code.changed", "Owner", chain.code, {"to": "S2 · Door"}),
        ("code.created", "Owner", new, {}),
        ("code.restored", "Owner", chain.code, {}),
        ("code.retired", "Owner", chain.code, {}),
    ]
