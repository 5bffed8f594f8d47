"""Generated requests to every operation of the API; each answer is held against the document."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from app.db import db, migrate
from app.factory import create_app
from app.ids import new_id
from tests.api.cast import new_api_key
from tests.conftest import make_settings
from tests.make import Chain, make_chain, make_response, response_of

Seen = Counter[tuple[str, int]]
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
# Half of the well-formed bodies name what is there, so that not all of them end at an unknown store.
NAMES = {"store": "S1", "region": "West", "member": "owner@nova.example", "survey": "NPS"}


@dataclass(frozen=True, slots=True)
class Target:
    """An application with a chain of its own, a key for everything, and what paths may name."""

    app: Flask
    key: str
    paths: dict[str, str]


@contextmanager
def fuzzed(folder: Path) -> Iterator[Target]:
    """A target on SQLite in that folder."""
    url = f"sqlite:///{folder / 'fuzzed.sqlite3'}"
    migrate(url)
    app = create_app(make_settings(url, folder))
    with app.app_context():
        chain = make_chain()
        target = Target(app, new_api_key(chain), _paths(chain))
    yield target
    with app.app_context():
        db.engine.dispose()


def fuzz(target: Target, mode: GenerationMode, cases: int) -> Seen:
    """Send up to so many requests to each operation; how often each was answered with which status.

    The same requests every time. Raises what schemathesis finds wrong with the first bad answer.
    """
    schema = schemathesis.openapi.from_dict(_without_keys(target.app))
    schema.app = target.app
    seen: Seen = Counter()
    for found in schema.get_all_operations():
        if not isinstance(found, Ok):
            continue
        operation = found.ok()
        # An operation with nothing but texts in its path takes no malformed request: any text is one.
        if mode is GenerationMode.POSITIVE or operation.query or operation.headers or operation.body:
            _fuzz_one(target, operation.as_strategy(generation_mode=mode), cases, seen)
    return seen


def _without_keys(app: Flask) -> dict[str, Any]:
    """The document as served, but for the key: without one every request would end at the same 401."""
    document: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    for part in (document, *operations):
        part.pop("security", None)
    return document


def _fuzz_one(target: Target, requests: st.SearchStrategy[Case[Any]], cases: int, seen: Seen) -> None:
    headers = {"Authorization": f"Bearer {target.key}", "Accept-Encoding": "identity"}
    load_all_checks()
    checks: Any = CHECKS.get_by_names(CHECKED)

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests, st.booleans())
    def ask(case: Case[Any], is_about_something: bool) -> None:
        if is_about_something:
            _name_what_is_there(case, target.paths)
        reply = case.call_and_validate(headers=headers, checks=checks)
        seen[case.operation.label, reply.status_code] += 1

    ask()


def _name_what_is_there(case: Case[Any], paths: dict[str, str]) -> None:
    for name in case.path_parameters or {}:
        case.path_parameters[name] = paths.get(name, str(new_id()))
    is_well_formed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if is_well_formed and isinstance(case.body, dict):
        case.body.update({name: NAMES[name] for name in NAMES if isinstance(case.body.get(name), str)})


def _paths(chain: Chain) -> dict[str, str]:
    make_response(chain, 9)
    key = make_response(chain, 1, comment="bad", contact="anna@shopper.example")
    return {
        "number": "1",
        "store_id": str(chain.store_id),
        "touchpoint_id": str(chain.touchpoint_id),
        "response_id": str(response_of(chain, key).id),
    }
