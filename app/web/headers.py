"""What every answer carries: a request id, a nonce policy for scripts and styles, and closed doors."""

import secrets

from flask import Flask, Response, g, request

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR = 365 * 24 * 3600


def send_headers(app: Flask) -> None:
    """Give each request its id, and each answer its headers."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.context_processor(lambda: {"nonce": nonce})


def nonce() -> str:
    """This answer's nonce for inline scripts and styles."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def request_id() -> str:
    """A short id that a person can quote from an error page."""
    return str(g.get("request_id", ""))


def _begin() -> None:
    g.request_id = secrets.token_hex(6)


def _finish(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id()
    response.headers.setdefault("Content-Security-Policy", _policy())
    if (request.endpoint or "").rpartition(".")[2] != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return response


def _policy() -> str:
    inline = f"'nonce-{g.nonce}'" if "nonce" in g else ""
    return (
        f"default-src 'none'; script-src 'self' {inline}; style-src 'self' {inline}; img-src 'self' data:; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
