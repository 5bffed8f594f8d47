"""Structured logs: one line at each edge, never a comment, a contact or an address of a person."""

import logging
import sys
import time
from typing import cast

import structlog
from flask import Flask, Response, g, request

from app.web.headers import request_id

log = structlog.get_logger()
_SILENT = ("web.healthz", "web.readyz", "web.alerting", "web.metrics", "static")


def configure_logs() -> None:
    """JSON lines on standard error, with the time in UTC."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log_requests(app: Flask) -> None:
    """One line a request: what, for whom, how it ended, how long it took (milliseconds)."""
    app.before_request(lambda: setattr(g, "began", time.perf_counter()))
    app.after_request(_line)


def _line(response: Response) -> Response:
    if request.endpoint in _SILENT:
        return response
    actor = g.get("actor")
    log.info(
        "request",
        request_id=request_id(),
        endpoint=request.endpoint,
        method=request.method,
        status=response.status_code,
        ms=round(1000 * (time.perf_counter() - cast(float, g.get("began", time.perf_counter()))), 1),
        organisation=str(actor.organisation_id) if actor else g.get("organisation_id"),
    )
    return response
