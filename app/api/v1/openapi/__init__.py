"""The OpenAPI 3.1 document, made from the operations themselves, so that it cannot promise anything else."""

from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.v1.openapi.paths import PREFIX, Described, described, path_item
from app.api.v1.openapi.webhooks import PAYLOADS, webhooks
from app.api.v1.schemas import Problem

Document = dict[str, Any]
_INTRODUCTION = (
    "What shoppers said, where, and how it was followed up. Lists are newest first and come in pages: repeat "
    "the request with `cursor` set to `next_cursor` until that is null. Bodies are JSON; unknown properties "
    "are refused. Writes may carry an `Idempotency-Key`: sent again, they get the first answer again. "
    "Instants are RFC 3339 in UTC. Errors are problem documents (RFC 9457) with a stable `code`."
)
_KEYS = (
    "A key has the scope `read`, `write` or both, and may be limited to stores. It is made on the page "
    "Settings, API keys, or by `flask api-key create --organisation SLUG --name NAME`, and shown once."
)


def document(app: Flask, base_url: str) -> Document:
    """The whole document for the application's routes."""
    operations = described(app)
    queries, schemas = _models(operations)
    paths: Document = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = path_item(one, queries)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vidhuk Open API", "version": "1", "description": _INTRODUCTION},
        "servers": [{"url": f"{base_url}{PREFIX}"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in operations)],
        "paths": paths,
        "webhooks": webhooks(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _KEYS}},
        },
    }


def _models(operations: list[Described]) -> tuple[dict[str, Document], dict[str, Document]]:
    """The schemas of queries, and those of everything that is sent or answered as JSON."""
    made = [one.operation for one in operations]
    queries = {one.query for one in made}
    sent = {one.body for one in made if one.body}
    answers = {one.answer for one in made} | {Problem} | set(PAYLOADS.values())
    taken: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in queries | sent]
    given: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    wanted = sorted(taken + given, key=lambda pair: pair[0].__name__)
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    schemas = found["$defs"]
    return {model.__name__: schemas.pop(model.__name__) for model in queries}, schemas
