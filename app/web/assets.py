"""Own style sheets, scripts and pictures, under addresses that change with their contents and may be kept."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_FOREVER = "public, max-age=31536000, immutable"


def serve_assets(app: Flask) -> None:
    """Let templates say ``asset(path)``, and browsers keep what has a version in its address."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(path: str) -> str:
    """The address of a file under ``static/``, with a version made from its contents."""
    folder = str(current_app.static_folder)
    return url_for("static", filename=path, v=_version(Path(folder) / path))


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code in (200, 304):
        response.headers["Cache-Control"] = _FOREVER
    return response
