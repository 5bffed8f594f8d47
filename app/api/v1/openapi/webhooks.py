"""The part of the document that tells what we send to others: for each public event the model of its body."""

from typing import Any

from pydantic import BaseModel

# Filled by whoever sends them, in the words of the event catalogue.
PAYLOADS: dict[str, type[BaseModel]] = {}


def webhooks() -> dict[str, Any]:
    """Each event that an endpoint may be told of."""
    return {name: {"post": _post(name, model)} for name, model in sorted(PAYLOADS.items())}


def _post(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "operationId": name,
        "summary": (model.__doc__ or "").strip(),
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"2XX": {"description": "Taken. Anything else is tried again"}},
    }
