"""What a restored past still promises: old messages leave the house only if the operator wants them to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fence:
    """Promises of one table that end outside: what people call them, and how a discarded one is marked.

    `spares` names the value of a column whose promises stay inside the house, and are kept.
    """

    words: str
    marks: Mapping[str, str]
    spares: tuple[str, str] | None = None

    def is_overdue(self, row: Row, now: datetime) -> bool:
        """Whether the promise should have been kept before now."""
        if self.spares and row.get(self.spares[0]) == self.spares[1]:
            return False
        return "due_at" in row and datetime.fromisoformat(row["due_at"]) <= now

    def discard(self, row: Row) -> Row:
        """The same row, with nothing due any more."""
        return {name: value for name, value in row.items() if name != "due_at"} | dict(self.marks)


FENCES = {
    "alert_timers": Fence("steps of ladders", {"outcome": "skipped"}, spares=("action", "close")),
    "notifications": Fence("notifications", {"state": "suppressed"}),
    "messages": Fence("replies to shoppers", {"failure": "discarded"}),
    "account_letters": Fence("letters about accounts", {"failure": "discarded"}),
    "trial_messages": Fence("test messages", {"state": "suppressed"}),
    "webhook_deliveries": Fence("webhook deliveries", {"state": "cancelled"}),
    "endpoint_notices": Fence("notices about endpoints", {"failure": "discarded"}),
}
# Promises that nobody outside hears of: they are kept whatever the operator chooses.
INSIDE = {"classifications", "explanations", "print_runs", "telegram_bots"}


@dataclass(slots=True)
class Overdue:
    """How many promises of each kind should have been kept before now, and the oldest of them."""

    counts: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.counts)

    def look(self, table: str, row: Row, now: datetime) -> None:
        """Count the row if it is such a promise."""
        fence = FENCES.get(table)
        if fence is None or not fence.is_overdue(row, now):
            return
        due_at = datetime.fromisoformat(row["due_at"])
        self.counts[table] = self.counts.get(table, 0) + 1
        self.oldest = min(self.oldest or due_at, due_at)

    def text(self) -> str:
        """The list in words."""
        listed = ", ".join(f"{count} {FENCES[table].words}" for table, count in self.counts.items())
        return f"{listed}; the oldest was due {self.oldest:%Y-%m-%d %H:%M} UTC"
