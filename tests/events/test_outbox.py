"""What happened is recorded in the transaction that did it, together with what must follow at once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from app.db import OrganisationSession, get_row, looking_across, transaction, transaction_across
from app.events import Event, EventName, Flow, Reaction, record, use_flow
from app.events.actions import jobs_after
from app.events.catalogue import PUBLIC
from app.events.queries import mark_dispatched, undispatched
from app.flow import FLOW
from app.stores.models import Store
from tests.make import NOON, Chain, make_response, rows_of


@pytest.fixture
def own_flow() -> Iterator[Flow]:
    """A table of reactions that the test fills."""
    flow: dict[EventName, Reaction] = {}
    yield flow
    use_flow(FLOW)


def rename(session: OrganisationSession, event: Event) -> None:
    """A reaction of now."""
    get_row(session, Store, event.subject_id).name = event.data["new_name"]


def fail(session: OrganisationSession, event: Event) -> None:
    """A reaction that cannot be."""
    raise ZeroDivisionError


def happen(chain: Chain, *reactions: Reaction) -> None:
    """Something happens to the chain's store."""
    for reaction in reactions:
        use_flow({EventName.ALERT_OPENED: reaction})
        with transaction(chain.organisation_id) as session:
            record(session, EventName.ALERT_OPENED, chain.store_id, at=NOON, new_name="Renamed")


def name_of_store(chain: Chain) -> str:
    """What the chain's first store is called now."""
    return {store.id: store.name for store in rows_of(chain, Store)}[chain.store_id]


def test_what_follows_now_happens_in_the_same_transaction(chain: Chain, own_flow: Flow) -> None:
    happen(chain, Reaction(now=(rename,)))
    assert name_of_store(chain) == "Renamed"
    assert [event.name for event in rows_of(chain, Event)] == [EventName.ALERT_OPENED]


def test_a_reaction_that_fails_undoes_all_of_it(chain: Chain, own_flow: Flow) -> None:
    with pytest.raises(ZeroDivisionError):
        happen(chain, Reaction(now=(rename, fail)))
    assert name_of_store(chain) == "Store 1"
    assert rows_of(chain, Event) == []


def test_what_follows_later_waits_to_be_told(chain: Chain, own_flow: Flow) -> None:
    happen(chain, Reaction(later=("send",)), Reaction())
    with looking_across() as session:
        assert [name for _, name in undispatched(session, 10)] == [EventName.ALERT_OPENED]


def test_what_was_told_is_told_no_more(chain: Chain, own_flow: Flow) -> None:
    happen(chain, Reaction(later=("send",)))
    with looking_across() as session:
        keys = [key for key, _ in undispatched(session, 10)]
    with transaction_across() as session:
        mark_dispatched(session, keys, now=NOON)
    with looking_across() as session:
        assert undispatched(session, 10) == []
    assert rows_of(chain, Event)[0].dispatched_at == NOON


def test_an_event_of_another_version_has_no_jobs(app: object) -> None:
    """Otherwise one row from before an upgrade would stop the relay for good."""
    assert jobs_after("store.moved") == ()
    assert jobs_after(EventName.REPLY_WRITTEN) == FLOW[EventName.REPLY_WRITTEN].later


def test_every_event_has_its_line_in_the_flow() -> None:
    assert set(FLOW) == set(EventName)
    assert set(EventName) >= PUBLIC


def test_a_shopper_loses_nothing_when_a_reaction_fails(chain: Chain, own_flow: Flow) -> None:
    use_flow({EventName.RESPONSE_RECEIVED: Reaction(now=(fail,))})
    with pytest.raises(ZeroDivisionError):
        make_response(chain, 2)
    use_flow(FLOW)
    make_response(chain, 2)
    assert len(rows_of(chain, Event)) > 0


def test_events_are_told_in_their_order_and_by_state(chain: Chain, own_flow: Flow) -> None:
    happen(chain, *[Reaction(later=("send",))] * 3)
    first, second, third = rows_of(chain, Event)
    with transaction_across() as session:
        session.execute(update(Event).where(Event.id == second.id).values(dispatched_at=NOON))
    with looking_across() as session:
        assert [key[1] for key, _ in undispatched(session, 10)] == [first.id, third.id]
