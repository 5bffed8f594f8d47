"""Pages leave compressed when the browser can read that: on a bad network every packet counts."""

import gzip

from flask import Flask, Response, request

_LEAST_BYTES = 600
_MOST_BYTES = 1024 * 1024
_LEVEL = 5
_TEXTS = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def compress_answers(app: Flask) -> None:
    """Compress texts of a size that gains from it; files and what is streamed are left to the proxy."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.is_streamed or not (response.mimetype or "").startswith(_TEXTS):
        return response
    response.headers.add("Vary", "Accept-Encoding")
    size = response.content_length or 0
    is_wanted = request.accept_encodings["gzip"] > 0 and "Content-Encoding" not in response.headers
    if not is_wanted or not _LEAST_BYTES <= size <= _MOST_BYTES or response.status_code in (206, 304):
        return response
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
