"""When somebody should look whether a code still hangs there."""

from datetime import timedelta

import pytest

from app.touchpoints.rules import Pulse, pulse
from tests.make import NOON

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "last_scan", "state"),
    [
        (timedelta(0), None, Pulse.NEW),
        (2 * DAY, None, Pulse.NEW),
        (2 * DAY + timedelta(seconds=1), None, Pulse.NEVER_SCANNED),
        (30 * DAY, timedelta(0), Pulse.ALIVE),
        (30 * DAY, 2 * DAY, Pulse.ALIVE),
        (30 * DAY, 2 * DAY + timedelta(seconds=1), Pulse.SILENT),
    ],
)
def test_a_code_is_silent_after_48_hours(age: timedelta, last_scan: timedelta | None, state: Pulse) -> None:
    scanned_at = None if last_scan is None else NOON - last_scan
    assert pulse(NOON - age, scanned_at, is_retired=False, now=NOON) is state


def test_a_retired_code_is_never_silent() -> None:
    assert pulse(NOON - 30 * DAY, None, is_retired=True, now=NOON) is Pulse.RETIRED
