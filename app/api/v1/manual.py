"""The OpenAPI document arranged for people: by resource, each operation with an example to copy."""

import json
from dataclasses import dataclass

from app.api.v1.openapi import Document


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    method: str
    path: str
    told: Document
    body: Document | None
    example: str

    @property
    def scope(self) -> str:
        """What a key needs for it."""
        return str(self.told["security"][0]["key"][0])

    @property
    def statuses(self) -> list[str]:
        """What it answers when all is well."""
        return [status for status in self.told["responses"] if status < "300"]

    @property
    def answer(self) -> Document:
        """The model of that."""
        content = self.told["responses"][self.statuses[0]]["content"]
        found: Document = content["application/json"]["schema"]
        return found

    @property
    def parameters(self) -> list[Document]:
        """What stands in its address; the header that every write may carry is told of once, at the top."""
        return [one for one in self.told["parameters"] if one["in"] != "header"]


def by_resource(document: Document) -> dict[str, list[Operation]]:
    """Every operation under its resource, in the order of the document."""
    resources: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            resources[told["tags"][0]].append(_operation(document, method.upper(), path, told))
    return resources


def bodies(document: Document) -> set[str]:
    """The names of the models that are shown with their operation already."""
    operations = (one for methods in document["paths"].values() for one in methods.values())
    return {_body_name(one) for one in operations if "requestBody" in one}


def _operation(document: Document, method: str, path: str, told: Document) -> Operation:
    body = document["components"]["schemas"][_body_name(told)] if "requestBody" in told else None
    url = document["servers"][0]["url"] + path
    return Operation(method, path, told, body, _curl(method, url, body))


def _body_name(told: Document) -> str:
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    return str(schema["$ref"]).rpartition("/")[2]


def _curl(method: str, url: str, body: Document | None) -> str:
    lines = [f"curl {url}", '  -H "Authorization: Bearer $KEY"']
    if method != "GET":
        lines[0] = f"curl -X {method} {url}"
    if body and body.get("examples"):
        lines += ['  -H "Content-Type: application/json"', f"  -d '{_example(body)}'"]
    return " \\\n".join(lines)


def _example(body: Document) -> str:
    """The model's example, its properties in the order of the model."""
    given = body["examples"][0]
    return json.dumps({name: given[name] for name in body["properties"] if name in given}, ensure_ascii=False)
