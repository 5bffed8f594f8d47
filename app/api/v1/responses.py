"""/api/v1/responses: what shoppers said, to us or to another system."""

from uuid import UUID

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select, exists

from app import clock
from app.accounts.keys import current_key, key_organisation, key_scope
from app.api.v1 import queries, schemas
from app.api.v1.named import named_store, named_touchpoint
from app.api.v1.operations import Existing, operation, write_operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Instant, Query, ShortText, read_id
from app.api.v1.response_bodies import NewResponse, Told, check_time
from app.classification.labels import Meaning, meaning_of, meanings_of
from app.classification.models import Classification, CommentFlag, CommentTopic
from app.classification.rules import Flag, Language, Sentiment, Source, Topic
from app.contacts.keeping import keeping
from app.contacts.rules import read_contact
from app.db import OrganisationSession, reading
from app.errors import Conflict, NotFound
from app.responses.actions import Origin, complete_response, record_response
from app.responses.models import Response, ResponseOrigin
from app.responses.queries import find_origin, get_response_by_key
from app.responses.rules import Channel
from app.surveys.queries import current_version
from app.web.access import Scope, api_key
from app.web.metrics import count_submission
from app.web.settings import settings

pages = Blueprint("api_responses", __name__, url_prefix="/api/v1")


class ResponseQuery(PageQuery):
    """Which responses."""

    since: Instant | None = Field(None, description="Received at this instant or later.")
    until: Instant | None = Field(None, description="Received before this instant.")
    store: ShortText | None = Field(None, description="The code or the id of a store.")
    sentiment: Sentiment | None = Field(None, description="Classified so.")
    topic: Topic | None = Field(None, description="Talks about this.")
    flag: Flag | None = Field(None, description="Has this flag.")
    external_id: ShortText | None = Field(None, description="Sent under this id of the sender's own.")


@pages.get("/responses")
@api_key()
@operation(ResponseQuery, schemas.ResponseList)
def list_responses(query: ResponseQuery) -> schemas.ResponseList:
    """Responses, newest received first."""
    with reading(key_organisation()) as session:
        statement = _chosen(session, query)
        rows = session.execute(page(statement, Response.received_at, Response.id, query)).all()
        meanings = meanings_of(session, [row.Response.id for row in rows])
    shown, following = split(rows, query, lambda row: Place(row.Response.received_at, row.Response.id))
    items = [show_response(row, meanings[row.Response.id]) for row in shown]
    return schemas.ResponseList(items=items, next_cursor=following)


@pages.get("/responses/<response_id>")
@api_key()
@operation(Query, schemas.Response)
def one_response(_: Query, response_id: str) -> schemas.Response:
    """One response."""
    with reading(key_organisation()) as session:
        return _shown(session, read_id(response_id))


@pages.post("/responses")
@api_key(Scope.WRITE)
@write_operation(NewResponse, schemas.Response, may_exist=True)
def add_response(
    session: OrganisationSession, body: NewResponse
) -> schemas.Response | Existing[schemas.Response]:
    """Store what a shopper said elsewhere; a bad rating opens an alert.

    Known already under its `external_id`, with the same content: 200. With other content: 409
    `external_id_reused`. Also 409: `store_closed`, `touchpoint_closed`.
    """
    check_time(body.answered_at, clock.now())
    told = _told(session, body)
    digest = told.content_digest(settings().secret_key)
    origin = find_origin(session, body.external_id) if body.external_id else None
    if origin is None:
        return _shown(session, _record(session, told, Origin(current_key().id, body.external_id, digest)))
    if origin.content_digest != digest:
        raise Conflict("external_id_reused")
    return Existing(_shown(session, origin.response_id))


def show_response(row: queries.ResponseRow | queries.AlertRow, meaning: Meaning) -> schemas.Response:
    """A response as the API shows it, with the labels of its comment."""
    response, store, touchpoint, verdict, alert, external_id, invitation, employee = row[:8]
    return schemas.Response(
        id=response.id,
        rating=response.rating,
        comment=response.comment,
        sentiment=Sentiment(verdict.sentiment) if verdict and verdict.sentiment else None,
        sentiment_scores=_scores(verdict),
        topics=[
            schemas.CommentTopic(key=one.topic, polarity=one.polarity, score=one.chance)
            for one in meaning.topics
        ],
        flags=[
            schemas.CommentFlag(key=one.flag, score=one.chance, certain=one.is_certain)
            for one in meaning.flags
        ],
        comment_language=Language(verdict.language) if verdict and verdict.language else None,
        classified_by=Source(verdict.source) if verdict and verdict.source else None,
        model_version=verdict.model_version if verdict else None,
        language=response.language,
        channel=Channel(response.channel),
        store=schemas.StoreName(id=store.id, code=store.code, name=store.name),
        touchpoint=schemas.TouchpointName(id=touchpoint.id, name=touchpoint.name),
        verified=response.is_verified,
        invitation=response.invitation_id,
        receipt=invitation.number if invitation else None,
        refunded=invitation is not None and invitation.is_refunded,
        employee=schemas.employee_name(employee),
        answered_at=response.answered_at,
        received_at=response.received_at,
        alert=alert,
        external_id=external_id,
    )


def _told(session: OrganisationSession, body: NewResponse) -> Told:
    store = named_store(session, body.store)
    if store.retired_at:
        raise Conflict("store_closed")
    touchpoint = named_touchpoint(session, store, body.touchpoint)
    address = read_contact(body.contact, store.country) if body.contact else None
    return Told(body, store, touchpoint, address)


def _record(session: OrganisationSession, told: Told, origin: Origin) -> UUID:
    """Through the one door, in both of its steps."""
    now, completion = clock.now(), told.completion()
    draft = told.draft(current_version(session, told.touchpoint.survey_id).id, origin)
    count_submission(record_response(session, draft, now=now))
    if completion:
        complete_response(session, draft.key, completion, keeping(), now=now)
    return get_response_by_key(session, draft.key).id


def _shown(session: OrganisationSession, response_id: UUID) -> schemas.Response:
    """The response as it is now; raises `NotFound` outside the key's stores."""
    session.flush()
    found = queries.responses(key_scope()).where(Response.id == response_id)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound()
    return show_response(row, meaning_of(session, response_id))


def _scores(verdict: Classification | None) -> dict[Sentiment, float] | None:
    scores = verdict.scores if verdict else {}
    return {Sentiment(word): score for word, score in scores.items()} or None


def _chosen(session: OrganisationSession, query: ResponseQuery) -> Select[*queries.ResponseColumns]:
    statement = queries.responses(key_scope())
    if query.since:
        statement = statement.where(Response.received_at >= query.since)
    if query.until:
        statement = statement.where(Response.received_at < query.until)
    if query.store:
        statement = statement.where(Response.store_id == named_store(session, query.store).id)
    if query.sentiment:
        statement = statement.where(Classification.sentiment == query.sentiment)
    if query.topic:
        said = (CommentTopic.response_id == Response.id, CommentTopic.topic == query.topic)
        statement = statement.where(exists().where(*said))
    if query.flag:
        signs = (CommentFlag.response_id == Response.id, CommentFlag.flag == query.flag)
        statement = statement.where(exists().where(*signs))
    if query.external_id:
        statement = statement.where(ResponseOrigin.external_id == query.external_id)
    return statement
