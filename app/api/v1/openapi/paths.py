"""One operation in the document: its parameters, its body, what it answers and what it refuses."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.api.v1.bodies import Nothing
from app.api.v1.operations import Operation
from app.api.v1.operations.writing import IDEMPOTENCY_HEADER, IDEMPOTENCY_MOST
from app.web.access import access_of

Document = dict[str, Any]
PREFIX = "/api/v1"
_GOOD = {200: "Here it is", 201: "Stored", 202: "Taken"}
_EXISTS = "It was there already, just so"
_REFUSALS = {
    "400": "The request cannot be read",
    "401": "No key, or one that is not live",
    "403": "The key may not do this",
    "404": "Nothing there, or another organisation's",
    "422": "A parameter or a property was refused",
    "503": "Our trouble; try again after `Retry-After` seconds",
}
_REFUSALS_OF_WRITES = {
    "409": "Something else stands in the way; `details` says what",
    "413": "The body is too large",
    "415": "The body is not plain `application/json`",
}


@dataclass(frozen=True, slots=True)
class Described:
    """An operation where it is served."""

    rule: Rule
    method: str
    operation: Operation
    scope: str

    @property
    def path(self) -> str:
        """Its path in the document."""
        return self.rule.rule.removeprefix(PREFIX).replace("<", "{").replace(">", "}")

    @property
    def tag(self) -> str:
        """The resource that it belongs to: the first part of its path."""
        return self.path.split("/")[1]

    @property
    def name(self) -> str:
        """The name of its view."""
        return str(self.rule.endpoint).rpartition(".")[2]


def described(app: Flask) -> list[Described]:
    """Every operation that the application serves, by path; what is read comes before what is written."""
    found = [
        Described(rule, method.lower(), made, access.scope)
        for rule in app.url_map.iter_rules()
        if (made := getattr(app.view_functions[rule.endpoint], "operation", None))
        and (access := access_of(app, rule.endpoint))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(found, key=lambda one: (one.path, one.method))


def path_item(one: Described, queries: dict[str, Document]) -> Document:
    """The operation as the document tells of it."""
    told: Document = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.operation.summary,
        "description": one.operation.description,
        "security": [{"key": [str(one.scope)]}],
        "parameters": _parameters(one, queries),
        "responses": {**_answers(one.operation), **_refusals(one)},
    }
    if one.operation.body:
        told["requestBody"] = _body(one.operation)
    return told


def _parameters(one: Described, queries: dict[str, Document]) -> list[Document]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(one.rule.arguments)
    ]
    in_query = [
        {"name": name, "in": "query", "description": schema.pop("description", ""), "schema": schema}
        for name, schema in _properties(queries[one.operation.query.__name__])
    ]
    return in_path + in_query + ([_IDEMPOTENCY] if one.operation.body else [])


_IDEMPOTENCY = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "description": "Your own name for this write. Sent again within a day, it gets the first answer again.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_MOST,
        "pattern": "^[ -~]*$",
    },
}


def _properties(schema: Document) -> list[tuple[str, Document]]:
    """A query's parameters; "or null" is only how Python says that they may be omitted."""
    parameters = []
    for name, told in schema.get("properties", {}).items():
        plain = {key: value for key, value in told.items() if key not in ("title", "anyOf", "default")}
        kinds = [kind for kind in told.get("anyOf", []) if kind != {"type": "null"}]
        if told.get("default") is not None:
            plain["default"] = told["default"]
        parameters.append((name, {**plain, **(kinds[0] if kinds else {})}))
    return parameters


def _body(operation: Operation) -> Document:
    assert operation.body is not None
    return {
        "required": not issubclass(operation.body, Nothing),
        "content": {"application/json": {"schema": _reference(operation.body.__name__)}},
    }


def _answers(operation: Operation) -> Document:
    answer = operation.answer.__name__
    return {
        str(status): _answer(
            _EXISTS if status == 200 and 201 in operation.statuses else _GOOD[status], answer
        )
        for status in operation.statuses
    }


def _refusals(one: Described) -> Document:
    said = _REFUSALS | (_REFUSALS_OF_WRITES if one.operation.body else {})
    return {
        status: _answer(words, "Problem", "application/problem+json")
        for status, words in sorted(said.items())
        if status != "404" or one.rule.arguments
    }


def _answer(description: str, model: str, kind: str = "application/json") -> Document:
    return {"description": description, "content": {kind: {"schema": _reference(model)}}}


def _reference(model: str) -> Document:
    return {"$ref": f"#/components/schemas/{model}"}
