"""How long is left, in the reader's words: one piece for the alert's page, for Now and for its script."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from app.alerts.rules import Urgency, urgency, whole_minutes
from app.web.templating import local_clock, local_time

NO_BREAK = "\u00a0"
_TURNING_TO_HOURS = 90
_DAY_MINUTES = 24 * 60


def clock_of(
    deadline: datetime | None, opens_at: datetime | None, zone: str, *, now: datetime
) -> dict[str, str]:
    """An alert's clock in the store's zone: how it looks, its badge, and in words; nothing when none runs.

    `opens_at` is the store's next opening while it is closed.
    """
    if deadline is None:
        return {}
    words = clock_words()
    look = urgency(deadline, opens_at, now=now)
    parts = {
        "time": duration(deadline - now, words),
        "until": until(deadline, zone, now=now),
        "opens": until(opens_at, zone, now=now) if opens_at else "",
    }
    return {**parts, "look": look, "badge": _badge(look), "text": words[look] % parts}


def clock_words() -> dict[str, str]:
    """The words of the clocks, for the pages and for the script alike."""
    return {
        "minutes": _("%(minutes)s min"),
        "hours": _("%(hours)s h %(minutes)s min"),
        "days": _("%(days)s d %(hours)s h"),
        "calm": _("%(time)s left · until %(until)s"),
        "soon": _("%(time)s left · until %(until)s"),
        "late": _("%(time)s late · was due %(until)s"),
        "asleep": _("Store opens %(opens)s · until %(until)s"),
    }


def duration(span: timedelta, words: dict[str, str]) -> str:
    """A span in whole minutes, from an hour and a half on in hours, from two days on in days."""
    minutes = whole_minutes(span)
    if minutes < _TURNING_TO_HOURS:
        text = words["minutes"] % {"minutes": minutes}
    elif minutes < 2 * _DAY_MINUTES:
        text = words["hours"] % {"hours": minutes // 60, "minutes": minutes % 60}
    else:
        text = words["days"] % {"days": minutes // _DAY_MINUTES, "hours": minutes % _DAY_MINUTES // 60}
    return text.replace(" ", NO_BREAK)


def until(at: datetime, zone: str, *, now: datetime) -> str:
    """The time of day in the store's zone, with the date when that is another day."""
    is_today = local_time(at, zone).partition(",")[0] == local_time(now, zone).partition(",")[0]
    return local_clock(at, zone) if is_today else local_time(at, zone)


def _badge(look: Urgency) -> str:
    badges = {Urgency.LATE: "over", Urgency.SOON: "warn", Urgency.ASLEEP: "mid asleep"}
    return badges.get(look, "ring")
