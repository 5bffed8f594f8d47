"""Opening hours as arithmetic: is it open, when does it open, when have n working minutes passed."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[time, time]
_HORIZON_DAYS = 60
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MIDNIGHT = time(0)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a store is open: intervals by weekday (0 is Monday), and the days that differ.

    An interval that ends at or before its beginning runs over midnight; 00:00-00:00 is the whole day.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Interval, ...], ...]
    dated: Mapping[date, tuple[Interval, ...]]

    @classmethod
    def from_hours(
        cls,
        zone: str,
        weekly: Mapping[str, Sequence[Sequence[str]]],
        dated: Mapping[str, Sequence[Sequence[str]]],
    ) -> "Calendar":
        """The calendar of hours as a store keeps them; raises ``ValueError`` for what is no time."""
        return cls(
            ZoneInfo(zone),
            tuple(_intervals(weekly.get(str(day), ())) for day in range(1, 8)),
            {date.fromisoformat(day): _intervals(hours) for day, hours in dated.items()},
        )

    @classmethod
    def around_the_clock(cls, zone: ZoneInfo) -> "Calendar":
        """Open at every hour of every day."""
        return cls(zone, (((_MIDNIGHT, _MIDNIGHT),),) * 7, {})

    def is_open(self, at: datetime) -> bool:
        """Whether the store serves shoppers at that instant."""
        # In UTC, because Python finds no instant of a repeated hour equal to one of another zone (PEP 495).
        at = at.astimezone(UTC)
        return self.next_opening(at) == at

    def next_opening(self, at: datetime) -> datetime | None:
        """`at` itself when open, else the next opening, in UTC; ``None`` when none is in sight."""
        at = at.astimezone(UTC)
        for opens, closes in self._spans(at):
            if at < closes:
                return max(opens, at)
        return None

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The instant in UTC at which that many open minutes have passed since `start`.

        Where sixty days hold no open hour the wall clock goes on: a promise is never "never due".
        """
        reached, left = start.astimezone(UTC), timedelta(minutes=minutes)
        for opens, closes in self._spans(reached):
            begins = max(opens, reached)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            reached, left = closes, left - (closes - begins)
        return reached + left

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Whole open minutes between two instants; 0 when `end` is not after `start`."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        open_time = timedelta(0)
        for opens, closes in self._spans(start, last=end.date() + _DAY):
            if opens >= end:
                break
            open_time += max(timedelta(0), min(closes, end) - max(opens, start))
        return open_time // _MINUTE

    def _spans(self, at: datetime, last: date = date.min) -> Iterator[tuple[datetime, datetime]]:
        """Open spans in UTC from the day before `at`, in order, none empty, none over another.

        They end, but not before the `last` day, where the next would be more than sixty days away.
        """
        day = at.astimezone(self.zone).date() - _DAY
        reached, empty_days = _LONG_AGO, 0
        while empty_days <= _HORIZON_DAYS or day <= last:
            empty_days += 1
            for opens, closes in self._day(day):
                if max(opens, reached) < closes:
                    yield max(opens, reached), closes
                    reached, empty_days = closes, 0
            day += _DAY

    def _day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.dated.get(day, self.weekly[day.weekday()]):
            last = day if closes > opens else day + _DAY
            yield self._instant(day, opens), self._instant(last, closes)

    def _instant(self, day: date, clock: time) -> datetime:
        """When a clock on the wall shows that time; of the two in an autumn night, the first."""
        local = datetime.combine(day, clock, self.zone)
        instant, other = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
        # Of a time that the clocks skip in spring Python makes two, the later first (PEP 495).
        return instant if instant <= other else self._jump(other, instant)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The minute between the two at which the clocks go forward: what is skipped counts as then.

        Any other reading could put a closing before its opening, or one day's hours into the next day's.
        """
        old = before.astimezone(self.zone).utcoffset()
        minutes = [before + _MINUTE * n for n in range((after - before) // _MINUTE + 1)]
        return minutes[bisect_left(minutes, 1, key=lambda at: at.astimezone(self.zone).utcoffset() != old)]


def _intervals(hours: Sequence[Sequence[str]]) -> tuple[Interval, ...]:
    return tuple(sorted((_clock(opens), _clock(closes)) for opens, closes in hours))


def _clock(text: str) -> time:
    return _MIDNIGHT if text == "24:00" else time.fromisoformat(text)
