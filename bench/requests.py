"""What one request of a shopper costs in one process: processor time and statements, without a web server.

``python -m bench.requests [--profile REQUEST]``, on a PostgreSQL of its own. With ``--profile`` the functions
that take most of one kind of request follow.
"""

import argparse
import cProfile
import io
import os
import pstats
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import structlog
from flask import Flask

from app.db import migrate
from app.factory import create_app
from app.ids import new_key
from app.settings import Settings
from bench.submissions import database
from tests.make import SECRET, make_chain
from tests.statements import asked

_WARM, _ROUNDS, _REQUESTS = 60, 5, 150
_VERSION = re.compile(rb'name="?version"? value="?([0-9a-f-]+)')
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Shopper:
    """Somebody in front of one code, who sends requests straight to the application."""

    app: Flask
    path: str
    version: str = ""
    next_pages: list[str] = field(default_factory=list)

    def look(self) -> None:
        """The survey page."""
        self.version = (_VERSION.search(self._ask("GET", self.path)[1]) or [b"", b""])[1].decode()

    def praise(self) -> None:
        """A good tap."""
        self._tap(9)

    def complain(self) -> None:
        """A bad tap."""
        self._tap(3)

    def go_on(self) -> None:
        """The page after the last tap."""
        self._ask("GET", self.next_pages[-1])

    def _tap(self, rating: int) -> None:
        form = {"key": new_key(), "rating": rating, "version": self.version}
        location, _ = self._ask("POST", self.path, urlencode(form).encode())
        self.next_pages.append(location)

    def _ask(self, method: str, address: str, body: bytes = b"") -> tuple[str, bytes]:
        """The Location and the body of an answer that is no refusal."""
        answers: list[tuple[str, dict[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
            answers.append((status, dict(headers)))
            return bytes

        content = b"".join(self.app.wsgi_app(_environment(method, address, body), start))
        status, headers = answers[0]
        assert status[0] in "23", (status, content)
        return headers.get("Location", ""), content


def main() -> None:
    """Measure each kind of request and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.requests", description=__doc__)
    parser.add_argument("--profile", choices=["page", "good tap", "bad tap", "next page"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vidhuk-requests-") as folder, database("requests") as url:
        migrate(url)
        settings = Settings.model_validate(
            {"database_url": url, "secret_key": SECRET, "data_dir": Path(folder)}
        )
        app = create_app(settings)
        structlog.configure(logger_factory=lambda *_: structlog.WriteLogger(Path(os.devnull).open("w")))  # noqa: SIM115
        with app.app_context():
            shopper = Shopper(app, f"/q/{make_chain().code}")
            kinds = {
                "page": shopper.look,
                "good tap": shopper.praise,
                "bad tap": shopper.complain,
                "next page": shopper.go_on,
            }
            print("| Request | Processor ms | Statements |\n| --- | ---: | ---: |")
            for name, request in kinds.items():
                milliseconds, statements = _cost(request)
                print(f"| {name} | {milliseconds:.2f} | {statements} |")
            if options.profile:
                _profile(kinds[options.profile])


def _cost(request: Callable[[], None]) -> tuple[float, int]:
    """Processor milliseconds of one request, the least of five rounds' means, and its statements."""
    for _ in range(_WARM):
        request()
    with asked() as seen:
        request()
    return 1000 * min(_mean_seconds(request) for _ in range(_ROUNDS)), len(seen)


def _mean_seconds(request: Callable[[], None]) -> float:
    began = time.process_time()
    for _ in range(_REQUESTS):
        request()
    return (time.process_time() - began) / _REQUESTS


def _profile(request: Callable[[], None]) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(_REQUESTS):
        request()
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(50)


def _environment(method: str, address: str, body: bytes) -> dict[str, object]:
    path, _, query = address.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT_LANGUAGE": "uk",
        "HTTP_ACCEPT_ENCODING": "identity",
        "CONTENT_TYPE": _FORM if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


if __name__ == "__main__":
    main()
