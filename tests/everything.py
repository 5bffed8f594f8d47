"""A chain with one of everything, and the address of each thing: for tests that visit every route."""

import re
from dataclasses import dataclass
from functools import cached_property

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import ApiKey, SignIn, TeamInvitation
from app.alerts.models import Policy
from app.classification.actions import judge_pending
from app.classification.explaining import explain_pending
from app.db import reading
from app.people.models import Employee
from app.surveys.models import Survey
from app.webhooks.models import WebhookDelivery
from tests.accounts.stories import invite
from tests.api.cast import new_api_key
from tests.fakes import FakeClassifier
from tests.invitations.cast import invitations, link, till
from tests.make import (
    NOON,
    Chain,
    get_alert_of,
    make_response,
    order_print_run,
    response_of,
    rows_of,
    sign_in,
)
from tests.stores.tables import TABLE, send
from tests.webhooks.cast import add_endpoint

ID = r"<(?:[^>]*:)?(\w+)>"


@dataclass(frozen=True)
class Everything:
    """A chain with one of everything in its first store, and the address of each."""

    app: Flask
    chain: Chain

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands in addresses, by the beginning of the route and the name of the value."""
        key = make_response(self.chain, 2, comment="a bad queue, fire")
        judge_pending(FakeClassifier(), now=NOON)
        explain_pending(FakeClassifier(), now=NOON)
        owner = sign_in(self.app, self.chain, "owner")
        add_endpoint(self.chain)
        make_response(self.chain, 9)
        link(self.chain, cashier="07", name="Олена")
        new_api_key(self.chain)
        invite(owner, self.chain)
        number = str(get_alert_of(self.chain, key).number)
        (delivery, *_) = rows_of(self.chain, WebhookDelivery)
        return {
            "channel": "email",
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
            return str(session.scalars(select(SignIn.id).limit(1)).one())

    def path(self, rule: Rule) -> str:
        """An address of the route that leads to something of the chain's."""
        return re.sub(ID, lambda found: self._value(rule, found[1]), rule.rule)

    def _value(self, rule: Rule, name: str) -> str:
        for place, value in self.values.items():
            start, _, own_name = place.rpartition("/")
            if start and own_name == name and rule.rule.startswith(start):
                return value
        return self.values[name]
