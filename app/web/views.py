"""Operations: is the process alive, can it serve, is the promise kept, what does it count."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from app import clock
from app.web.access import public
from app.web.health import alerting_faults, readiness_faults
from app.web.metrics import exposition

pages = Blueprint("web", __name__, template_folder="templates")


@pages.get("/healthz")
@public("says only that the process lives")
def healthz() -> str:
    """The process answers."""
    return "ok"


@pages.get("/readyz")
@public("says only whether requests can be served")
def readyz() -> tuple[Response, int]:
    """The database answers and is migrated as this code needs it."""
    faults = readiness_faults()
    return jsonify(ready=not faults, faults=faults), 503 if faults else 200


@pages.get("/health/alerting")
@public("says only whether alerts are late, in numbers without names")
def alerting() -> tuple[Response, int]:
    """Deadlines fire in time and notifications go out: what an outside monitor should watch."""
    faults = alerting_faults(clock.now())
    return jsonify(alerting=not faults, faults=faults), 503 if faults else 200


@pages.get("/metrics")
@public("numbers without names; keep it behind the proxy")
def metrics() -> Response:
    """Counters and gauges for Prometheus."""
    return Response(exposition(), content_type=CONTENT_TYPE_LATEST)
