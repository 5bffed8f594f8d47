"""Speaking HTTP to addresses that customers name: guarded, so that no request reaches where it must not."""

from app.channels.http.faults import HttpFault
from app.channels.http.sender import Guard, HttpReply, HttpRequest, Limits, check_target, own_guard, send_http

__all__ = [
    "Guard",
    "HttpFault",
    "HttpReply",
    "HttpRequest",
    "Limits",
    "check_target",
    "own_guard",
    "send_http",
]
