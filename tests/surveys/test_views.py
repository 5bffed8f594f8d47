"""The pages of surveys: every change of wording is a new version, and old ones stay readable."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.db import reading, transaction
from app.surveys.actions import publish_version
from app.surveys.forms import form_of
from app.surveys.models import Survey
from app.surveys.queries import current_version, surveys, versions, wording
from app.surveys.rules import DEFAULT_WORDING, Wording
from tests.make import NOON, Chain, rows_of, sign_in


@pytest.fixture
def owner(app: Flask, chain: Chain) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def form(**changes: str) -> dict[str, str]:
    """The wording that a survey starts with, as the page sends it."""
    return {**form_of(DEFAULT_WORDING, 1).typed, "based_on": "1", **changes}


def newest(chain: Chain) -> tuple[int, dict[str, Wording]]:
    """Number and wording of the version in use."""
    with reading(chain.organisation_id) as session:
        version = current_version(session, chain.survey_id)
        return version.number, wording(session, version.id)


def all_surveys(chain: Chain) -> list[Survey]:
    """The surveys of a chain."""
    with reading(chain.organisation_id) as session:
        return surveys(session)


def test_surveys_are_listed_with_version_and_languages(owner: FlaskClient, chain: Chain) -> None:
    page = owner.get("/surveys").text
    for text in ("NPS", "Українська, English, Polski", f"/surveys/{chain.survey_id}/versions/1"):
        assert text in page
    assert "translation missing" not in page


def test_a_missing_translation_is_counted(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        publish_version(session, chain.survey_id, {"uk": DEFAULT_WORDING["uk"]}, now=NOON)
    assert "2 translations missing" in owner.get("/surveys").text


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays(owner: FlaskClient, chain: Chain) -> None:
    address = f"/surveys/{chain.survey_id}"
    assert "How likely are you to recommend {store}" in owner.get(address).text

    answer = owner.post(address, data=form(question_en="Was {store} good?"))
    assert (answer.status_code, answer.location) == (303, address)
    assert newest(chain) == (
        2,
        {**DEFAULT_WORDING, "en": replace(DEFAULT_WORDING["en"], question="Was {store} good?")},
    )
    assert "Was Store 1 good?" in owner.get(f"{address}/versions/2").text
    old = owner.get(f"{address}/versions/1").text
    assert "How likely are you to recommend Store 1" in old
    assert "Що пішло не так?" in old


def test_making_and_publishing_are_deeds(owner: FlaskClient, chain: Chain) -> None:
    address = owner.post("/surveys", data={"name": "Delivery"}).location
    owner.post(address, data=form(question_en="Was {store} good?"))
    owner.post(address, data=form(question_en="Was {store} good?"))  # the same again publishes nothing
    found = [(entry.deed, entry.subject, entry.data) for entry in rows_of(chain, AuditEntry)]
    assert found == [("survey.created", "Delivery", {}), ("survey.published", "Delivery", {"version": 2})]


def test_the_same_wording_makes_no_new_version(owner: FlaskClient, chain: Chain) -> None:
    assert owner.post(f"/surveys/{chain.survey_id}", data=form()).status_code == 303
    assert newest(chain)[0] == 1


def test_a_language_left_empty_is_left_out(owner: FlaskClient, chain: Chain) -> None:
    empty = {f"{name}_en": " " for name in Wording.__dataclass_fields__}
    assert owner.post(f"/surveys/{chain.survey_id}", data=form(**empty)).status_code == 303
    assert newest(chain) == (2, {language: DEFAULT_WORDING[language] for language in ("uk", "pl")})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question_en", ""),
        ("question_uk", "x" * 161),
        ("lowest_uk", "x" * 41),
        ("comment_low_en", "{store}"),
        ("question_en", "{name}"),
    ],
)
def test_a_wrong_text_is_named_and_all_texts_are_kept(
    owner: FlaskClient, chain: Chain, field: str, value: str
) -> None:
    answer = owner.post(f"/surveys/{chain.survey_id}", data=form(**{field: value}, highest_uk="Авжеж"))
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert 'value="Авжеж"' in answer.text
    assert newest(chain)[0] == 1


def test_an_empty_form_publishes_nothing(owner: FlaskClient, chain: Chain) -> None:
    answer = owner.post(f"/surveys/{chain.survey_id}", data={"based_on": "1"})
    assert answer.status_code == 422
    assert 'href="#question_uk"' in answer.text
    assert newest(chain)[0] == 1


@pytest.mark.parametrize("based_on", ["1", "", "x", "99"])
def test_what_somebody_published_meanwhile_is_not_overwritten_unseen(
    owner: FlaskClient, chain: Chain, based_on: str
) -> None:
    with transaction(chain.organisation_id) as session:
        publish_version(session, chain.survey_id, {"uk": DEFAULT_WORDING["uk"]}, now=NOON)
    changed = form(question_en="Mine?", based_on=based_on)

    answer = owner.post(f"/surveys/{chain.survey_id}", data=changed)
    assert answer.status_code == 422
    assert "published meanwhile" in answer.text
    assert "Mine?" in answer.text
    assert newest(chain)[0] == 2

    again = owner.post(f"/surveys/{chain.survey_id}", data=changed | {"based_on": "2"})
    assert again.status_code == 303
    assert newest(chain)[0] == 3


def test_texts_are_text_and_nothing_else(owner: FlaskClient, chain: Chain) -> None:
    owner.post(f"/surveys/{chain.survey_id}", data=form(lowest_en="<b>no</b>"))
    page = owner.get(f"/surveys/{chain.survey_id}/versions/2").text
    assert "<b>no</b>" not in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


def test_the_owner_adds_a_survey(owner: FlaskClient, chain: Chain) -> None:
    answer = owner.post("/surveys", data={"name": " Delivery "})
    added = next(survey for survey in all_surveys(chain) if survey.name == "Delivery")
    assert (answer.status_code, answer.location) == (303, f"/surveys/{added.id}")
    with reading(chain.organisation_id) as session:
        assert [version.number for version in versions(session, added.id)] == [1]


@pytest.mark.parametrize("name", ["", "nps", "x" * 121])
def test_a_survey_needs_a_name_of_its_own(owner: FlaskClient, chain: Chain, name: str) -> None:
    answer = owner.post("/surveys", data={"name": name})
    assert answer.status_code == 422
    assert 'id="name-fault"' in answer.text
    assert len(all_surveys(chain)) == 1


def test_managers_read_surveys_and_change_none(app: Flask, chain: Chain) -> None:
    manager = sign_in(app, chain, "manager")
    address = f"/surveys/{chain.survey_id}"
    for path in ("/surveys", address, f"{address}/versions/1"):
        assert manager.get(path).status_code == 200
    assert 'name="question_uk"' not in manager.get(address).text
    for path in ("/surveys", address):
        assert manager.post(path, data=form()).status_code == 403


@pytest.mark.parametrize("number", ["0", "2", "999999", "99999999999999999999", "-1", "x"])
def test_a_version_that_is_not_there_is_not_found(owner: FlaskClient, chain: Chain, number: str) -> None:
    assert owner.get(f"/surveys/{chain.survey_id}/versions/{number}").status_code == 404


def test_an_unknown_survey_is_not_there(owner: FlaskClient) -> None:
    assert owner.get(f"/surveys/{uuid4()}").status_code == 404
    assert owner.post(f"/surveys/{uuid4()}", data=form()).status_code == 404


def test_another_chains_survey_is_not_there(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    stranger = sign_in(app, foreign_chain, "owner")
    address = f"/surveys/{chain.survey_id}"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data=form(question_uk="?")).status_code == 404
    assert stranger.get(f"{address}/versions/1").status_code == 404
    assert isinstance(chain.survey_id, UUID)
    assert newest(chain)[0] == 1
