"""Builders for tests: a small chain with its fixed cast, made by the product's own actions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.accounts.actions import add_member, create_organisation, create_user
from app.accounts.models import SignIn, User
from app.accounts.rules import Role
from app.accounts.sign_ins import begin_sign_in, find_visit
from app.alerts.models import Alert, AlertEvent
from app.alerts.policies import create_default_policy
from app.alerts.queries import find_alert_of, history
from app.audit.rules import Doer
from app.contacts.actions import Keeping
from app.contacts.rules import read_contact
from app.db import OrganisationRow, reading, transaction, transaction_across
from app.ids import OrganisationId, digest, new_key
from app.printing.actions import Order, order_run
from app.printing.queries import Where, printable
from app.printing.rules import FORMATS, Languages
from app.responses.actions import Completion, ResponseDraft, complete_response, record_response
from app.responses.links import return_path
from app.responses.models import Response
from app.responses.queries import get_response_by_key
from app.responses.rules import Channel
from app.stores.actions import StoreDraft, create_region, create_store
from app.surveys.actions import create_survey
from app.surveys.models import SurveyVersion
from app.touchpoints.actions import create_touchpoint
from app.touchpoints.models import QrCode
from app.web.actor import Actor

# A Wednesday, 14:00 in Kyiv: every store of the cast is open.
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECRET = "a secret of the tests, long enough to be one"
# Spelt as keys are; no response has it.
SOME_KEY = "ua4SU0vI_EXahsmD0XUK6Q"
PASSWORD = "correct horse battery"
Row = TypeVar("Row", bound=OrganisationRow)
EVERY_DAY = {str(day): [["09:00", "21:00"]] for day in range(1, 8)}


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of two stores in two regions, with a touchpoint and a code in each, and its people."""

    organisation_id: OrganisationId
    region_id: UUID
    store_id: UUID
    touchpoint_id: UUID
    code: str
    other_store_id: UUID
    other_code: str
    survey_id: UUID
    owner_id: UUID
    regional_id: UUID
    manager_id: UUID
    other_manager_id: UUID
    slug: str


def make_chain(slug: str = "nova", *, now: datetime = NOON) -> Chain:
    """A chain as the tests' cast knows it; people sign in as ``<who>@<slug>.example`` with `PASSWORD`."""
    with transaction(None) as session:
        organisation_id = create_organisation(session, slug, slug.title(), now=now)
        users = {
            who: create_user(session, f"{who}@{slug}.example", who.title(), PASSWORD, language="en", now=now)
            for who in ("owner", "regional", "manager", "other")
        }
    with transaction(organisation_id) as session:
        create_default_policy(session)
        survey_id = create_survey(session, "NPS", now=now)
        regions = [create_region(session, name) for name in ("West", "East")]
        stores = [
            create_store(
                session,
                StoreDraft(region_id=region, code=f"S{n}", name=f"Store {n}", weekly_hours=EVERY_DAY),
                now=now,
            )
            for n, region in enumerate(regions, 1)
        ]
        points = [create_touchpoint(session, store, survey_id, "Till 1", now=now) for store in stores]
        owner = add_member(session, users["owner"], Role.OWNER)
        regional = add_member(session, users["regional"], Role.REGIONAL_MANAGER, regions=[regions[0]])
        manager = add_member(session, users["manager"], Role.STORE_MANAGER, stores=[stores[0]])
        other = add_member(session, users["other"], Role.STORE_MANAGER, stores=[stores[1]])
    with reading(organisation_id) as session:
        codes = {row.touchpoint_id: row.code for row in session.query(QrCode)}
    return Chain(
        organisation_id=organisation_id,
        region_id=regions[0],
        store_id=stores[0],
        touchpoint_id=points[0],
        code=codes[points[0]],
        other_store_id=stores[1],
        other_code=codes[points[1]],
        survey_id=survey_id,
        owner_id=owner,
        regional_id=regional,
        manager_id=manager,
        other_manager_id=other,
        slug=slug,
    )


def sign_in(app: Flask, chain: Chain, who: str = "manager") -> FlaskClient:
    """A browser signed in as one of the cast: owner, regional, manager or other."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": f"{who}@{chain.slug}.example", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def sign_in_again(browser: FlaskClient, chain: Chain, who: str = "owner") -> None:
    """Hours have passed, and with them the sign-in."""
    browser.post("/sign-in", data={"email": f"{who}@{chain.slug}.example", "password": PASSWORD})


def actor_of(chain: Chain, who: str = "manager") -> Actor:
    """One of the cast as an action sees them."""
    email = f"{who}@{chain.slug}.example"
    with transaction_across() as session:
        user_id = session.scalars(select(User.id).where(User.email == email)).one()
        token = begin_sign_in(session, user_id, "", now=NOON)
        session.flush()
        visit = find_visit(session, token, now=NOON)
        session.execute(delete(SignIn).where(SignIn.token_digest == digest(token)))
    assert visit is not None
    assert visit.person.actor is not None
    return visit.person.actor


def make_response(
    chain: Chain,
    rating: int,
    *,
    comment: str | None = None,
    contact: str | None = None,
    now: datetime = NOON,
    other_store: bool = False,
    answered_at: datetime | None = None,
) -> str:
    """A response as a shopper leaves it, completed when there is a comment or a contact; its key."""
    key = new_key()
    with transaction(chain.organisation_id) as session:
        code = chain.other_code if other_store else chain.code
        row = session.query(QrCode).filter_by(code=code).one()
        version = session.query(SurveyVersion).first()
        assert version is not None
        draft = ResponseDraft(
            key=key,
            store_id=chain.other_store_id if other_store else chain.store_id,
            touchpoint_id=row.touchpoint_id,
            survey_version_id=version.id,
            channel=Channel.QR,
            language="uk",
            rating=rating,
            qr_code_id=row.id,
            answered_at=answered_at,
        )
        record_response(session, draft, now=now)
    if comment or contact:
        complete(chain, key, comment, contact, now=now)
    return key


def complete(
    chain: Chain, key: str, comment: str | None, contact: str | None = None, *, now: datetime = NOON
) -> None:
    """The second step of a response."""
    completion = Completion(comment, read_contact(contact, "UA") if contact else None)
    with transaction(chain.organisation_id) as session:
        complete_response(session, key, completion, Keeping(SECRET, 90), now=now)


def alert_of(chain: Chain, key: str) -> Alert | None:
    """The alert of a response, as it stands now."""
    with reading(chain.organisation_id) as session:
        return find_alert_of(session, get_response_by_key(session, key).id)


def get_alert_of(chain: Chain, key: str) -> Alert:
    """The alert of a response that must have one."""
    alert = alert_of(chain, key)
    assert alert is not None
    return alert


def tap_again(chain: Chain, key: str, rating: int, *, now: datetime) -> None:
    """The same shopper taps another rating, on the page where the first one was tapped."""
    with transaction(chain.organisation_id) as session:
        first = get_response_by_key(session, key)
        draft = ResponseDraft(
            key=key,
            store_id=first.store_id,
            touchpoint_id=first.touchpoint_id,
            survey_version_id=first.survey_version_id,
            channel=Channel.QR,
            language=first.language,
            rating=rating,
            qr_code_id=first.qr_code_id,
        )
        record_response(session, draft, now=now)


def order_print_run(chain: Chain, *, now: datetime = NOON, copies: int = 1) -> UUID:
    """A print run of every code of the chain, ordered by the owner."""
    with transaction(chain.organisation_id) as session:
        order = Order(
            FORMATS["labels"], Languages("en"), printable(session, None, Where()), "All", "en", copies
        )
        return order_run(session, order, chain.owner_id, Doer("Owner", chain.owner_id), now=now)


def response_of(chain: Chain, key: str) -> Response:
    """A response as it stands now."""
    with reading(chain.organisation_id) as session:
        return get_response_by_key(session, key)


def rows_of(chain: Chain, kind: type[Row]) -> list[Row]:
    """Every row of a kind that the chain has, oldest first."""
    with reading(chain.organisation_id) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def history_of(chain: Chain, key: str) -> list[AlertEvent]:
    """The history of a response's alert, oldest line first."""
    with reading(chain.organisation_id) as session:
        alert = find_alert_of(session, get_response_by_key(session, key).id)
        return history(session, alert) if alert else []


def return_token(chain: Chain, key: str) -> str:
    """What stands behind ``/f/`` in a shopper's private link."""
    return return_path(SECRET, response_of(chain, key)).removeprefix("/f/")
