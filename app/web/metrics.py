"""What the process counts for Prometheus: requests as they happen, work that waits on each scrape."""

import time  # only its monotonic side: durations
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, Response, current_app, g, request
from prometheus_client import REGISTRY, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock
from app.db import OrganisationSession, looking_across
from app.web.health import counters, gauges, lateness, waiting

KEPT = timedelta(seconds=5)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PLACE = "vidhuk_gauges"

_requests = Histogram("request_seconds", "Time to answer, by endpoint.", ["endpoint"], buckets=_SECONDS)
_submissions = Counter("submissions", "Ratings that shoppers sent, by what became of them.", ["result"])

_links = Counter("links_refused", "Receipt links that led nowhere, by why.", ["reason"])


def measure_requests(app: Flask) -> None:
    """Measure every request but the scrape itself."""
    app.before_request(lambda: setattr(g, "metrics_began", time.perf_counter()))
    app.after_request(_measure)


def count_submission(result: str) -> None:
    """Count a shopper's rating: stored, repeated, corrected, or refused and why."""
    _submissions.labels(result).inc()


def count_refused_link(reason: str) -> None:
    """Count a link that opened nothing: expired, cancelled, signed by nobody of ours."""
    _links.labels(reason).inc()


def exposition() -> bytes:
    """All numbers in Prometheus' text format."""
    return generate_latest()


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The numbers of one look at the database; scrapes within five seconds share it."""

    taken_at: datetime
    families: tuple[Metric, ...]


class _Work(Collector):
    """What waits in the database, over all organisations."""

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the registry must not ask the database when the process starts."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The numbers of now, or of at most five seconds ago."""
        now = clock.now()
        kept = cast("_Snapshot | None", current_app.extensions.get(_PLACE))
        if kept is None or not timedelta(0) <= now - kept.taken_at < KEPT:
            kept = current_app.extensions[_PLACE] = _Snapshot(now, _look(now))
        return kept.families


def _look(now: datetime) -> tuple[Metric, ...]:
    up = GaugeMetricFamily("database_up", "Whether the database answers.")
    try:
        with looking_across() as session:
            found = [*_lanes(session, now), *_counts(session, now), *_totals(session)]
    except (SQLAlchemyError, PoolTimeout):
        up.add_metric([], 0)
        return (up,)
    up.add_metric([], 1)
    return (up, *found)


def _lanes(session: OrganisationSession, now: datetime) -> tuple[GaugeMetricFamily, ...]:
    ready = GaugeMetricFamily("work_ready", "Rows of work that are due.", labels=["lane"])
    oldest = GaugeMetricFamily("work_oldest_seconds", "How late the oldest of them is.", labels=["lane"])
    for lane in waiting:
        count, late = lateness(session, lane, now)
        ready.add_metric([lane], count)
        oldest.add_metric([lane], late.total_seconds())
    return ready, oldest


def _counts(session: OrganisationSession, now: datetime) -> Iterable[GaugeMetricFamily]:
    for name, (meaning, count) in gauges.items():
        yield GaugeMetricFamily(name, meaning, value=count(session, now))


def _totals(session: OrganisationSession) -> Iterable[CounterMetricFamily]:
    for name, (meaning, label, totals) in counters.items():
        family = CounterMetricFamily(name, meaning, labels=[label])
        for value, total in totals(session).items():
            family.add_metric([value], total)
        yield family


def _measure(response: Response) -> Response:
    began = g.get("metrics_began")
    if began is not None and request.endpoint != "web.metrics":
        _requests.labels(request.endpoint or "none").observe(time.perf_counter() - began)
    return response


REGISTRY.register(_Work())
