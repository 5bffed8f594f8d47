"""Touchpoints for many stores at once: read what would be made, confirm exactly that."""

import re
from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.audit.rules import COMMAND_LINE
from app.db import reading, transaction
from app.stores.actions import StoreDraft, create_stores, retire_store
from app.stores.queries import EVERY_STORE
from app.surveys.actions import create_survey
from app.touchpoints import template
from app.touchpoints.actions import retire_touchpoint
from app.touchpoints.models import QrCode, Touchpoint
from app.touchpoints.template import Template, apply_template, plan_template
from tests.make import NOON, Chain, rows_of, sign_in
from tests.stores.tables import deeds_of, points_of
from tests.together import together

NAMES = {"names": "till 1\nFitting room|Door"}


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def mark_of(answer: TestResponse) -> str:
    """The mark of what a page shows."""
    found = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert found, answer.text
    return found[1]


def make(client: FlaskClient, chain: Chain, **form: str) -> TestResponse:
    """Look at what would be made, and confirm it."""
    form = {"survey_id": str(chain.survey_id), **form}
    mark = mark_of(client.post("/touchpoints/template", data=form))
    return client.post("/touchpoints/template/apply", data={**form, "mark": mark})


def test_looking_makes_nothing(owner: FlaskClient, chain: Chain) -> None:
    assert owner.get("/touchpoints/template").status_code == 200
    form = {**NAMES, "survey_id": str(chain.survey_id)}
    page = owner.post("/touchpoints/template", data=form).text
    assert "Make 4 touchpoints" in page
    assert points_of(chain, "S1").keys() == {"Till 1"}


def test_what_was_confirmed_is_made_with_codes_and_recorded(owner: FlaskClient, chain: Chain) -> None:
    answer = make(owner, chain, **NAMES)
    assert answer.status_code == 303
    assert "4 touchpoints have been made" in owner.get(answer.location).text
    for code in ("S1", "S2"):
        points = points_of(chain, code)
        assert points.keys() == {"Till 1", "Fitting room", "Door"}
        assert all(len(codes) == 1 for codes in points.values())
    subject = "till 1, Fitting room, Door"
    data = {"stores": 2, "touchpoints": 4}
    assert deeds_of(chain) == [("touchpoint.created", "Owner", subject, data)]


def test_a_template_used_again_makes_nothing(owner: FlaskClient, chain: Chain) -> None:
    make(owner, chain, **NAMES)
    page = owner.post("/touchpoints/template", data={**NAMES, "survey_id": str(chain.survey_id)}).text
    assert 'name="mark"' not in page
    assert "There already" in page


def test_new_touchpoints_ask_the_survey_that_was_chosen(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        survey_id = create_survey(session, "Second", now=NOON)
    make(owner, chain, names="Door", survey_id=str(survey_id))
    asked = {point.name: point.survey_id for point in rows_of(chain, Touchpoint)}
    assert asked == {"Till 1": chain.survey_id, "Door": survey_id}


@pytest.mark.parametrize("field", ["region", "store"])
def test_only_the_stores_that_were_chosen_get_them(owner: FlaskClient, chain: Chain, field: str) -> None:
    value = str(chain.region_id) if field == "region" else "S1"
    make(owner, chain, names="Door", **{field: value})
    assert "Door" in points_of(chain, "S1")
    assert "Door" not in points_of(chain, "S2")


def test_closed_stores_get_none_and_closed_touchpoints_keep_their_name(
    owner: FlaskClient, chain: Chain
) -> None:
    with transaction(chain.organisation_id) as session:
        retire_store(session, chain.other_store_id, now=NOON)
        retire_touchpoint(session, chain.touchpoint_id, now=NOON)
    page = owner.post(
        "/touchpoints/template", data={"names": "Till 1", "survey_id": str(chain.survey_id)}
    ).text
    assert "1 closed" in page
    assert 'name="mark"' not in page


def test_what_has_changed_since_is_shown_anew(owner: FlaskClient, chain: Chain) -> None:
    form = {**NAMES, "survey_id": str(chain.survey_id)}
    mark = mark_of(owner.post("/touchpoints/template", data=form))
    make(owner, chain, names="Door", store="S2")
    answer = owner.post("/touchpoints/template/apply", data={**form, "mark": mark})
    assert answer.status_code == 409
    assert "Fitting room" not in points_of(chain, "S1")
    assert (
        owner.post("/touchpoints/template/apply", data={**form, "mark": mark_of(answer)}).status_code == 303
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"names": ""}, "names"),
        ({"names": " | \n"}, "names"),
        ({"names": "x" * 121}, "names"),
        ({"names": "\n".join(f"Till {n}" for n in range(51))}, "names"),
        ({"survey_id": "7"}, "survey_id"),
        ({"region": "nowhere"}, "region"),
        ({"store": "S9"}, "store"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_field_is_named(owner: FlaskClient, chain: Chain, form: dict[str, str], field: str) -> None:
    whole = {"names": "Door", "survey_id": str(chain.survey_id), **form}
    for path in ("/touchpoints/template", "/touchpoints/template/apply"):
        answer = owner.post(path, data=whole)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
    assert len(rows_of(chain, Touchpoint)) == 2


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_managers_may_not_use_templates(app: Flask, chain: Chain, who: str) -> None:
    client = sign_in(app, chain, who)
    assert client.get("/touchpoints/template").status_code == 403
    assert client.post("/touchpoints/template", data=NAMES).status_code == 403
    assert client.post("/touchpoints/template/apply", data=NAMES).status_code == 403


def test_another_chains_stores_and_surveys_are_not_there(
    app: Flask, chain: Chain, foreign_chain: Chain
) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    answer = stranger.post("/touchpoints/template", data={"names": "Door", "survey_id": str(chain.survey_id)})
    assert answer.status_code == 422
    make(stranger, foreign_chain, names="Door")
    assert "Door" not in points_of(chain, "S1")


def test_names_are_text(owner: FlaskClient, chain: Chain) -> None:
    form = {"names": "<script>alert(1)</script>", "survey_id": str(chain.survey_id)}
    assert "<script>alert" not in owner.post("/touchpoints/template", data=form).text


def test_a_code_that_is_taken_is_drawn_again(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([chain.code, "AAAAAA1", "AAAAAA1", "BBBBBB2", "CCCCCC3"])
    monkeypatch.setattr(template, "new_printed_code", lambda: next(drawn))
    wanted = {chain.store_id: ["Door"], chain.other_store_id: ["Door"]}
    with transaction(chain.organisation_id) as session:
        assert template.create_touchpoints(session, wanted, chain.survey_id, now=NOON) == 2
    codes = sorted(row.code for row in rows_of(chain, QrCode))
    assert codes == sorted([chain.code, chain.other_code, "AAAAAA1", "BBBBBB2"])


def test_two_templates_at_once_make_each_touchpoint_once(app: Flask, chain: Chain) -> None:
    wanted = {chain.store_id: ["Door", "Lift"], chain.other_store_id: ["Door"]}

    def work() -> int:
        with transaction(chain.organisation_id) as session:
            return template.create_touchpoints(session, wanted, chain.survey_id, now=NOON)

    assert sorted(map(str, together(app, [work, work]))) == ["0", "3"]
    assert len(rows_of(chain, QrCode)) == 5


def test_500_stores_take_seconds_of_our_own_work(chain: Chain) -> None:
    drafts = [StoreDraft(region_id=chain.region_id, code=f"N-{n}", name=f"Store {n}") for n in range(500)]
    with transaction(chain.organisation_id) as session:
        create_stores(session, drafts, now=NOON)
    began = process_time()
    with transaction(chain.organisation_id) as session:
        asked = Template(["Till 1", "Till 2", "Door"], chain.survey_id)
        plan = plan_template(session, None, EVERY_STORE, asked)
        assert apply_template(session, plan, plan.mark, COMMAND_LINE, now=NOON) == 1504
    assert process_time() - began < 5
    with reading(chain.organisation_id) as session:
        assert session.scalar(select(func.count(QrCode.id))) == 1506
