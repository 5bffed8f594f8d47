"""Rows that go past the mapper are known to it afterwards."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from app.alerts.models import Alert
from app.alerts.rules import AlertState
from app.db import add_at_once, add_once, get_row, transaction
from app.errors import UnscopedQuery
from app.stores.models import Region
from tests.make import Chain, make_response, rows_of
from tests.statements import asked


def test_a_row_that_was_added_at_once_is_not_read_again(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session, asked() as seen:
        region = Region(name="North")
        add_at_once(session, region)
        assert get_row(session, Region, region.id) is region
    assert [statement.split()[0] for statement in seen] == ["INSERT"]


def test_what_changes_on_it_afterwards_is_stored(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        region = Region(name="North")
        add_at_once(session, region)
        region.name = "South"
    assert {"North", "South"} & {row.name for row in rows_of(chain, Region)} == {"South"}


def test_it_gets_what_the_mapper_would_have_given_it(chain: Chain) -> None:
    make_response(chain, 2)
    (alert,) = rows_of(chain, Alert)
    assert isinstance(alert.id, UUID)
    assert (alert.state, alert.rounds, alert.owner_id) == (AlertState.NEW, 1, None)


def test_one_that_is_there_already_is_not_added(chain: Chain) -> None:
    key = ("organisation_id", "name")
    with transaction(chain.organisation_id) as session:
        assert add_once(session, Region(name="North"), key)
        again = Region(name="North")
        assert not add_once(session, again, key)
        assert again not in session
    assert [row.name for row in rows_of(chain, Region)].count("North") == 1


def test_the_tables_own_rules_hold(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        add_at_once(session, Region(name="North"))
    with pytest.raises(IntegrityError), transaction(chain.organisation_id) as session:
        add_at_once(session, Region(name="North"))


def test_no_row_without_an_organisation(chain: Chain) -> None:
    with pytest.raises(UnscopedQuery), transaction(None) as session:
        add_at_once(session, Region(name="North"))
