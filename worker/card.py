"""The card of the model in use, read from its folder without loading it."""

import json
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from app.classification.model_card import ModelCard, Score
from app.settings import Settings
from worker.classifier import SHIPPED_MODEL
from worker.heads import ModelUnavailable
from worker.thresholds import read_thresholds

FIGURES = "figures.json"

log = structlog.get_logger()

_SCORES = TypeAdapter(list[Score])


def read_card(own: Settings) -> ModelCard:
    """Version, figures and thresholds of the model that the settings name; `fault` where there is none."""
    folder = Path(own.sentiment_model).expanduser() if own.sentiment_model else SHIPPED_MODEL
    if not folder.is_dir() and own.sentiment_model:
        return ModelCard(own.sentiment_model)
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return ModelCard(str(config.get("version") or folder.name), _scores(folder), read_thresholds(folder))
    except (OSError, ValueError, ModelUnavailable) as fault:
        return ModelCard(folder.name, fault=str(fault))


def read_scores(path: Path) -> list[Score]:
    """The figures of a file that ``training.card`` wrote; `ValueError` for any other file."""
    return _SCORES.validate_json(path.read_bytes())


def _scores(folder: Path) -> list[Score]:
    """The figures that were measured when the model was made; none in a folder without such."""
    path = folder / FIGURES
    if not path.is_file():
        return []
    try:
        return read_scores(path)
    except ValueError:
        log.warning("model_figures_not_read", file=str(path))
        return []
