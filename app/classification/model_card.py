"""What is known of the model in use. The layer that has the model registers who can read its card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flask import Flask, current_app

from app.classification.rules import Thresholds

_NAME = "vidhuk_model_card"

WHOLE = "all"


class Measure(StrEnum):
    """What is measured of a model, as its card names it."""

    SENTIMENT = "sentiment, macro-F1"
    BINARY = "negative or positive, macro-F1"
    NEGATIVE = "negative, F1"
    CALIBRATION = "calibration error"
    TOPICS_MICRO = "topics, micro-F1"
    TOPICS_MACRO = "topics, macro-F1"
    POLARITY = "polarity, accuracy"
    LABEL = "F1"
    SHOWN_RECALL = "critical flags, shown, recall"
    SHOWN_PRECISION = "critical flags, shown, precision"
    PAGING_RECALL = "critical flags, paging, recall"
    PAGING_PRECISION = "critical flags, paging, precision"
    INT8_SAME = "int8, same sentiment as in full precision"
    INT8_LOST = "int8, lost sentiment macro-F1"


OF_SENTIMENT = (Measure.SENTIMENT, Measure.BINARY, Measure.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Score:
    """One measured figure of the model: of which part of which texts, what, how much, from how many.

    ``label`` names the one label measured (``topic:queue``); ``interval`` is that of 95 %, where it is known.
    """

    texts: str
    part: str
    measure: Measure
    value: float
    count: int
    label: str = ""
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The model's version, published figures and thresholds; `fault` says why it cannot be used."""

    version: str
    scores: Sequence[Score] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    fault: str = ""

    @property
    def measured(self) -> Mapping[str, "Measured"]:
        """The figures by the texts that they were measured on."""
        found: dict[str, Measured] = {}
        for it in self.scores:
            of = found.setdefault(it.texts, Measured())
            if it.measure in OF_SENTIMENT:
                of.sentiments.setdefault(it.part, {})[it.measure] = it
            else:
                of.others.append(it)
        return found


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on some texts: of sentiment by part of them, and everything else."""

    sentiments: dict[str, dict[Measure, Score]] = field(default_factory=dict)
    others: list[Score] = field(default_factory=list)


def use_model_card(app: Flask, read: Callable[[], ModelCard]) -> None:
    """Let the page of the model ask this."""
    app.extensions[_NAME] = read


def model_card() -> ModelCard | None:
    """The card of the model in use; nothing where no layer above has one."""
    read: Callable[[], ModelCard] | None = current_app.extensions.get(_NAME)
    return read() if read else None
