"""GET /api/v1/responses: what shoppers said."""

from flask import Blueprint
from pydantic import Field
from sqlalchemy import Select

from app.accounts.keys import key_organisation, key_scope
from app.api.v1 import queries, schemas
from app.api.v1.named import named_store
from app.api.v1.operations import operation
from app.api.v1.pagination import PageQuery, Place, page, split
from app.api.v1.parameters import Instant, Query, ShortText, read_id
from app.classification.models import Classification
from app.classification.rules import Sentiment
from app.db import OrganisationSession, reading
from app.errors import NotFound
from app.responses.models import Response
from app.responses.rules import Channel
from app.web.access import api_key

pages = Blueprint("api_responses", __name__, url_prefix="/api/v1")


class ResponseQuery(PageQuery):
    """Which responses."""

    since: Instant | None = Field(None, description="Received at this instant or later.")
    until: Instant | None = Field(None, description="Received before this instant.")
    store: ShortText | None = Field(None, description="The code or the id of a store.")
    sentiment: Sentiment | None = Field(None, description="Classified so.")


@pages.get("/responses")
@api_key()
@operation(ResponseQuery, schemas.ResponseList)
def list_responses(query: ResponseQuery) -> schemas.ResponseList:
    """Responses, newest received first."""
    with reading(key_organisation()) as session:
        statement = _chosen(session, query)
        rows = session.execute(page(statement, Response.received_at, Response.id, query)).all()
    shown, following = split(rows, query, lambda row: Place(row.Response.received_at, row.Response.id))
    return schemas.ResponseList(items=[show_response(row) for row in shown], next_cursor=following)


@pages.get("/responses/<response_id>")
@api_key()
@operation(Query, schemas.Response)
def one_response(_: Query, response_id: str) -> schemas.Response:
    """One response."""
    with reading(key_organisation()) as session:
        found = queries.responses(key_scope()).where(Response.id == read_id(response_id))
        row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound()
    return show_response(row)


def show_response(row: queries.ResponseRow | queries.AlertRow) -> schemas.Response:
    """A response as the API shows it."""
    response, store, touchpoint, verdict, alert, invitation, employee = row[:7]
    return schemas.Response(
        id=response.id,
        rating=response.rating,
        comment=response.comment,
        sentiment=Sentiment(verdict.sentiment) if verdict and verdict.sentiment else None,
        sentiment_scores=_scores(verdict),
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
    )


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
    return statement
