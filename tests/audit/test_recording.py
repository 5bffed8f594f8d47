"""Deeds are recorded in the transaction that does them."""

import pytest
from flask import Flask

from app.audit.actions import record_deed
from app.audit.models import AuditEntry
from app.audit.rules import COMMAND_LINE, AuditDeed
from app.db import transaction
from tests.make import NOON, Chain, actor_of, rows_of


def test_a_deed_names_who_did_it_and_to_what(app: Flask, chain: Chain) -> None:
    owner = actor_of(chain, "owner")
    with transaction(chain.organisation_id) as session:
        deed, store_id = AuditDeed.STORE_RETIRED, chain.store_id
        record_deed(session, deed, owner.doer, "S1", subject_id=store_id, now=NOON, reason="moved")
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.doer, entry.member_id) == ("Owner", chain.owner_id)
    assert (entry.deed, entry.subject, entry.subject_id) == ("store.retired", "S1", chain.store_id)
    assert (entry.at, entry.data) == (NOON, {"reason": "moved"})


def test_a_command_has_no_member(app: Flask, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        record_deed(session, AuditDeed.STORES_IMPORTED, COMMAND_LINE, "stores.csv", now=NOON)
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.doer, entry.member_id) == ("command line", None)


def test_a_deed_that_failed_is_not_recorded(app: Flask, chain: Chain) -> None:
    with pytest.raises(LookupError), transaction(chain.organisation_id) as session:  # noqa: PT012
        record_deed(session, AuditDeed.STORE_RETIRED, COMMAND_LINE, "S1", now=NOON)
        raise LookupError
    assert rows_of(chain, AuditEntry) == []
