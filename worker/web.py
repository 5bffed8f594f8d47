"""The web process: granian with one worker and a few threads, which is what SQLite can use."""

import os
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from app.settings import load_settings
from worker.lifeline import die_with

BLOCKING_THREADS = 4
STOP_WITHIN_SECONDS = 5


def run_web() -> None:
    """Serve ``wsgi:app`` where the settings say, until told to stop."""
    settings = load_settings()
    server = Granian(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        workers_kill_timeout=STOP_WITHIN_SECONDS,
        log_access=False,  # the application writes one structured line per request
    )
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def _load(main_pid: int) -> Any:
    """Load the application in granian's worker process, tied to its main process first."""
    die_with(main_pid)
    from wsgi import app

    return app
