"""The body of a request as JSON: declared as such, not compressed, bounded, and read strictly."""

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from app.web.strict_json import read_json


def read_json_body(most_bytes: int, *, may_be_empty: bool = False) -> Any:
    """The value that this request's body holds; an empty object for an allowed empty body.

    Raises what becomes 413 for more bytes, 415 for other types and for compression, and `Unreadable`.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType()
    request.max_content_length = most_bytes
    raw = request.get_data(cache=False)
    if may_be_empty and not raw:
        return {}
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType()
    return read_json(raw)
