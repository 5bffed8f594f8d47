"""What callers send to be written: strict models, and the kinds of text that go into them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.api.v1.parameters import read_instant
from app.errors import Invalid
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count

BODY_BYTES = 256 * 1024
T = TypeVar("T")


class Body(BaseModel):
    """The body of a write. Unknown properties are refused, and a type is never guessed from another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def example(**values: Any) -> ConfigDict:
    """The configuration of a body with an example of it for the document."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Nothing(Body):
    """The body of a write that needs none: nothing at all, or an empty object."""


def obeying(rule: Callable[[str], T]) -> Callable[[str], T]:
    """A rule of a feature as a check of a property: its own code names the fault."""

    def check(text: str) -> T:
        try:
            return rule(text)
        except Invalid as refusal:
            raise fault(next(iter(refusal.faults.values()))) from None

    return check


def fault(code: str) -> PydanticCustomError:
    """A refusal of a property by its stable code."""
    return PydanticCustomError(code, "refused")


def text_within(most: int, clean: Callable[[str], str] = clean_line) -> Callable[[str], str]:
    """A check: cleaned (to one line, unless told otherwise), not empty, of so many characters at most."""

    def check(text: str) -> str:
        said = clean(text)
        if not said:
            raise fault("empty")
        if grapheme_count(said) > most:
            raise fault("too_long")
        return said

    return check


def _moment(value: Any) -> datetime:
    try:
        if isinstance(value, str) and " " not in value:
            return read_instant(value)
    except ValueError:
        pass
    raise fault("bad_datetime")


def omittable(description: str) -> Any:
    """A property of a change: left out, it stays as it is; ``null`` says nothing and is refused."""
    return Field(default_factory=lambda: None, description=description)


Name = Annotated[str, AfterValidator(text_within(NAME_GRAPHEMES)), Field(min_length=1)]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
