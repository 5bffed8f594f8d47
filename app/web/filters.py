"""What a list is narrowed to, as it stands in the address: the texts, their faults, and further addresses."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.text import clean_line

Chip = tuple[str, str]
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for, by field, and what is wrong with it."""

    raw: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> dict[str, str]:
        """The fields that narrow anything."""
        return {name: value for name, value in self.raw.items() if value}

    def without(self, name: str) -> str:
        """The address of the same list without that field."""
        return query({key: value for key, value in self.filled.items() if key != name})

    def having(self, name: str, value: str) -> str:
        """The address of the same list with that field set."""
        return query({**self.filled, name: value})

    def check(self, name: str, choices: Collection[str]) -> bool:
        """Whether the field holds one of the choices; a fault where it holds anything else."""
        if self.raw[name] and self.raw[name] not in choices:
            self.faults[name] = _("Choose one from the list.")
        return self.raw[name] in choices

    def span(self, first: str, last: str, zone: str) -> tuple[datetime | None, datetime | None]:
        """From when on, and before when: the midnights around the days in those two fields, in `zone`."""
        since, until = self._day(first), self._day(last)
        if since and until and until < since:
            self.faults[last] = _("The last day is before the first one.")
        after = until + timedelta(days=1) if until else None
        return _midnight(since, zone), _midnight(after, zone)

    def _day(self, name: str) -> date | None:
        if not self.raw[name]:
            return None
        try:
            day = date.fromisoformat(self.raw[name])
        except ValueError:
            day = date.min
        if _FIRST_DAY <= day <= _LAST_DAY:
            return day
        self.faults[name] = _("Enter a date like 2026-11-25.")
        return None


def read_filters(arguments: Mapping[str, str], names: Iterable[str]) -> Filters:
    """The fields of those names, each as one clean line."""
    return Filters({name: clean_line(arguments.get(name, "")) for name in names})


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) if day else None


def query(values: Mapping[str, str]) -> str:
    """The part of an address after the path."""
    return f"?{urlencode(values)}" if values else "?"
