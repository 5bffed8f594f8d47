"""A session sees one organisation's rows, and nothing without one."""

from uuid import UUID

import pytest
from sqlalchemy import Select, column, delete, func, insert, select, table, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Organisation
from app.alerts.models import Alert
from app.db import (
    Base,
    OrganisationRow,
    get_row,
    insert_once,
    looking_across,
    organisation_of,
    reading,
    transaction,
    transaction_across,
)
from app.errors import NotFound, UnscopedQuery
from app.ids import new_id
from app.responses.models import Response
from app.stores.models import Region, Store
from app.touchpoints.models import QrCode, Touchpoint
from tests.make import NOON, Chain, make_response, response_of, rows_of

RESPONSES = Base.metadata.tables["responses"]
OF_ALL = (
    select(Response),
    select(Response.id),
    select(func.count()).select_from(Response),
    select(func.count()).where(Response.rating == 2),
    select(RESPONSES),
    select(func.count()).select_from(table("responses", column("id"))),
    select(select(Response.id).subquery()),
    text("SELECT * FROM responses"),
    update(Response).values(rating=10),
    update(RESPONSES).values(rating=10),
    delete(Response),
    insert(Region).values(name="North"),
)
CORE_STATEMENTS = (select(RESPONSES), update(RESPONSES).values(rating=10), text("DELETE FROM responses"))


def store(chain: Chain, row: OrganisationRow) -> None:
    """Store a row as an action would."""
    with transaction(chain.organisation_id) as session:
        session.add(row)
        session.flush()


@pytest.mark.parametrize("number", range(len(OF_ALL)))
def test_without_an_organisation_its_rows_cannot_be_touched(chain: Chain, number: int) -> None:
    with transaction(None) as session, pytest.raises(UnscopedQuery):
        session.execute(OF_ALL[number])


def test_without_an_organisation_what_belongs_to_none_can_be_read(chain: Chain) -> None:
    with reading(None) as session:
        assert session.scalar(select(Organisation.slug)) == "nova"


@pytest.mark.parametrize("number", range(len(CORE_STATEMENTS)))
def test_statements_that_cannot_be_scoped_are_refused(chain: Chain, number: int) -> None:
    with transaction(chain.organisation_id) as session, pytest.raises(UnscopedQuery):
        session.execute(CORE_STATEMENTS[number])


def test_an_organisation_sees_only_its_own(chain: Chain, foreign_chain: Chain) -> None:
    own = make_response(chain, 2)
    make_response(foreign_chain, 2)
    with reading(chain.organisation_id) as session:
        assert session.scalars(select(Response.key)).all() == [own]
        assert [session.scalar(statement) for statement in _counts(foreign_chain)] == [1, 1, 1, 1, 0]
        joined = select(func.count()).select_from(Response).join(Store, Store.id == Response.store_id)
        assert session.scalar(joined) == 1


def _counts(foreign: Chain) -> list[Select[int]]:
    return [
        select(func.count()).select_from(Response),
        select(func.count()).where(Response.rating == 2),
        select(func.count(Response.id)),
        select(func.count()).select_from(select(Response.id).cte()),
        select(func.count()).where(Response.store_id == foreign.store_id),
    ]


def test_changes_reach_only_its_own(chain: Chain, foreign_chain: Chain) -> None:
    own, foreign = make_response(chain, 2), make_response(foreign_chain, 2)
    with transaction(chain.organisation_id) as session:
        session.execute(update(Response).values(rating=3))
        session.execute(delete(QrCode).where(QrCode.code == foreign_chain.code))
    assert (response_of(chain, own).rating, response_of(foreign_chain, foreign).rating) == (3, 2)
    assert len(rows_of(foreign_chain, QrCode)) == 2


def test_a_foreign_row_looks_like_a_missing_one(chain: Chain, foreign_chain: Chain) -> None:
    with reading(chain.organisation_id) as session:
        for unknown in (foreign_chain.store_id, new_id()):
            with pytest.raises(NotFound):
                get_row(session, Store, unknown)


def test_the_database_itself_refuses_a_reference_into_another_organisation(
    chain: Chain, foreign_chain: Chain
) -> None:
    point = Touchpoint(
        store_id=foreign_chain.store_id, survey_id=chain.survey_id, name="Till 9", created_at=NOON
    )
    with pytest.raises(IntegrityError):
        store(chain, point)


def test_a_foreign_row_cannot_be_stored(chain: Chain, foreign_chain: Chain) -> None:
    with pytest.raises(UnscopedQuery):
        store(chain, Region(organisation_id=foreign_chain.organisation_id, name="North"))


def test_a_row_cannot_be_moved_into_another_organisation(chain: Chain, foreign_chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        get_row(session, Region, chain.region_id).organisation_id = foreign_chain.organisation_id
        with pytest.raises(UnscopedQuery):
            session.flush()
        session.rollback()


def test_new_rows_are_stamped(chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        region = Region(name="North")
        session.add(region)
        session.flush()
        assert region.organisation_id == chain.organisation_id


def test_insert_once_stamps_and_answers_nothing_the_second_time(chain: Chain, foreign_chain: Chain) -> None:
    assert _north(chain) is not None
    assert _north(chain) is None
    assert _north(foreign_chain) is not None
    assert [region.name for region in rows_of(chain, Region)].count("North") == 1


def test_insert_once_cannot_be_talked_into_another_organisation(chain: Chain, foreign_chain: Chain) -> None:
    _north(chain, organisation_id=foreign_chain.organisation_id)
    assert "North" not in {region.name for region in rows_of(foreign_chain, Region)}


def _north(chain: Chain, **others: object) -> UUID | None:
    with transaction(chain.organisation_id) as session:
        return insert_once(session, Region, ["organisation_id", "name"], name="North", **others)


def test_a_door_tells_whose_a_code_is_and_nothing_else(chain: Chain, foreign_chain: Chain) -> None:
    assert organisation_of(QrCode.code, foreign_chain.code) == foreign_chain.organisation_id
    assert organisation_of(QrCode.code, "nobody's") is None


def test_workers_look_across_organisations(chain: Chain, foreign_chain: Chain) -> None:
    make_response(chain, 2)
    make_response(foreign_chain, 2)
    with looking_across() as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 2
    with transaction_across() as session:
        session.execute(update(Response).values(rating=0))
    assert {response.rating for one in (chain, foreign_chain) for response in rows_of(one, Response)} == {0}
