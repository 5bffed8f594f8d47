"""The card of the model in use, read from its folder without loading it."""

import json
from pathlib import Path

from app.classification.model_card import ModelCard, Score
from app.settings import Settings
from worker.classifier import SHIPPED_MODEL
from worker.heads import ModelUnavailable
from worker.thresholds import read_thresholds

FIGURES = "figures.json"


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


def _scores(folder: Path) -> list[Score]:
    """The figures that were measured when the model was made; none in a folder without them."""
    path = folder / FIGURES
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Score(row["texts"], row["measure"], float(row["value"]), int(row["count"])) for row in rows]
