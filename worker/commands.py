"""The commands that need the worker: it may not be imported by `app`, so it registers them from above.

Heavy libraries are imported when a command runs: the web process loads this module too.
"""

import sys

import click
from flask import Flask

from app.classification.model_card import ModelCard, use_model_card
from app.classification.rules import Classifier
from app.cli.doctor import doctor_command
from app.demo.commands import demo_command
from app.settings import Settings
from app.web.settings import settings


def register(app: Flask) -> None:
    """Add them."""
    app.cli.add_command(demo_command(_classifier))
    app.cli.add_command(doctor_command({"redis": _check_redis, "model": _check_model}))
    app.cli.add_command(_classify)
    use_model_card(app, lambda: _card(app))


@click.command("classify")
@click.option("--model", help="A model's folder or hub id; else the one in use.")
def _classify(*, model: str | None) -> None:
    """Read JSON lines with a "text" from standard input; write them with what the model says of each."""
    from worker.classifier import SHIPPED_MODEL, load_classifier
    from worker.classifying_lines import UnreadableLine, classify_lines
    from worker.heads import ModelUnavailable

    try:
        classifier = load_classifier(model or settings().sentiment_model or SHIPPED_MODEL)
        classify_lines(classifier, sys.stdin, sys.stdout, sys.stderr)
    except (ModelUnavailable, UnreadableLine) as fault:
        raise click.ClickException(str(fault)) from None


def _card(app: Flask) -> ModelCard:
    from worker.card import read_card

    with app.app_context():
        return read_card(settings())


def _classifier() -> Classifier | None:
    from worker.classifying import current_classifier

    return current_classifier()


def _check_redis(own: Settings) -> str:
    from worker.doctor import check_redis

    return check_redis(own)


def _check_model(own: Settings) -> str:
    from worker.doctor import check_model

    return check_model(own)
