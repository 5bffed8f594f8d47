"""The recipes of docs/api.md do what they say: read from the page, and sent to the application in order."""

import re
import shlex
from dataclasses import dataclass

from flask import Flask

from tests.api.cast import new_api_key, send
from tests.architecture.source import ROOT
from tests.fakes import Hands
from tests.make import Chain

BLOCK = re.compile(r"```sh\n# (\d{3})[^\n]*\n(.*?)```", re.DOTALL)
PREFIX = "$BASE_URL/api/v1"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One request of the page, and the status that it promises."""

    status: int
    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def recipes() -> list[Recipe]:
    """Every request of the page, in its order."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return [
        _read(int(status), shlex.split(command.replace("\\\n", " ")))
        for status, command in BLOCK.findall(text)
    ]


def _read(status: int, words: list[str]) -> Recipe:
    assert words[0] == "curl"
    method, path, body, headers = "GET", "", None, {}
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-d":
            body = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        else:
            path = word.removeprefix(PREFIX)
    return Recipe(status, method, path, headers, body)


def test_every_recipe_is_answered_as_the_page_says(app: Flask, chain: Chain, hands: Hands) -> None:
    key, last_id = new_api_key(chain), ""
    found = recipes()
    assert len(found) >= 15
    for recipe in found:
        path = recipe.path.replace("$ID", last_id)
        headers = {**recipe.headers, "Authorization": recipe.headers["Authorization"].replace("$KEY", key)}
        reply = send(app, key, recipe.method, path, data=recipe.body, headers=headers)
        assert reply.status_code == recipe.status, (recipe, reply.text)
        last_id = reply.get_json().get("id", last_id) if reply.status_code < 300 else last_id


def test_every_code_that_the_api_answers_with_is_on_the_page() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    raised = re.compile(r'(?:Conflict|Forbidden|Unreadable|fault)\("(\w+)"')
    sources = [*(ROOT / "app" / "api").rglob("*.py"), ROOT / "app" / "alerts" / "actions" / "handling.py"]
    codes = {code for path in sources for code in raised.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in text} == set()
