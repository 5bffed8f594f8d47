"""The contract that others read: complete, valid against itself, and true of every answer."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.api.cast import ask, classify_all, new_api_key
from tests.make import Chain, make_response


def test_the_document_tells_of_every_route_of_the_api(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    served = {
        _path(rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == served
    for rule in app.url_map.iter_rules():
        if (path := document["paths"].get(_path(rule.rule))) and rule.rule.startswith("/api/v1/"):
            assert {method.lower() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}} <= set(path)
    assert document["servers"] == [{"url": "http://127.0.0.1:8000/api/v1"}]


def test_every_reference_of_the_document_leads_somewhere(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    names = {reference.rpartition("/")[2] for reference in _references(document)}
    assert names == set(document["components"]["schemas"])


def test_parameters_are_told_with_their_bounds(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    told = {item["name"]: item for item in document["paths"]["/responses"]["get"]["parameters"]}
    limit = told["limit"]["schema"]
    assert (limit["type"], limit["minimum"], limit["maximum"], limit["default"]) == ("integer", 1, 200, 50)
    assert told["since"]["schema"] == {"type": "string", "format": "date-time"}
    assert told["sentiment"]["schema"] == {"$ref": "#/components/schemas/Sentiment"}
    assert [item["in"] for item in document["paths"]["/alerts/{number}"]["get"]["parameters"]] == ["path"]


def test_answers_hold_exactly_what_the_document_says(app: Flask, chain: Chain, client: FlaskClient) -> None:
    make_response(chain, 1, comment="bad")
    classify_all()
    document = client.get("/api/v1/openapi.json").get_json()
    schemas, key = document["components"]["schemas"], new_api_key(chain)
    for path, name in (("/touchpoints", "Touchpoint"), ("/responses", "Response"), ("/alerts", "Alert")):
        item = ask(app, key, path)[1]["items"][0]
        assert set(item) == set(schemas[name]["properties"]) == set(schemas[name]["required"])


def test_the_page_for_people_needs_no_other_file(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "GET /responses/{response_id}" in page.text
    assert "<script" not in page.text
    assert "answer_due_at" in page.text


def _path(rule: str) -> str:
    """A route's path as the document writes it."""
    return rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}")


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in _references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for item in part.values() for found in _references(item)]
