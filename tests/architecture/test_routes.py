"""Every route says who may come in, and a stranger gets no further than that."""

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.web.access import access_of
from tests.make import Chain, make_chain, sign_in

# What stands for each kind of value in an address: well-formed, and nobody's.
REFUSALS = {303, 400, 401, 403, 404, 405, 415, 422}
NOBODYS = {"code": "0000000", "key": "A" * 22, "token": "A" * 59, "number": "1", "filename": "none.css"}


def _rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[2] != "static")


def _path(rule: Rule) -> str:
    """An address of the route, with nobody's values in it."""
    nobodys = str(uuid.UUID(int=7))
    return re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: NOBODYS.get(found[1], nobodys), rule.rule)


def _method(rule: Rule) -> str:
    return next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def test_every_route_says_who_may_come_in(app: Flask) -> None:
    silent = [rule.endpoint for rule in _rules(app) if access_of(app, rule.endpoint) is None]
    assert silent == []


def test_every_public_route_gives_its_reason(app: Flask) -> None:
    for rule in _rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        assert access.kind != "public" or access.reason, rule.endpoint


def test_nobody_gets_past_the_door_without_signing_in(app: Flask, client: FlaskClient, chain: Chain) -> None:
    for rule in _rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.kind == "public":
            continue
        answer = client.open(_path(rule), method=_method(rule))
        is_turned_away = answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", "")
        assert is_turned_away, (rule.endpoint, answer.status_code)


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_what_is_not_there_looks_alike_to_everybody(app: Flask, chain: Chain, who: str) -> None:
    browser = sign_in(app, chain, who)
    for rule in _rules(app):
        if not rule.arguments:
            continue
        answer = browser.open(_path(rule), method=_method(rule))
        assert answer.status_code in REFUSALS, (rule.endpoint, answer.status_code)
        assert answer.status_code != 303 or _method(rule) != "GET", rule.endpoint


def test_get_is_never_refused_with_our_fault(app: Flask, chain: Chain) -> None:
    browser = sign_in(app, make_chain("second"), "owner")
    for rule in _rules(app):
        if _method(rule) == "GET":
            answer = browser.get(_path(rule))
            assert answer.status_code < 500, (rule.endpoint, answer.status_code)


def test_a_forged_form_is_refused(app: Flask, chain: Chain) -> None:
    browser = sign_in(app, chain, "owner")
    app.config["WTF_CSRF_ENABLED"] = True
    for rule in _rules(app):
        access = access_of(app, rule.endpoint)
        if access and access.kind == "member" and _method(rule) != "GET":
            answer = browser.open(_path(rule), method=_method(rule))
            assert answer.status_code == 400, (rule.endpoint, answer.status_code)
