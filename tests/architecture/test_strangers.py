"""The matrix of strangers: what is another chain's, or another store's, answers just as what is not there.

Made from the routes themselves: a route with a value in its address that has no entry here fails the build.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.models import ApiKey, SignIn, TeamInvitation
from app.alerts.models import Policy
from app.db import reading
from app.people.models import Employee
from app.surveys.models import Survey
from app.web.access import access_of
from app.webhooks.models import WebhookDelivery
from tests.accounts.stories import invite
from tests.api.cast import new_api_key
from tests.fakes import Hands
from tests.invitations.cast import invitations, link, till
from tests.make import Chain, get_alert_of, make_response, order_print_run, response_of, rows_of, sign_in
from tests.stores.tables import TABLE, send
from tests.webhooks.cast import add_endpoint

ID = r"<(?:[^>]*:)?(\w+)>"
NOT_THERE = {"number": "987654", "code": "0000000", "key_id": "000000000", "token": "A" * 22}
NOBODY = str(UUID(int=7))
# What differs from answer to answer, whoever asks.
OWN_TO_EACH = re.compile(r'nonce="[^"]*"|[0-9a-f]{12}|name="csrf_token" value="[^"]*"')
# Not kept apart by store: whoever may open the page sees every one of the chain.
OF_THE_CHAIN = ("/surveys/", "/settings/", "/team/", "/api/v1/deliveries/", "/api/v1/webhook-endpoints/")
# No secret of anybody: a channel has the same name for all.
COMMON = {"/settings/notifications/<channel>/test"}


@dataclass(frozen=True)
class Victim:
    """A chain with one of everything in its first store, and the address of each."""

    app: Flask
    chain: Chain

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands in addresses, by the beginning of the route and the name of the value."""
        key = make_response(self.chain, 2, comment="Черга")
        owner = sign_in(self.app, self.chain, "owner")
        add_endpoint(self.chain)
        make_response(self.chain, 9)
        link(self.chain, cashier="07", name="Олена")
        new_api_key(self.chain)
        invite(owner, self.chain)
        number = str(get_alert_of(self.chain, key).number)
        (delivery, *_) = rows_of(self.chain, WebhookDelivery)
        return {
            "number": number,
            "response_id": str(response_of(self.chain, key).id),
            "store_id": str(self.chain.store_id),
            "touchpoint_id": str(self.chain.touchpoint_id),
            "code": self.chain.code,
            "employee_id": self._first(Employee),
            "survey_id": self._first(Survey),
            "policy_id": self._first(Policy),
            "endpoint_id": str(delivery.endpoint_id),
            "delivery_id": str(delivery.id),
            "membership_id": str(self.chain.manager_id),
            "import_id": str(send(owner, TABLE).location).rpartition("/")[2],
            "run_id": str(order_print_run(self.chain)),
            "sign_in_id": self._sign_in(),
            "key_id": till(self.chain).key_id,
            "/settings/api-keys/key_id": self._first(ApiKey),
            "/team/invitation_id": self._first(TeamInvitation),
            "/api/v1/invitation_id": str(invitations(self.chain)[0].id),
        }

    def _first(self, kind: type) -> str:
        return str(rows_of(self.chain, kind)[0].id)

    def _sign_in(self) -> str:
        with reading(None) as session:
            return str(session.query(SignIn).first().id)  # type: ignore[union-attr]

    def path(self, rule: Rule) -> str:
        """An address of the route that leads to something of the chain's."""
        return re.sub(ID, lambda found: self._value(rule, found[1]), rule.rule)

    def _value(self, rule: Rule, name: str) -> str:
        for place, value in self.values.items():
            start, _, own_name = place.rpartition("/")
            if start and own_name == name and rule.rule.startswith(start):
                return value
        return self.values[name]


def nowhere(rule: Rule) -> str:
    """An address of the route that leads to nothing."""
    path = re.sub(r"<uuid:\w+>", NOBODY, rule.rule)
    return re.sub(ID, lambda found: NOT_THERE.get(found[1], NOBODY), path)


def guarded(app: Flask, kind: str) -> Iterator[tuple[Rule, str]]:
    """Every route with a value in its address that is not for all the world, and each of its methods."""
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if not rule.arguments or access is None or access.kind != kind or rule.rule in COMMON:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def told(answer: TestResponse) -> tuple[int, str]:
    """What an answer says, without what is each answer's own."""
    return answer.status_code, OWN_TO_EACH.sub("", answer.text)


@pytest.fixture
def victim(app: Flask, chain: Chain, hands: Hands) -> Victim:
    """The chain that others are curious about."""
    return Victim(app, chain)


def differing(victim: Victim, rules: Iterator[tuple[Rule, str]], ask: object) -> list[str]:
    """The routes that answer differently for what is the victim's and for what is not there."""
    found = []
    for rule, method in rules:
        real, missing = victim.path(rule), nowhere(rule)
        answers = [ask(method, real), ask(method, missing)]  # type: ignore[operator]
        (status, text), (other, other_text) = map(told, answers)
        if (status, text.replace(real, "")) != (other, other_text.replace(missing, "")) or status < 400:
            found.append(f"{method} {rule.rule}: {status}, and {other} for what is not there")
    return found


def test_every_guarded_route_has_its_values(victim: Victim, app: Flask) -> None:
    rules = [rule for kind in ("member", "api_key") for rule, _ in guarded(app, kind)]
    names = {name for rule in rules for name in rule.arguments}
    known = {place.rpartition("/")[2] for place in victim.values}
    assert names - known == set(), "say in Victim.values what stands for it"


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_another_chain_sees_nothing(victim: Victim, app: Flask, foreign_chain: Chain, who: str) -> None:
    assert victim.values
    browser = sign_in(app, foreign_chain, who)
    assert differing(victim, guarded(app, "member"), _asking(browser)) == []


def test_the_manager_of_another_store_sees_nothing(victim: Victim, app: Flask, chain: Chain) -> None:
    assert victim.values
    browser = sign_in(app, chain, "other")
    rules = ((rule, method) for rule, method in guarded(app, "member") if not _is_of_the_chain(rule))
    assert differing(victim, rules, _asking(browser)) == []


def test_the_key_of_another_chain_opens_nothing(victim: Victim, app: Flask, foreign_chain: Chain) -> None:
    assert victim.values
    assert differing(victim, guarded(app, "api_key"), _with_key(app, new_api_key(foreign_chain))) == []


def test_a_key_for_another_store_opens_nothing(victim: Victim, app: Flask, chain: Chain) -> None:
    assert victim.values
    key = new_api_key(chain, stores=[chain.other_store_id])
    assert differing(victim, guarded(app, "api_key"), _with_key(app, key)) == []


def test_what_belongs_to_the_victim_is_really_there(victim: Victim, app: Flask, chain: Chain) -> None:
    assert victim.values
    browser = sign_in(app, chain, "owner")
    looks = [rule for rule, method in guarded(app, "member") if method == "GET"]
    gone = {rule.rule: browser.get(victim.path(rule)).status_code for rule in looks}
    assert {path: status for path, status in gone.items() if status not in {200, 303}} == {}


def _is_of_the_chain(rule: Rule) -> bool:
    return rule.rule.startswith(OF_THE_CHAIN)


def _asking(browser: FlaskClient) -> object:
    return lambda method, path: browser.open(path, method=method, data={} if method != "GET" else None)


def _with_key(app: Flask, key: str) -> object:
    def ask(method: str, path: str) -> TestResponse:
        body: dict[str, str] | None = {} if method in {"POST", "PATCH"} else None
        return app.test_client().open(
            path, method=method, json=body, headers={"Authorization": f"Bearer {key}"}
        )

    return ask
