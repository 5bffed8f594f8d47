"""The contract that others read: complete, valid against itself, and true of every answer."""

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.api.v1.openapi.paths import described
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
    named = {"/stores": "Store", "/touchpoints": "Touchpoint", "/responses": "Response", "/alerts": "Alert"}
    for path, name in named.items():
        item = ask(app, key, path)[1]["items"][0]
        assert set(item) == set(schemas[name]["properties"]) == set(schemas[name]["required"])


def test_the_page_for_people_needs_no_other_file(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert 'id="add_response"' in page.text
    assert "curl -X POST http://127.0.0.1:8000/api/v1/responses" in page.text
    assert "<script" not in page.text
    assert "answer_due_at" in page.text


def test_an_operation_tells_its_scope_its_body_and_its_answers(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    told = document["paths"]["/responses"]["post"]
    assert told["security"] == [{"key": ["write"]}]
    assert told["requestBody"]["required"] is True
    assert set(told["responses"]) == {"200", "201", "400", "401", "403", "409", "413", "415", "422", "503"}
    assert [one["name"] for one in told["parameters"] if one["in"] == "header"] == ["Idempotency-Key"]
    assert document["paths"]["/responses"]["get"]["security"] == [{"key": ["read"]}]
    assert "requestBody" not in document["paths"]["/responses"]["get"]


def test_every_operation_has_a_name_of_its_own_and_a_sentence(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    told = [one for methods in paths.values() for one in methods.values()]
    assert len({one["operationId"] for one in told}) == len(told)
    assert all(one["summary"].endswith(".") for one in told)


def test_every_example_of_a_body_is_taken(app: Flask) -> None:
    bodies = {one.operation.body for one in described(app) if one.operation.body}
    assert len(bodies) >= 11
    for body in bodies:
        for example in body.model_json_schema().get("examples", []):
            body.model_validate_json(json.dumps(example))


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
