"""An operation as the document tells of it, and the words for what it refuses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc

from pydantic import BaseModel, ValidationError

from app.api.v1.bodies import Body
from app.api.v1.parameters import Query
from app.errors import Invalid

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CODES = {
    "missing": "required",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "too_short": "empty",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "int_from_float": "wrong_type",
    "int_parsing_size": "out_of_range",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """The models of an operation, its view's sentences, and its statuses when all is well."""

    query: type[Query]
    answer: type[BaseModel]
    sentences: str | None
    body: type[Body] | None = None
    statuses: tuple[int, ...] = (200,)

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        return cleandoc(self.sentences or "").partition("\n")[0]

    @property
    def description(self) -> str:
        """What else there is to know."""
        return cleandoc(self.sentences or "").partition("\n")[2].strip()


def refusal(error: ValidationError, codes: Mapping[str, str]) -> Invalid:
    """Every fault by its path, in words that stay the same; nothing of what was sent but plain names.

    `codes` adds the words for faults that are named differently in queries and in bodies.
    """
    faults = error.errors(include_input=False, include_context=False, include_url=False)
    return Invalid(faults={_path(fault["loc"]): _code(fault["type"], codes) for fault in faults})


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part) if _PLAIN_NAME.fullmatch(str(part)) else "?" for part in place)


def _code(kind: str, codes: Mapping[str, str]) -> str:
    if kind.endswith("_type"):
        return "wrong_type"
    return codes.get(kind) or _CODES.get(kind, kind)
