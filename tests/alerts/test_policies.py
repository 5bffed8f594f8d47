"""Policies: the default of every chain, and which one new alerts get."""

from flask import Flask

from app.alerts.models import Policy
from app.alerts.policies import (
    DEFAULT_NAME,
    create_default_policy,
    create_policy,
    policies,
    terms_in_use,
    terms_of,
    use_policy,
)
from app.alerts.rules import DEFAULT_LADDER, Condition, Step, StepAction, Target
from app.audit.models import AuditEntry
from app.db import reading, transaction
from app.ids import new_id
from tests.make import Chain, rows_of, sign_in

QUICK = (Step(1, Condition.NOT_ANSWERED, Target.OWNERS, StepAction.NOTIFY),)


def make_quick(chain: Chain) -> Policy:
    """A second policy, not in use."""
    with transaction(chain.organisation_id) as session:
        create_policy(session, "Quick", acknowledge_minutes=1, answer_minutes=2, ladder=QUICK)
    return next(policy for policy in rows_of(chain, Policy) if policy.name == "Quick")


def test_every_chain_has_thirty_minutes(chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        terms = terms_in_use(session)
        assert (terms.acknowledge_minutes, terms.answer_minutes, terms.ladder) == (10, 30, DEFAULT_LADDER)
        assert terms_of(session, terms.version_id) == terms


def test_the_default_is_made_once(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        create_default_policy(session)
    assert [policy.name for policy in rows_of(chain, Policy)] == [DEFAULT_NAME]


def test_one_policy_is_in_use(chain: Chain) -> None:
    quick = make_quick(chain)
    with transaction(chain.organisation_id) as session:
        use_policy(session, quick.id)
    assert {policy.name: policy.is_in_use for policy in rows_of(chain, Policy)} == {
        DEFAULT_NAME: False,
        "Quick": True,
    }
    with reading(chain.organisation_id) as session:
        assert terms_in_use(session).ladder == QUICK
        assert [policy.name for policy, _ in policies(session)] == [DEFAULT_NAME, "Quick"]


def test_an_owner_chooses_it_on_a_page(app: Flask, chain: Chain) -> None:
    quick, owner = make_quick(chain), sign_in(app, chain, "owner")
    page = owner.get("/settings/policies").text
    assert "After 30 min, if the shopper has no answer: pass on to" in page
    assert owner.post(f"/settings/policies/{quick.id}/use").status_code == 303
    with reading(chain.organisation_id) as session:
        assert terms_in_use(session).answer_minutes == 2
    deeds = [(entry.deed, entry.doer, entry.subject) for entry in rows_of(chain, AuditEntry)]
    assert deeds == [("policy.changed", "Owner", "Quick")]


def test_a_manager_sees_them_and_chooses_none(app: Flask, chain: Chain) -> None:
    quick, manager = make_quick(chain), sign_in(app, chain)
    assert "Use for new alerts" not in manager.get("/settings/policies").text
    assert manager.post(f"/settings/policies/{quick.id}/use").status_code == 403


def test_those_of_another_chain_cannot_be_chosen(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    foreign = make_quick(foreign_chain)
    owner = sign_in(app, chain, "owner")
    for unknown in (foreign.id, new_id(), "x"):
        assert owner.post(f"/settings/policies/{unknown}/use").status_code == 404
    with reading(chain.organisation_id) as session:
        assert terms_in_use(session).answer_minutes == 30
