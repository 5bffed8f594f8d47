"""The OpenAPI 3.1 document, made from the operations themselves, so that it cannot promise anything else."""

from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from app.api.v1.operations import Operation
from app.api.v1.schemas import Problem

Document = dict[str, Any]
_PREFIX = "/api/v1"
_REFUSALS = {
    "401": "No key, or one that is not live",
    "404": "Nothing there, or another organisation's",
    "422": "A parameter was refused",
}


def document(app: Flask, base_url: str) -> Document:
    """The whole document for the application's routes."""
    described = [(rule, made) for rule in app.url_map.iter_rules() if (made := _operation(app, rule))]
    queries, schemas = _models([made for _, made in described])
    paths: Document = {}
    for rule, made in sorted(described, key=lambda pair: pair[0].rule):
        path = rule.rule.removeprefix(_PREFIX).replace("<", "{").replace(">", "}")
        paths[path] = {"get": _get(rule, made, queries)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vidhuk Open API", "version": "1", "description": _INTRODUCTION},
        "servers": [{"url": f"{base_url}{_PREFIX}"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _KEYS}},
        },
    }


_INTRODUCTION = (
    "What shoppers said, where, and how it was followed up. Lists are newest first and come in pages: repeat "
    "the request with `cursor` set to `next_cursor` until that is null. Instants are RFC 3339 in UTC. "
    "Errors are problem documents (RFC 9457) with a stable `code`."
)
_KEYS = "`flask api-key create --organisation SLUG --name NAME` prints a key once."


def _operation(app: Flask, rule: Rule) -> Operation | None:
    return getattr(app.view_functions[rule.endpoint], "operation", None)


def _models(operations: list[Operation]) -> tuple[dict[str, Document], dict[str, Document]]:
    """The schemas of queries, and those of everything answered."""
    queries = {made.query for made in operations}
    answers = {made.answer for made in operations} | {Problem}
    taken: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in queries]
    given: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    wanted = sorted(taken + given, key=lambda pair: pair[0].__name__)
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    schemas = found["$defs"]
    return {model.__name__: schemas.pop(model.__name__) for model in queries}, schemas


def _get(rule: Rule, made: Operation, queries: dict[str, Document]) -> Document:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    in_query = [
        {"name": name, "in": "query", "description": schema.pop("description", ""), "schema": schema}
        for name, schema in _properties(queries[made.query.__name__])
    ]
    return {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": made.summary,
        "parameters": in_path + in_query,
        "responses": {
            "200": _answer("Here it is", made.answer.__name__, "application/json"),
            **_refusals(rule),
        },
    }


def _properties(schema: Document) -> list[tuple[str, Document]]:
    """A query's parameters; "or null" is only how Python says that they may be omitted."""
    parameters = []
    for name, described in schema.get("properties", {}).items():
        plain = {key: value for key, value in described.items() if key not in ("title", "anyOf", "default")}
        kinds = [kind for kind in described.get("anyOf", []) if kind != {"type": "null"}]
        if described.get("default") is not None:
            plain["default"] = described["default"]
        parameters.append((name, {**plain, **(kinds[0] if kinds else {})}))
    return parameters


def _refusals(rule: Rule) -> Document:
    said = {status: words for status, words in _REFUSALS.items() if status != "404" or rule.arguments}
    return {status: _answer(words, "Problem", "application/problem+json") for status, words in said.items()}


def _answer(description: str, model: str, kind: str) -> Document:
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {"description": description, "content": {kind: {"schema": schema}}}
