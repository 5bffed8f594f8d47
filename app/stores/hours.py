"""Hours of many stores at once: what would be others, store by store, and a mark of exactly that. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.stores.rules import DATED_MOST, DayHours

Week = Mapping[str, DayHours]
Days = Mapping[str, DayHours]


@dataclass(frozen=True, slots=True)
class HoursChange:
    """What to set: a week, or ``None`` to leave it; dates with their hours; dates that are as usual again."""

    week: Week | None = None
    dated: Days = field(default_factory=dict)
    usual: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to set."""
        return self.week is not None or bool(self.dated) or bool(self.usual)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a store: its week, and the days that differ."""

    week: Week
    dated: Days

    def changed(self, change: HoursChange) -> "Hours":
        """These hours after a change."""
        week = self.week if change.week is None else change.week
        dated = {day: hours for day, hours in self.dated.items() if day not in change.usual}
        return Hours(week, dict(sorted({**dated, **change.dated}.items())))


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A store whose hours would be others."""

    store_id: UUID
    code: str
    name: str
    before: Hours
    after: Hours

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the store that would be others."""
        pairs = {
            "weekly_hours": (self.before.week, self.after.week),
            "dated_hours": (self.before.dated, self.after.dated),
        }
        return {name: after for name, (before, after) in pairs.items() if before != after}

    @property
    def is_full(self) -> bool:
        """Whether the store would have more dated days than one may have."""
        return len(self.after.dated) > DATED_MOST


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """All that a change of hours would do: the stores that change, and how many are asked for."""

    rows: list[HoursRow]
    store_count: int

    @property
    def mark(self) -> str:
        """A digest that differs as soon as anything in the plan does."""
        told = [
            [row.code, row.before.week, row.before.dated, row.after.week, row.after.dated]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
