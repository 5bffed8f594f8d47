"""Operations that change something: a strict body in, one transaction, one effect however often sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError

from app import clock
from app.accounts.keys import current_key
from app.api.actions import Call, Reply, reply_once
from app.api.v1.bodies import BODY_BYTES, Body, Nothing
from app.api.v1.operations.described import Operation, refusal
from app.api.v1.operations.reading import read_query
from app.api.v1.parameters import Query
from app.db import OrganisationSession, transaction
from app.errors import Unreadable
from app.ids import digest
from app.web.json_bodies import read_json_body
from app.web.settings import settings
from app.web.strict_json import write_json

P = ParamSpec("P")
B = TypeVar("B", bound=Body)
A = TypeVar("A", bound=BaseModel)

IDEMPOTENCY_HEADER = "Idempotency-Key"
IDEMPOTENCY_MOST = 128
_IDEMPOTENCY_KEY = re.compile(rf"[\x20-\x7e]{{1,{IDEMPOTENCY_MOST}}}")
_CODES = {"extra_forbidden": "unknown_property"}


@dataclass(frozen=True, slots=True)
class Existing(Generic[A]):
    """What a view found there already, just as it was asked for: answered with 200 instead of 201."""

    answer: A


def write_operation(
    body: type[B],
    answer: type[A],
    status: int = 201,
    *,
    may_exist: bool = False,
    most_bytes: int = BODY_BYTES,
) -> Callable[[Callable[Concatenate[OrganisationSession, B, P], A | Existing[A]]], Callable[P, Response]]:
    """Hand the view the transaction and its checked body, and write its answer as JSON.

    Everything that the view does is stored together with the answer kept for a repeat, or not at all. With
    `may_exist` the view may answer `Existing`.
    """

    def describe(
        view: Callable[Concatenate[OrganisationSession, B, P], A | Existing[A]],
    ) -> Callable[P, Response]:
        @wraps(view)
        def run(*args: P.args, **kwargs: P.kwargs) -> Response:
            read_query(Query)
            document = read_json_body(most_bytes, may_be_empty=issubclass(body, Nothing))
            sent = checked(body, document)

            def make(session: OrganisationSession) -> Reply:
                return _reply(view(session, sent, *args, **kwargs), status)

            return _response(_write(document, make))

        run.operation = Operation(  # type: ignore[attr-defined]
            query=Query,
            answer=answer,
            sentences=view.__doc__,
            body=body,
            statuses=(200, status) if may_exist else (status,),
        )
        return run

    return describe


def checked(kind: type[B], document: object) -> B:
    """A value out of JSON as the model; raises `Invalid` naming every property at fault."""
    try:
        # As JSON once more: strict models take words for enumerations only from there.
        return kind.model_validate_json(write_json(document))
    except ValidationError as error:
        raise refusal(error, _CODES) from None


def _reply(shown: A | Existing[A], status: int) -> Reply:
    if isinstance(shown, Existing):
        return Reply(200, shown.answer.model_dump_json())
    return Reply(status, shown.model_dump_json())


def _write(document: object, make: Callable[[OrganisationSession], Reply]) -> Reply:
    call = _call(document)
    try:
        return _try_to_write(call, make)
    except IntegrityError:
        # Somebody took a code, a name or an id in this very moment: a second look finds it.
        return _try_to_write(call, make)


def _try_to_write(call: Call | None, make: Callable[[OrganisationSession], Reply]) -> Reply:
    key = current_key()
    with transaction(key.organisation_id) as session:
        session.through = key.name
        if call is None:
            return make(session)
        secret, now = settings().secret_key, clock.now()
        return reply_once(session, call, lambda: make(session), secret=secret, now=now)


def _call(document: object) -> Call | None:
    """The call that the caller may repeat; ``None`` where it carries no name of its own."""
    name = request.headers.get(IDEMPOTENCY_HEADER)
    if name is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(name):
        raise Unreadable("bad_idempotency_key")
    said = f"{request.method} {request.path}\n{write_json(document).decode()}"
    return Call(current_key().id, name, digest(said))


def _response(reply: Reply) -> Response:
    response = Response(reply.content, reply.status, mimetype="application/json")
    if reply.is_replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
