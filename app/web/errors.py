"""One format for refusals: a plain page for people, a problem document (RFC 9457) for the API."""

from traceback import extract_tb

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.errors import Conflict, Invalid, TooMany, Unavailable, Unreadable, VidhukError
from app.web.forms import MEBIBYTE
from app.web.headers import request_id

log = structlog.get_logger()


def answer_errors(app: Flask) -> None:
    """Translate everything that can be raised; nothing internal is ever shown."""
    app.register_error_handler(VidhukError, refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _unexpected)


def refused(error: VidhukError) -> Response:
    """The page or the problem document for what the product refuses."""
    if error.status >= 500 and not isinstance(error, Unavailable):
        log.error("refused", code=error.code, request_id=request_id())
    faults = error.faults if isinstance(error, Invalid | Unreadable) else {}
    details = error.detail if isinstance(error, Conflict) else {}
    response = _answer(error.status, error.code, faults, details)
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _http(error: HTTPException) -> Response:
    response = _answer(error.code or 500, (error.name or "error").lower().replace(" ", "_"))
    for name, value in error.get_headers():
        if name in ("Allow", "Location", "Retry-After"):
            response.headers[name] = value
    return response


def _forged(_: CSRFError) -> Response:
    return _answer(400, "csrf")


def _database(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database_unavailable", error=type(error).__name__, request_id=request_id())
    return refused(Unavailable())


def _unexpected(error: Exception) -> Response:
    # The message of an error may quote a comment; where it happened never does.
    frames = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-4:]]
    log.error("unexpected_error", error=type(error).__name__, where=frames, request_id=request_id())
    return _answer(500, "internal")


def _answer(
    status: int, code: str, faults: dict[str, str] | None = None, details: dict[str, str] | None = None
) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, code, faults or {}, details or {})
    page = render_template("web/error.html", status=status, request_id=request_id(), **_words(status))
    return make_response(page, status)


def problem(status: int, code: str, faults: dict[str, str], details: dict[str, str]) -> Response:
    """A problem document: `errors` names each field that was refused, `details` what stands in the way."""
    document = {
        "type": f"urn:vidhuk:problem:{code}",
        "title": _words(status)["title"],
        "status": status,
        "code": code,
        "errors": [{"path": path, "code": fault} for path, fault in faults.items()],
        "details": details,
        "request_id": request_id(),
    }
    response = jsonify(document)
    response.status_code = status
    response.mimetype = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _advice_on_size() -> str:
    if most := g.get("file_bytes", 0):
        return _("Send a file of at most %(most)s MB.", most=most // MEBIBYTE)
    return _("Shorten the text and send it again.")


def _words(status: int) -> dict[str, str]:
    known = {
        400: (_("This request cannot be read"), _("Open the page again and repeat.")),
        401: (_("Sign in first"), _("Your session has ended.")),
        403: (_("You may not do this"), _("Ask the owner of your organisation for access.")),
        404: (_("There is nothing here"), _("Check the address or the code.")),
        405: (_("This address works differently"), _("Open the page again and repeat.")),
        409: (_("Somebody was faster"), _("Open the page again to see what has changed.")),
        410: (_("This code is no longer active"), _("Ask the staff for a new one.")),
        413: (_("That is too much at once"), _advice_on_size()),
        415: (_("This request cannot be read"), _("Open the page again and repeat.")),
        422: (_("Something is missing or not right"), _("Go back, correct it and send again.")),
        429: (_("Too many answers from this network"), _("Try again in a minute.")),
        503: (_("We are back in a moment"), _("Nothing is lost. Send it again in a few seconds.")),
    }
    unknown = (_("Something broke on our side"), _("Nothing that you sent before is lost. Try again."))
    title, advice = known.get(status, unknown)
    return {"title": title, "advice": advice}
