"""What is known of the model in use. The layer that has the model registers who can read its card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app

from app.classification.rules import Thresholds

_NAME = "vidhuk_model_card"


@dataclass(frozen=True, slots=True)
class Score:
    """One measured figure of the model: of which texts, what, how much, from how many."""

    texts: str
    measure: str
    value: float
    count: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The model's version, published figures and thresholds; `fault` says why it cannot be used."""

    version: str
    scores: Sequence[Score] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    fault: str = ""


def use_model_card(app: Flask, read: Callable[[], ModelCard]) -> None:
    """Let the page of the model ask this."""
    app.extensions[_NAME] = read


def model_card() -> ModelCard | None:
    """The card of the model in use; nothing where no layer above has one."""
    read: Callable[[], ModelCard] | None = current_app.extensions.get(_NAME)
    return read() if read else None
