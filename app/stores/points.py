"""What stores know of their touchpoints, which a layer above keeps: their names, and how to make more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db import OrganisationSession

Wanted = Mapping[UUID, Sequence[str]]


@dataclass(frozen=True, slots=True)
class PointKeeper:
    """How the keeper of touchpoints answers.

    `names` are those of every store, with whether each is closed; `survey` is the name of the survey that
    new ones ask, if there is one; `add` makes touchpoints of those names and says how many were new.
    """

    names: Callable[[OrganisationSession], Mapping[UUID, Sequence[tuple[str, bool]]]]
    survey: Callable[[OrganisationSession], str | None]
    add: Callable[[OrganisationSession, Wanted, datetime], int]


_keepers: list[PointKeeper] = []


def keep_points(keeper: PointKeeper) -> None:
    """Let the layer above keep touchpoints; it registers once."""
    _keepers[:] = [keeper]


def point_keeper() -> PointKeeper:
    """The keeper of touchpoints."""
    return _keepers[0]
