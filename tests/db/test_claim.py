"""Work is claimed by one process at a time, oldest first, and belongs to the last who claimed it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.classification.models import Classification
from app.db import Claim, claim, holds, transaction, transaction_across
from tests.make import NOON, Chain, make_response, response_of
from tests.together import together

LEASE = timedelta(seconds=60)


@pytest.fixture
def comments(chain: Chain) -> list[UUID]:
    """Twelve comments that wait for a verdict, a second apart; the newest was stored first."""
    keys = [
        make_response(chain, 9, comment="слово", now=NOON - timedelta(seconds=n)) for n in reversed(range(12))
    ]
    return [response_of(chain, key).id for key in keys]


def take(*, now: datetime = NOON, limit: int = 100) -> list[Claim]:
    """Claim comments as a worker does."""
    with transaction_across() as session:
        return claim(session, Classification, now=now, lease=LEASE, limit=limit)


def responses_of(chain: Chain, claims: list[Claim]) -> list[UUID]:
    """Whose comments were claimed."""
    with transaction(chain.organisation_id) as session:
        rows = {row.id: row.response_id for row in session.scalars(select(Classification))}
    return [rows[claimed.id] for claimed in claims]


def test_the_oldest_are_taken_first(chain: Chain, comments: list[UUID]) -> None:
    assert responses_of(chain, take(limit=5)) == comments[:5]
    assert responses_of(chain, take(limit=5)) == comments[5:10]


def test_two_claimers_never_share_a_row(app: Flask, chain: Chain, comments: list[UUID]) -> None:
    taken: list[UUID] = []
    for found in together(app, [lambda: take(limit=3)] * 4):
        assert isinstance(found, list)
        assert len(found) <= 3
        taken += responses_of(chain, found)
    assert len(taken) == len(set(taken))
    taken += responses_of(chain, take())
    assert sorted(taken) == sorted(comments)


def test_nobody_takes_what_is_held_or_not_yet_due(comments: list[UUID]) -> None:
    assert take(now=NOON - timedelta(hours=1)) == []
    assert len(take()) == 12
    assert take(now=NOON + LEASE) == []


def test_after_the_lease_another_may_take_it_under_a_higher_number(comments: list[UUID]) -> None:
    first = take(limit=1)[0]
    again = {claimed.id: claimed for claimed in take(now=NOON + LEASE + timedelta(seconds=1))}[first.id]
    assert (first.lease_no, first.attempts) == (1, 1)
    assert (again.lease_no, again.attempts) == (2, 2)


def test_the_fence_keeps_out_whoever_woke_up_late(chain: Chain, comments: list[UUID]) -> None:
    late = take(limit=1)[0]
    again = take(now=NOON + 2 * LEASE, limit=12)
    with transaction(chain.organisation_id) as session:
        assert session.scalar(select(Classification.id).where(holds(Classification, late))) is None
        assert all(
            session.scalar(select(Classification.id).where(holds(Classification, one))) for one in again
        )


def test_claims_reach_over_organisations(chain: Chain, foreign_chain: Chain) -> None:
    for one in (chain, foreign_chain):
        make_response(one, 9, comment="слово")
    assert {claimed.organisation_id for claimed in take()} == {
        chain.organisation_id,
        foreign_chain.organisation_id,
    }
