"""Own style sheets, scripts and pictures, under addresses that change with their contents and may be kept."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_FOREVER = "public, max-age=31536000, immutable"
_SHRINKS = (".css", ".js", ".svg")


def serve_assets(app: Flask) -> None:
    """Let templates say ``asset(path)``; what has a version in its address comes packed and may be kept."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(path: str) -> str:
    """The address of a file under ``static/``, with a version made from its contents."""
    return url_for("static", filename=path, v=_version(_file(path)))


def _file(path: str) -> Path:
    return Path(str(current_app.static_folder)) / path


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@cache
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _keep(response: Response) -> Response:
    if request.endpoint != "static" or "v" not in request.args or response.status_code not in (200, 304):
        return response
    response.headers["Cache-Control"] = _FOREVER
    name = str((request.view_args or {})["filename"])
    if name.endswith(_SHRINKS):
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings.quality("gzip"):
            _pack(response, _packed(_file(name)))
    return response


def _pack(response: Response, contents: bytes) -> None:
    response.close()
    response.direct_passthrough = False
    response.set_data(contents)
    response.headers["Content-Encoding"] = "gzip"
