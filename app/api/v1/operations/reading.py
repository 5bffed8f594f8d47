"""Operations that only look: a checked query in, a document out."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from app.api.v1.operations.described import Operation, refusal
from app.api.v1.parameters import Query
from app.errors import Invalid

P = ParamSpec("P")
Q = TypeVar("Q", bound=Query)
A = TypeVar("A", bound=BaseModel)

_CODES = {"extra_forbidden": "unknown_parameter"}


def operation(
    query: type[Q], answer: type[A]
) -> Callable[[Callable[Concatenate[Q, P], A]], Callable[P, Response]]:
    """Hand the view its checked query, and write its answer as JSON."""

    def describe(view: Callable[Concatenate[Q, P], A]) -> Callable[P, Response]:
        @wraps(view)
        def run(*args: P.args, **kwargs: P.kwargs) -> Response:
            shown = view(read_query(query), *args, **kwargs)
            return Response(shown.model_dump_json(), mimetype="application/json")

        run.operation = Operation(query, answer, view.__doc__)  # type: ignore[attr-defined]
        return run

    return describe


def read_query(kind: type[Q]) -> Q:
    """This request's query; raises `Invalid` naming every parameter at fault."""
    repeated = {name: "repeated" for name, values in request.args.lists() if len(values) > 1}
    if repeated:
        raise Invalid(faults=repeated)
    try:
        return kind.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise refusal(error, _CODES) from None
