"""A refusal is a plain, small page in words, with a number to quote."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unavailable, VidhukError
from app.web.languages import LANGUAGES
from tests.make import Chain, sign_in

PAGE_BYTES = 3 * 1024
ENGLISH = {"Accept-Language": "en"}


def refuse(app: Flask, error: Exception, language: str = "en") -> TestResponse:
    """The page for an error that a view raised."""
    with app.test_request_context("/", headers={"Accept-Language": language}) as context:
        response = app.make_response(app.handle_user_exception(error))
        return TestResponse(response.iter_encoded(), response.status, response.headers, context.request)


def test_an_unknown_address_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers=ENGLISH)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/sign-in"), ("DELETE", "/theme"), ("GET", "/language")]
)
def test_a_wrong_method_names_the_right_ones(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers=ENGLISH)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "This address works differently" in answer.text


def test_a_body_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "a" * 300_000}, headers=ENGLISH)
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_too_many_fields_are_refused(client: FlaskClient) -> None:
    fields = {f"field-{n}": "" for n in range(1001)}
    answer = client.post("/theme", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "error",
    [
        Conflict("already_acknowledged", {"owner": "Oksana"}),
        Forbidden(),
        Gone(),
        Invalid(faults={"rating": "not_a_choice"}),
        NotFound(),
        TooMany(),
        Unavailable(),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_has_its_small_page(app: Flask, error: VidhukError, language: str) -> None:
    answer = refuse(app, error, language)
    assert answer.status_code == error.status
    assert len(answer.data) <= PAGE_BYTES
    for other_file in ('rel="stylesheet"', "<script", "<img"):
        assert other_file not in answer.text


def test_slow_down_says_when_to_come_again(app: Flask) -> None:
    assert refuse(app, TooMany(retry_after_seconds=30)).headers["Retry-After"] == "30"


def test_our_own_trouble_shows_nothing_internal(app: Flask) -> None:
    answer = refuse(app, RuntimeError("password=hunter2"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


def test_an_ended_session_leads_to_the_door(app: Flask, chain: Chain) -> None:
    answer = app.test_client().post("/sign-out", headers=ENGLISH)
    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.text


def test_a_form_without_its_token_is_refused(app: Flask, chain: Chain) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/theme", data={"theme": "dark"}, headers=ENGLISH)
    assert answer.status_code == 400
    assert "This request cannot be read" in answer.text


def test_a_member_finds_the_way_back(app: Flask, chain: Chain) -> None:
    answer = sign_in(app, chain).get(f"/stores/{chain.other_store_id}")
    assert answer.status_code == 404
    assert '<a href="/">' in answer.text
