"""The commands that need the worker: it may not be imported by `app`, so it registers them from above.

Heavy libraries are imported when a command runs: the web process loads this module too.
"""

from flask import Flask

from app.classification.rules import Classifier
from app.cli.doctor import doctor_command
from app.demo.commands import demo_command
from app.settings import Settings


def register(app: Flask) -> None:
    """Add them."""
    app.cli.add_command(demo_command(_classifier))
    app.cli.add_command(doctor_command({"redis": _check_redis, "model": _check_model}))


def _classifier() -> Classifier | None:
    from worker.classifying import current_classifier

    return current_classifier()


def _check_redis(own: Settings) -> str:
    from worker.doctor import check_redis

    return check_redis(own)


def _check_model(own: Settings) -> str:
    from worker.doctor import check_model

    return check_model(own)
